import type { Contestant, ContestantName } from "./contestants.ts";
import type { Measured, Name, Sample } from "./results.ts";
import type { Ran } from "./run.ts";
import { runMeasured, settle } from "./run.ts";
import type { Scratch } from "./scratch.ts";
import type { Site } from "./site.ts";

export const MESSAGES = 50;

/** What all measures are given. */
export interface Bench {
	readonly scratch: Scratch;
	readonly contestants: readonly Contestant[];
	readonly isQuick: boolean;
	/** How many rounds: as the person said, else as many as are usual for that size. */
	rounds(usual: number): number;
	say(text: string): void;
}

/** One thing to measure; it may give more than one table. */
export interface Measure {
	readonly id: string;
	/** Also the ids of what it gives besides. */
	readonly gives?: readonly string[];
	run(bench: Bench, site: Site): Promise<Measured[]>;
}

/** Measures that share a home. */
export interface Group {
	readonly databaseBytes: number;
	readonly files: number;
	readonly measures: readonly Measure[];
}

export type Samples = Partial<Record<Name, (Sample | undefined)[]>>;

export function addSample(samples: Samples, name: Name, sample: Sample): void {
	const { value, cpu, memory, written } = sample;
	const list = samples[name] ?? [];
	list.push({
		value,
		...(cpu !== undefined && { cpu }),
		...(memory !== undefined && { memory }),
		...(written !== undefined && { written }),
	});
	samples[name] = list;
}

/** Another one begins in each round, so that none always comes behind the same. */
export function rotated<Item>(items: readonly Item[], round: number): Item[] {
	const by = items.length === 0 ? 0 : round % items.length;
	return [...items.slice(by), ...items.slice(0, by)];
}

export function those(
	{ contestants }: Bench,
	...names: ContestantName[]
): Contestant[] {
	return contestants.filter(({ name }) => names.includes(name));
}

/** What the shortest command in Node takes. */
export function runEmptyNode({ scratch }: Bench): Promise<Ran> {
	settle(scratch.directory);
	return runMeasured({
		words: [process.execPath, "-e", "0"],
		cwd: scratch.directory,
		env: scratch.env,
	});
}

/** Databases that were written to a moment ago count as changed; after this long they do not. */
export async function untilQuiet(): Promise<void> {
	await new Promise((resolve) => setTimeout(resolve, 2500));
}
