/** What others notice: the agent that writes, and the host that shows the reply. */
import path from "node:path";
import { copyWhole } from "../check.ts";
import type { Contestant } from "../contestants.ts";
import {
	addSample,
	type Bench,
	MESSAGES,
	type Measure,
	rotated,
	type Samples,
	those,
} from "../measure.ts";
import { folderOf } from "../place.ts";
import { runMeasured, settle } from "../run.ts";
import type { Site } from "../site.ts";
import { lastIn, whyTorn } from "../state-db.ts";
import { p99 } from "../statistics.ts";

const PER_SECOND = 200;
/** Of 600 commits six are slower than the 99th of 100. */
const LONG_ENOUGH = 3000;

/** How long commits take at 200 a second: alone, and beside creates one behind the other. */
export function writer(size: string, usual: number): Measure {
	return {
		id: `writer-${size}`,
		async run(bench, site) {
			const samples: Samples = {};
			const both = those(bench, "ours", "original");
			site.newStores(both);
			for (let round = 0; round < bench.rounds(usual); round++) {
				addSample(samples, "alone", {
					value: await beatBeside(site, () => wait(LONG_ENOUGH)),
				});
				for (const one of rotated(both, round)) {
					const value = await beatBeside(site, () =>
						createOnAndOn(site, one, round),
					);
					addSample(samples, one.name, { value });
				}
				await bench.scratch.tidy();
			}
			// The agent rests: what each makes now is all of one state, which can be compared.
			for (const one of both) await site.create(one, "last");
			site.checkAll(both);
			const title = `The writer's p99 at ${PER_SECOND} commits a second, ${size}`;
			return [{ id: this.id, title, unit: "ms", samples }];
		},
	};
}

async function beatBeside(
	site: Site,
	action: () => Promise<unknown>,
): Promise<number> {
	const agent = await site.agent();
	await agent.append(MESSAGES);
	settle(site.scratch.directory);
	await agent.beat(PER_SECOND);
	await action();
	return p99(await agent.rest());
}

async function createOnAndOn(
	site: Site,
	one: Contestant,
	round: number,
): Promise<void> {
	const began = performance.now();
	for (let count = 0; performance.now() - began < LONG_ENOUGH; count++) {
		const command = one.create(site.place(one), `beside-${round}-${count}`);
		await site.withStore(one, () => runMeasured(command));
		if (one.keepsWholeCopies) site.discardNewest(one);
	}
}

function wait(milliseconds: number): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** The longest time in which the host did nothing, while our engine takes a snapshot for it. */
export function stall(size: string, usual: number): Measure {
	return {
		id: `stall-${size}`,
		async run(bench, site) {
			const samples: Samples = {};
			const agent = await site.agent();
			const [ours] = those(bench, "ours");
			if (ours === undefined) return [];
			site.newStores([ours]);
			for (let round = 0; round < bench.rounds(usual); round++) {
				await agent.append(MESSAGES);
				addSample(samples, "alone", await inHost(site, ours));
				addSample(samples, "ours", await inHost(site, ours, `stall-${round}`));
			}
			site.check(ours);
			const title = `Longest stall of the host's event loop, ${size}`;
			return [{ id: this.id, title, unit: "ms", samples, notes: STALL }];
		},
	};
}

const STALL = ["Alone is a host that waits for a second and does nothing."];

async function inHost(
	site: Site,
	ours: Contestant,
	...label: string[]
): Promise<{ value: number }> {
	const script = path.join(import.meta.dirname, "../host-process.ts");
	const words = [process.execPath, script, site.home, ...label];
	const { output } = await site.run(ours, ({ home, env }) => ({
		words,
		cwd: home,
		env,
	}));
	return { value: Number(output) };
}

/** A hundred creates beside a busy writer: how long each takes, and how many of them are of one moment. */
export function beside(size: string, count: number): Measure {
	const consistent = `consistent-${size}`;
	return {
		id: `beside-${size}`,
		gives: [consistent],
		async run(bench, site) {
			const samples: Samples = {};
			const whole: Samples = {};
			const [ours] = those(bench, "ours");
			if (ours === undefined) return [];
			site.newStores([ours]);
			let sound = 0;
			for (let round = 0; round < count; round++) {
				const agent = await site.agent();
				await agent.beat(PER_SECOND);
				const last = await agent.last();
				addSample(samples, "ours", await site.create(ours, `beside-${round}`));
				await agent.rest();
				const why = whyUnsound(bench, site, ours, last);
				if (why === undefined) sound += 1;
				else bench.say(`create ${round} of ${count} is not consistent: ${why}`);
				await bench.scratch.tidy();
			}
			addSample(whole, "ours", { value: (sound / count) * 100 });
			const title = `Create beside ${PER_SECOND} commits a second, ${size}`;
			return [
				{ id: this.id, title, unit: "ms", samples },
				{
					id: consistent,
					title: `${title}: consistent ones`,
					unit: "of 100",
					samples: whole,
				},
			];
		},
	};
}

/** @param committed the message that was there before the create began, and has to be in it */
function whyUnsound(
	bench: Bench,
	site: Site,
	ours: Contestant,
	committed: number,
): string | undefined {
	const into = bench.scratch.folder("check");
	const database = path.join(into, "state.db");
	copyWhole(path.join(folderOf(site.place(ours)), "state.db"), database);
	const last = lastIn(database);
	const why =
		last < committed
			? `it ends at ${last}, ${committed} was committed`
			: whyTorn(database);
	bench.scratch.discard(into);
	return why;
}
