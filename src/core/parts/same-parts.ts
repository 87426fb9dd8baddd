import type { Disk } from "../../system/system.ts";
import type { DatabaseEntry, Entry } from "../capture/entry.ts";
import type { Work } from "../work.ts";
import { partLength, partName } from "./parts.ts";
import { readingPart } from "./stored-file.ts";

/**
 * Which parts of a database the present has as the snapshot has them, by the hashes that were taken of both. They need not
 * be read, nor be sound in the snapshot. The first is none of them: it has a header that SQLite changes by itself.
 */
export function sameParts(
	present: Entry | undefined,
	{ size, parts }: DatabaseEntry,
): ReadonlySet<number> {
	const same = new Set<number>();
	if (parts === undefined || present?.kind !== "database") return same;
	const now = present.parts;
	// What was captured without some rows is not what stands in the database.
	if (now?.size !== parts.size || present.cleared) return same;
	for (const [index, sha256] of parts.sha256.entries())
		if (
			index > 0 &&
			now.sha256[index] === sha256 &&
			partLength(present.size, now.size, index) ===
				partLength(size, parts.size, index)
		)
			same.add(index);
	return same;
}

/** Reads the others, and those in `read` not once more. @throws as `readingStored` */
export function* readingOthers(
	disk: Disk,
	folder: string,
	entry: DatabaseEntry,
	same: ReadonlySet<number>,
	read: Set<number>,
): Work<void> {
	for (const index of entry.parts?.sha256.keys() ?? []) {
		if (same.has(index) || read.has(index)) continue;
		const path = `${folder}/${entry.path}/${partName(index)}`;
		yield* readingPart(disk, path, entry, index);
		read.add(index);
	}
}
