import type { ContestantName } from "./contestants.ts";
import { pairedRatios, type Spread, spreadOf } from "./statistics.ts";

/** One run of one command. `value` is in the unit of its measure, mostly milliseconds of wall time. */
export interface Sample {
	readonly value: number;
	/** Milliseconds of processor time of the whole tree. */
	readonly cpu?: number;
	/** The largest process of the tree, in bytes. */
	readonly memory?: number;
	readonly written?: number;
}

/** Those that are compared, and what they are held against. */
export type Name = ContestantName | "empty" | "cp-fsync" | "alone" | "one-copy";

export interface Measured {
	readonly id: string;
	readonly title: string;
	readonly unit: "ms" | "bytes" | "of 100";
	/** In the order of the rounds; undefined where that one had no part in a round. */
	readonly samples: Readonly<
		Partial<Record<Name, readonly (Sample | undefined)[]>>
	>;
	/** What a reader has to know to understand it. */
	readonly notes?: readonly string[];
}

export type Field = "value" | "cpu" | "memory" | "written";

export function valuesOf(
	measured: Measured,
	name: Name,
	field: Field = "value",
): (number | undefined)[] {
	return (measured.samples[name] ?? []).map((sample) => sample?.[field]);
}

export function spreadOfName(
	measured: Measured,
	name: Name,
	field: Field = "value",
): Spread | undefined {
	const values = valuesOf(measured, name, field);
	return spreadOf(values.filter((value) => value !== undefined));
}

export function ratioOf(
	measured: Measured,
	name: Name,
	over: Name,
): Spread | undefined {
	return spreadOf(
		pairedRatios(valuesOf(measured, name), valuesOf(measured, over)),
	);
}
