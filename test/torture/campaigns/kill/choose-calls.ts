import { createHash } from "node:crypto";
import type { TracedCall } from "./hurt-at.ts";

/**
 * Of the calls of one kind on one file the first and, if there are to be two, the last: between two writes of the same
 * copy nothing new can happen. `every`: of those, one in so many, others with every seed.
 */
export function chooseCalls(
	calls: readonly TracedCall[],
	{ ofAlike, every, seed }: { ofAlike: 1 | 2; every: number; seed: number },
): TracedCall[] {
	const alike = Map.groupBy(calls, ({ name, place }) => `${name} ${place}`);
	const chosen = new Set(
		[...alike.values()].flatMap((group) =>
			[group[0], group.at(-1)].slice(0, ofAlike),
		),
	);
	return calls
		.filter((call) => chosen.has(call))
		.filter((call) => lotOf(call, seed) % every === 0);
}

/** By its name, so that a point stays the same when others come and go. */
export function lotOf(
	{ name, place, occurrence }: TracedCall,
	seed: number,
): number {
	const hash = createHash("sha256");
	hash.update(`${name} ${place} ${occurrence}`);
	return hash.digest().readUInt32BE() + seed;
}
