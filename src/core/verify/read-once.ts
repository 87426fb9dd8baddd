import type { Disk } from "../../system/system.ts";
import type { FileEntry } from "../capture/entry.ts";
import { hashingFile } from "../files/copy.ts";
import { partName } from "../parts/parts.ts";
import { filesOf, Ruined, refuseMissing } from "../parts/stored-file.ts";
import type { Work } from "../work.ts";

/** Hashes of what was read in this run, by what tells one file of the disk from another. */
export type ReadOnce = Map<string, string>;

/**
 * Compares a captured file as it lies in a snapshot's folder with its hashes, as `readingStored` does. What snapshots share
 * is read once, however many have it. Hermes' own have no hash, and are compared by their size.
 * @throws Ruined, Unreadable
 */
export function* verifyingOnce(
	disk: Disk,
	folder: string,
	entry: FileEntry,
	read: ReadOnce,
): Work<void> {
	refuseMissing(disk, folder, entry);
	const { parts } = entry;
	let index = 0;
	for (const { path, size } of filesOf(folder, entry)) {
		const wanted = parts === undefined ? entry.sha256 : parts.sha256[index];
		const found = yield* hashOnce(disk, path, size, read);
		if (wanted !== undefined && found !== wanted) {
			const where =
				parts === undefined ? "" : ` in its part ${partName(index)}`;
			throw new Ruined(`does not have the content that was captured${where}`);
		}
		index++;
	}
}

function* hashOnce(
	disk: Disk,
	path: string,
	size: number,
	read: ReadOnce,
): Work<string> {
	const found = disk.stat(path);
	const key = `${found?.device} ${found?.signature}`;
	const known = read.get(key);
	// By its own name: a directory on the way may have become a link to another snapshot's.
	if (known !== undefined && disk.realPath(path) === path) {
		yield size;
		return known;
	}
	const { sha256 } = yield* hashingFile(disk, path);
	read.set(key, sha256);
	return sha256;
}
