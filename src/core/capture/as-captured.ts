import type { Disk, Glimpse } from "../../system/system.ts";
import { Unreadable } from "../files/copy.ts";
import {
	filesOf,
	isUntouched,
	Ruined,
	readingStored,
} from "../parts/stored-file.ts";
import type { Work } from "../work.ts";
import { type Base, isOfBase } from "./base.ts";
import type { Entry, FileEntry } from "./entry.ts";

/** Somebody has made one file of both (`ln`, a program that finds duplicates): what the agent writes would be in all snapshots. */
export function isLive(
	live: Pick<Glimpse, "inode"> | undefined,
	stored: Glimpse | undefined,
): boolean {
	return (
		stored !== undefined && stored.links > 1 && stored.inode === live?.inode
	);
}

/**
 * Whether it is as it was captured, as far as can be told without reading it; read when that was not done for long.
 * @param found what stands at its path there
 */
export function* comparingWithCapture(
	disk: Disk,
	base: Base,
	entry: FileEntry,
	found = disk.glance(`${base.folder}/${entry.path}`),
): Work<boolean> {
	if (!isOfBase(disk, base, entry)) return false;
	if (isLeft(disk, base, entry, found) && base.isFresh) return true;
	try {
		yield* readingStored(disk, base.folder, entry);
		return true;
	} catch (error) {
		if (!(error instanceof Ruined || error instanceof Unreadable)) throw error;
		return false;
	}
}

function isLeft(
	disk: Disk,
	{ folder, sealed }: Base,
	entry: FileEntry,
	found: Glimpse | undefined,
): boolean {
	if (entry.parts === undefined) return isUntouched(found, entry.size, sealed);
	for (const { path, size } of filesOf(folder, entry))
		if (!isUntouched(disk.glance(path), size, sealed)) return false;
	return true;
}

/** What it is there, for a database that has to be compared. */
export function storedBefore(
	base: Base | undefined,
	path: string,
	kind: Entry["kind"],
): FileEntry | undefined {
	const entry = base?.entries.get(path);
	return entry?.kind === kind &&
		(entry.kind === "file" || entry.kind === "database")
		? entry
		: undefined;
}
