import fs from "node:fs";
import type { Contestant } from "../contestants.ts";
import { changeFiles } from "../home.ts";
import {
	addSample,
	type Bench,
	MESSAGES,
	type Measure,
	rotated,
	type Samples,
	those,
	untilQuiet,
} from "../measure.ts";
import { mustRun, type Ran, runMeasured, settle } from "../run.ts";
import type { Site } from "../site.ts";

export interface RestoreOptions {
	readonly id: string;
	readonly title: string;
	readonly usual: number;
	/** How many of the small files are others than in the snapshot. */
	readonly files?: number;
}

/** Messages came since the snapshot, then the agent was stopped. */
export function restore({
	id,
	title,
	usual,
	files = 0,
}: RestoreOptions): Measure {
	return {
		id,
		async run(bench, site) {
			const samples: Samples = {};
			const wanted = await snapshotOfAll(bench, site);
			for (let round = 0; round < bench.rounds(usual); round++) {
				for (const one of rotated(bench.contestants, round)) {
					if (one.name === "ours") await seen(site, one);
					await writeOn(site, files, round);
					await site.stopAgent();
					const into = bench.scratch.folder("into");
					const ran = await site.run(one, (place) => one.restore(place, into));
					addSample(samples, one.name, ran);
					if (round === 0) checkRestored(site, one, wanted, into);
					bench.scratch.discard(into);
				}
				addSample(samples, "cp-fsync", await copyAndSync(bench, wanted));
				await bench.scratch.tidy();
			}
			bench.scratch.discard(wanted);
			return [{ id, title, unit: "ms", samples, notes: NOTES }];
		},
	};
}

const NOTES = [
	"Ours restores what was taken before an update, as most restores do: it was searched for damage then.",
	"`cp` + fsync copies the set into a new folder and syncs it. cp, restic and borg restore into a new folder, the others into the home.",
];

/** The agent holds the database. The original would move another file under it, so only ours has a way. */
export function restoreLive(size: string, usual: number): Measure {
	return {
		id: `restore-live-${size}`,
		async run(bench, site) {
			const samples: Samples = {};
			const wanted = await snapshotOfAll(bench, site);
			for (let round = 0; round < bench.rounds(usual); round++) {
				for (const one of those(bench, "ours")) {
					await writeOn(site, 0, round);
					const ran = await site.run(one, (place) => one.restore(place, ""));
					addSample(samples, one.name, ran);
					if (round === 0) checkRestored(site, one, wanted, "");
				}
				addSample(samples, "cp-fsync", await copyAndSync(bench, wanted));
				await bench.scratch.tidy();
			}
			bench.scratch.discard(wanted);
			await site.stopAgent();
			const title = `Restore into a live database, ${size}`;
			return [{ id: this.id, title, unit: "ms", samples, notes: LIVE }];
		},
	};
}

const LIVE = [
	"The original moves another file under the agent, whose later messages are then lost; it was not measured.",
];

/** Everyone takes one; what they hold is given as a folder. */
async function snapshotOfAll(bench: Bench, site: Site): Promise<string> {
	const agent = await site.agent();
	site.newStores(bench.contestants);
	await agent.append(MESSAGES);
	for (const one of bench.contestants) await site.create(one, "wanted");
	for (const one of bench.contestants) site.check(one);
	await site.stopAgent();
	const wanted = bench.scratch.folder("wanted");
	mustRun(["sh", "-c", `cp -a '${site.home}'/. '${wanted}'`]);
	return wanted;
}

/** The others' restores have written every file anew, which no agent does: so that ours has met them, as it has an agent's. */
async function seen(site: Site, ours: Contestant): Promise<void> {
	await untilQuiet();
	await site.run(
		ours,
		(place) => ours.createSearched?.(place, "seen") ?? ours.create(place, ""),
	);
}

async function writeOn(site: Site, files: number, turn: number): Promise<void> {
	changeFiles(site.home, files, turn);
	await (await site.agent()).append(MESSAGES);
}

/** @param into where those restored that do not restore into the home */
function checkRestored(
	site: Site,
	one: Contestant,
	wanted: string,
	into: string,
): void {
	const elsewhere = into !== "" && fs.readdirSync(into).length > 0;
	site.compare(one, wanted, elsewhere ? into : site.home);
}

function copyAndSync(bench: Bench, from: string): Promise<Ran> {
	const into = bench.scratch.folder("copied");
	const line = `cp -a '${from}'/. '${into}' && sync '${into}/state.db' '${into}'`;
	settle(bench.scratch.directory);
	return runMeasured({
		words: ["sh", "-c", line],
		cwd: into,
		env: bench.scratch.env,
	}).finally(() => bench.scratch.discard(into));
}
