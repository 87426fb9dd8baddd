import type {
	DatabaseFill,
	ReferenceFill,
	SearchFill,
} from "../../system/system.ts";
import { maskText } from "../secrets/secrets.ts";

/** A full-text index that is gone, knows nothing, or is told nothing any more. Of those of another form nothing is said. */
export function whySearchLost(
	before: DatabaseFill,
	after: DatabaseFill,
): string | undefined {
	for (const [name, was] of before.searches) {
		if (was.rows === 0) continue;
		const now = after.searches.get(name);
		const called = `the search ${maskText(name)}`;
		if (now === undefined) {
			if (isMissed(was, before, after)) return `has lost ${called}`;
		} else if (now.definition !== was.definition) continue;
		else if (now.rows === 0) return `${called} is empty now`;
		else if (was.isFed && !now.isFed && !hasSuccessor(was, before, after))
			return `nothing fills ${called} any more`;
	}
	return undefined;
}

/** The texts that it found are there, and nothing came in its place. */
function isMissed(
	was: SearchFill,
	before: DatabaseFill,
	after: DatabaseFill,
): boolean {
	const texts = after.tables.get(was.of ?? "");
	return (texts?.rows ?? 0) > 0 && !hasSuccessor(was, before, after);
}

/** One that was made in another way may still have to be filled, bit by bit, as some agents do. */
function hasSuccessor(
	{ of }: SearchFill,
	before: DatabaseFill,
	after: DatabaseFill,
): boolean {
	return [...after.searches].some(([name, one]) => {
		const isNew = before.searches.get(name)?.definition !== one.definition;
		// What a view says is told by no trigger on it.
		const isKnown = one.of !== undefined && after.tables.has(one.of);
		return isNew && (!isKnown || one.of === of);
	});
}

/**
 * Rows that named others before, and name what is not there now. By numbers, as the rows may be called something else; keys that
 * were not declared before say nothing.
 */
export function whyReferencesLost(
	before: DatabaseFill,
	after: DatabaseFill,
): string | undefined {
	for (const [name, now] of after.references) {
		const was = before.references.get(name);
		const rows = after.tables.get(now.table)?.rows ?? 0;
		const then = before.tables.get(now.table)?.rows ?? 0;
		if (was === undefined) continue;
		// What came since may name what it likes: nothing was lost by that.
		const lost = now.lost - was.lost - Math.max(0, rows - then);
		if (lost <= 0 || areOfExpired(now, lost, before, after)) continue;
		return `${maskText(name)} names what is not in ${maskText(now.parent)}, in ${now.lost} of ${rows} rows (${was.lost} before)`;
	}
	return undefined;
}

/** A few old ones went in their time, and what was of them stayed behind. */
function areOfExpired(
	{ table, parent }: ReferenceFill,
	lost: number,
	before: DatabaseFill,
	after: DatabaseFill,
): boolean {
	const rowsOf = (fill: DatabaseFill, name: string) =>
		fill.tables.get(name)?.rows ?? 0;
	const were = rowsOf(before, parent);
	const gone = were - rowsOf(after, parent);
	const areFew = gone > 0 && gone <= Math.ceil(were * FEW);
	return areFew && lost <= rowsOf(before, table) * (1 - MOST);
}

/** Of them all. */
export const FEW = 0.1;
/** Of what was said: a few may have been long ones. */
export const MOST = 0.7;
