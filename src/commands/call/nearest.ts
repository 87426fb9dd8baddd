import { distance } from "fastest-levenshtein";

/** The one that takes the fewest edits, if those are few for its length. */
export function nearest(
	word: string,
	candidates: readonly string[],
): string | undefined {
	const [best] = candidates
		.map((candidate) => ({
			candidate,
			distance: distance(word, candidate),
		}))
		.sort((a, b) => a.distance - b.distance);
	const isNear =
		best !== undefined &&
		best.distance <= 2 &&
		best.distance < best.candidate.length / 2;
	return isNear ? best.candidate : undefined;
}
