/** Medians, and how far single values lie from them. */

export interface Spread {
	readonly median: number;
	readonly low: number;
	readonly high: number;
	readonly count: number;
}

/** Of no values at all it is undefined: nothing was measured. */
export function spreadOf(values: readonly number[]): Spread | undefined {
	const sorted = values.toSorted((a, b) => a - b);
	const [low] = sorted;
	const high = sorted.at(-1);
	if (low === undefined || high === undefined) return undefined;
	return { median: quantile(sorted, 0.5), low, high, count: sorted.length };
}

/** The values of one round are divided by each other, since what slows a machine down slows both; a round that lacks one is left out. */
export function pairedRatios(
	values: readonly (number | undefined)[],
	over: readonly (number | undefined)[],
): number[] {
	return values.flatMap((value, round) => {
		const other = over[round];
		return value === undefined || other === undefined || other === 0
			? []
			: [value / other];
	});
}

/** @param sorted ascending, not empty */
export function quantile(sorted: readonly number[], share: number): number {
	const at = (sorted.length - 1) * share;
	const below = sorted[Math.floor(at)] ?? Number.NaN;
	const above = sorted[Math.ceil(at)] ?? Number.NaN;
	return below + (above - below) * (at - Math.floor(at));
}

/** The time within which 99 of 100 ended. */
export function p99(values: readonly number[]): number {
	return quantile(
		values.toSorted((a, b) => a - b),
		0.99,
	);
}
