import type { Call } from "./strace.ts";

/**
 * Of the calls of one kind on one file the first, the middle one and the last: between two writes of the same copy
 * nothing new can happen. `every`: of those, one in so many, beginning elsewhere with every seed.
 */
export function chooseCalls(
	calls: readonly Call[],
	every: number,
	seed: number,
): Call[] {
	const alike = Map.groupBy(calls, ({ name, place }) => `${name} ${place}`);
	const chosen = new Set(
		[...alike.values()].flatMap((group) => [
			group[0],
			group[Math.floor(group.length / 2)],
			group.at(-1),
		]),
	);
	return calls
		.filter((call) => chosen.has(call))
		.filter((_, index) => (index + seed) % every === 0);
}
