import fs from "node:fs";
import path from "node:path";
import type { Contestant } from "../contestants.ts";
import { multiplied } from "../many.ts";
import {
	addSample,
	type Bench,
	MESSAGES,
	type Measure,
	rotated,
	runEmptyNode,
	type Samples,
	those,
} from "../measure.ts";
import { mustRun } from "../run.ts";
import type { Site } from "../site.ts";

/** Twenty that each contestant made itself. */
export function listOf20(usual: number): Measure {
	return {
		id: "list-20",
		async run(bench, site) {
			const listing = bench.isQuick
				? those(bench, "ours", "original")
				: bench.contestants.filter(({ list }) => list);
			await fill(site, listing, 20);
			const samples = await lists(bench, site, listing, usual, false);
			return [{ id: this.id, title: "List of 20", unit: "ms", samples }];
		},
	};
}

/** A thousand copies, by hard links, of one that each made, under other names. */
export function listOf1000(usual: number): Measure {
	return {
		id: "list-1000",
		gives: ["list-1000-newest"],
		async run(bench, site) {
			const listing = those(bench, "ours", "original");
			await fill(site, listing, 1);
			for (const one of listing)
				multiplied(one.name, site.place(one).store, 1000);
			const all = await lists(bench, site, listing, usual, true);
			const newest = await lists(bench, site, listing, usual, false);
			return [
				{
					id: this.id,
					title: "List of 1,000, all of them",
					unit: "ms",
					samples: all,
					notes: ALL,
				},
				{
					id: "list-1000-newest",
					title: "List of 1,000, the newest 20",
					unit: "ms",
					samples: newest,
				},
			];
		},
	};
}

const ALL = [
	"The original's command shows 20 only; here it was told to show all, as ours was with `--all`.",
];

/** Forty, of which twenty stay. */
export function prune(usual: number): Measure {
	return {
		id: "prune",
		async run(bench, site) {
			const samples: Samples = {};
			const pruning = bench.contestants.filter(({ prune }) => prune);
			await fill(site, pruning, 20);
			const full = pruning.map((one) => [one, site.place(one).store] as const);
			for (let round = 0; round < bench.rounds(usual); round++) {
				for (const [one, store] of rotated(full, round)) {
					const copy = bench.scratch.folder("store-copy");
					mustRun(["cp", "-aT", store, copy]);
					site.useStore(one, copy);
					if (one.meet) await site.run(one, one.meet);
					const ran = await site.run(one, (place) => {
						const command = one.prune?.(place, 10);
						if (command === undefined)
							throw new Error(`${one.name} has no prune`);
						return command;
					});
					addSample(samples, one.name, ran);
					if (round === 0) checkPruned(one, copy);
					site.discardStore(one);
					site.useStore(one, store);
				}
				await bench.scratch.tidy();
			}
			const title = "Prune of 10 of 20 snapshots";
			return [{ id: this.id, title, unit: "ms", samples }];
		},
	};
}

async function fill(
	site: Site,
	contestants: readonly Contestant[],
	count: number,
): Promise<void> {
	const agent = await site.agent();
	site.newStores(contestants);
	for (let number = 0; number < count; number++) {
		await agent.append(MESSAGES);
		for (const one of contestants) await site.create(one, `one-${number}`);
	}
	site.checkAll(contestants);
}

async function lists(
	bench: Bench,
	site: Site,
	listing: readonly Contestant[],
	usual: number,
	all: boolean,
): Promise<Samples> {
	const samples: Samples = {};
	for (let round = 0; round < bench.rounds(usual); round++) {
		addSample(samples, "empty", await runEmptyNode(bench));
		for (const one of rotated(listing, round)) {
			const ran = await site.run(one, (place) => {
				const command = one.list?.(place, all);
				if (command === undefined) throw new Error(`${one.name} has no list`);
				return command;
			});
			const lines = ran.output.trim().split("\n").length;
			if (lines < (all ? 1000 : 20))
				throw new Error(`${one.title} lists too few: ${ran.output}`);
			addSample(samples, one.name, ran);
		}
	}
	return samples;
}

/** Of those that keep folders; what is in a repository its own tool has to know. */
function checkPruned({ name, title }: Contestant, store: string): void {
	if (name !== "ours" && name !== "original") return;
	const left = fs
		.readdirSync(store)
		.filter((folder) =>
			fs.existsSync(path.join(store, folder, "manifest.json")),
		);
	if (left.length !== 10)
		throw new Error(`${title} left ${left.length} of 20 snapshots, not 10`);
}
