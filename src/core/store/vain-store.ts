import { errorCode } from "../../errors.ts";
import type { System } from "../../system/system.ts";
import type { StorePaths } from "./store.ts";

/**
 * Removes a store that was made for something that nothing has come of: with its lock held, and only if it holds nothing but
 * that and what we note of snapshots, of which there are none. One in which somebody is at work stays.
 */
export function removeVainStore(
	{ disk, sqlite }: System,
	{ directory, lock, ...notes }: StorePaths,
): void {
	if (disk.stat(directory)?.kind !== "directory") return;
	const { lockHolder, sizes, tags, summaries } = notes;
	const { verified, verifications, marks } = notes;
	const vain = [
		...[lockHolder, sizes, tags, summaries, verified, verifications, marks],
		lock,
	];
	const isVain = () =>
		disk
			.names(directory)
			.every((name) => vain.includes(`${directory}/${name}`));
	if (!isVain()) return;
	const release = sqlite.tryLock(lock);
	if (release === undefined) return;
	try {
		if (!isVain()) return;
		// Last of all the lock: who waits for it makes another.
		for (const path of vain)
			if (disk.stat(path) !== undefined) disk.unlink(path);
	} finally {
		release();
	}
	removeEmpty(disk, directory);
}

/** Somebody may have begun there meanwhile. */
function removeEmpty(disk: System["disk"], directory: string): void {
	try {
		disk.removeDirectory(directory);
	} catch (error) {
		if (!["ENOTEMPTY", "EEXIST"].includes(errorCode(error) ?? "")) throw error;
	}
}
