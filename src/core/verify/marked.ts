import type { Disk } from "../../system/system.ts";
import { readNote } from "../files/noted.ts";
import type { StorePaths } from "../store/store.ts";

/** Written down by `verify --repair-list`: nothing relies on that snapshot any more. */
export interface Mark {
	/** When it was found so, ISO 8601. */
	readonly at: string;
	/** A sentence without its end. */
	readonly why: string;
}

/** By the ids of snapshots. What cannot be read, or is no list, says nothing. */
export function readMarks(
	disk: Disk,
	store: StorePaths,
): ReadonlyMap<string, Mark> {
	const found = readNote(disk, store.marks);
	const isList =
		typeof found === "object" && found !== null && !Array.isArray(found);
	const marks = new Map<string, Mark>();
	for (const [id, said] of isList ? Object.entries(found) : []) {
		const mark = markOf(said);
		if (mark !== undefined) marks.set(id, mark);
	}
	return marks;
}

/** By hand: `list` reads it. */
function markOf(said: unknown): Mark | undefined {
	if (typeof said !== "object" || said === null) return undefined;
	const { at, why } = said as Record<string, unknown>;
	return typeof at === "string" &&
		typeof why === "string" &&
		!Number.isNaN(Date.parse(at))
		? { at, why }
		: undefined;
}
