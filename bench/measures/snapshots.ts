import path from "node:path";
import { changeFiles } from "../home.ts";
import {
	addSample,
	type Bench,
	MESSAGES,
	type Measure,
	rotated,
	runEmptyNode,
	type Samples,
	untilQuiet,
} from "../measure.ts";
import type { Measured } from "../results.ts";
import { bytesOnDisk } from "../scratch.ts";
import type { Site } from "../site.ts";

/** Nothing is there yet. */
export function first(size: string, usual: number): Measure {
	return {
		id: `first-${size}`,
		async run(bench, site) {
			const samples: Samples = {};
			const agent = await site.agent();
			for (let round = 0; round < bench.rounds(usual); round++) {
				await agent.append(MESSAGES);
				site.newStores(bench.contestants);
				for (const one of rotated(bench.contestants, round))
					addSample(
						samples,
						one.name,
						await site.create(one, `first-${round}`),
					);
				if (round === 0) site.checkAll(bench.contestants);
				await bench.scratch.tidy();
			}
			const title = `First snapshot, ${size}`;
			return [{ id: this.id, title, unit: "ms", samples }];
		},
	};
}

export interface RepeatOptions {
	readonly id: string;
	readonly title: string;
	readonly usual: number;
	/** How many of the small files change besides. */
	readonly files?: number;
	/** The id for what twenty take on disk. */
	readonly disk?: string;
}

/** Messages came since the one before, and lie in the log. */
export function repeat(options: RepeatOptions): Measure {
	const { id, title, usual, files = 0, disk } = options;
	return {
		id,
		...(disk !== undefined && { gives: [disk] }),
		async run(bench, site) {
			const samples: Samples = {};
			const bytes = new Map(bench.contestants.map(({ name }) => [name, 0]));
			const agent = await site.agent();
			site.newStores(bench.contestants);
			// So many snapshots are promised to take so little, however many rounds somebody wants.
			const rounds = disk === undefined ? bench.rounds(usual) : usual;
			// Round 0 makes the first ones, which are not counted here.
			for (let round = 0; round <= rounds; round++) {
				changeFiles(site.home, files, round);
				await agent.append(MESSAGES);
				for (const one of rotated(bench.contestants, round)) {
					const ran = await site.create(one, `repeat-${round}`);
					if (round > 0) addSample(samples, one.name, ran);
				}
				if (round === 1) site.checkAll(bench.contestants);
				for (const one of bench.contestants)
					if (one.keepsWholeCopies) {
						const before = bytes.get(one.name) ?? 0;
						bytes.set(one.name, before + site.bytesOf(one));
						site.discardNewest(one);
					}
				await bench.scratch.tidy();
			}
			const repeats: Measured = { id, title, unit: "ms", samples };
			if (disk === undefined) return [repeats];
			return [repeats, onDisk(bench, site, disk, bytes, rounds + 1)];
		},
	};
}

/** What all of them take together, and what one copy of the set takes. */
function onDisk(
	bench: Bench,
	site: Site,
	id: string,
	discarded: ReadonlyMap<string, number>,
	count: number,
): Measured {
	const samples: Samples = {};
	for (const one of bench.contestants)
		addSample(samples, one.name, {
			value: one.keepsWholeCopies
				? (discarded.get(one.name) ?? 0)
				: site.bytesOf(one),
		});
	const copy = bytesOnDisk([path.join(site.home, "state.db")]);
	addSample(samples, "one-copy", { value: copy });
	const title = `Disk for ${count} snapshots, ${id.replace("disk-", "")}`;
	const isPromised = count === 20;
	return {
		id: isPromised ? id : `${id}-of-${count}`,
		title,
		unit: "bytes",
		samples,
	};
}

/** Nobody wrote since the one before. */
export function unchanged(size: string, usual: number): Measure {
	return {
		id: `unchanged-${size}`,
		async run(bench, site) {
			const samples: Samples = {};
			const agent = await site.agent();
			await agent.append(MESSAGES);
			site.newStores(bench.contestants);
			await untilQuiet();
			for (const one of bench.contestants) await site.create(one, "before");
			site.checkAll(bench.contestants);
			for (let round = 0; round < bench.rounds(usual); round++) {
				addSample(samples, "empty", await runEmptyNode(bench));
				for (const one of rotated(bench.contestants, round)) {
					addSample(samples, one.name, await site.create(one, `same-${round}`));
					if (one.keepsWholeCopies) site.discardNewest(one);
				}
				await bench.scratch.tidy();
			}
			const title = `Repeat with nothing changed, ${size}`;
			return [{ id: this.id, title, unit: "ms", samples }];
		},
	};
}
