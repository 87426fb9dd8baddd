import type { Disk } from "../../system/system.ts";
import { readNote, writeNote } from "../files/noted.ts";
import { isSize } from "../manifest/manifest-summary.ts";
import type { StorePaths } from "../store/store.ts";

/** `.sizes.json`: may be gone or wrong at any time, and then is found out anew. */
export interface NotedSizes {
	readonly formatVersion: 1;
	/** Inode of the store: a copy of it may share nothing. */
	readonly store: string;
	/** Null: there was no time to add all up; absent: nobody has tried. */
	readonly total?: number | null;
	/** Id, and bytes or null for what was not looked at. */
	readonly snapshots: readonly (readonly [string, number | null])[];
}

export function readNoted(
	disk: Disk,
	store: StorePaths,
): NotedSizes | undefined {
	const found = readNote(disk, store.sizes);
	return isNoted(found) ? found : undefined;
}

export function writeNoted(
	disk: Disk,
	store: StorePaths,
	noted: NotedSizes,
): void {
	writeNote(disk, store.sizes, noted);
}

/** By hand: `list` reads it, and a schema takes longer to begin than all of that. */
function isNoted(value: unknown): value is NotedSizes {
	if (typeof value !== "object" || value === null) return false;
	const { formatVersion, store, total, snapshots } = value as Partial<
		Record<keyof NotedSizes, unknown>
	>;
	return (
		formatVersion === 1 &&
		typeof store === "string" &&
		(total === undefined || isSizeOrNull(total)) &&
		Array.isArray(snapshots) &&
		snapshots.every(isNotedSize)
	);
}

function isNotedSize(value: unknown): boolean {
	return (
		Array.isArray(value) &&
		value.length >= 2 &&
		typeof value[0] === "string" &&
		isSizeOrNull(value[1])
	);
}

function isSizeOrNull(value: unknown): boolean {
	return value === null || isSize(value);
}
