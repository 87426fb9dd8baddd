import { errorCode } from "../../errors.ts";
import type { Disk } from "../../system/system.ts";
import { syncDirectory, syncFile } from "./durable.ts";

/**
 * Sets mode and time of what is there, so that a power cut does not take them back. Syncing the directory around it is
 * not enough: btrfs then lost both, although ext4 and xfs kept them. A link is left alone.
 */
export function setModeDurably(
	disk: Disk,
	path: string,
	{ mode, mtime }: { readonly mode: number; readonly mtime?: number },
): void {
	const now = disk.stat(path);
	const kind = now?.kind;
	if (now === undefined || kind === "link") return;
	// Only what differs: of a file of another owner even what it has already could not be set.
	if (now.mode !== mode) disk.setMode(path, mode);
	if (mtime !== undefined && now.mtime !== mtime) disk.setTime(path, mtime);
	try {
		if (kind === "file") syncFile(disk, path);
		if (kind === "directory") syncDirectory(disk, path);
	} catch (error) {
		// Its owner may not read it: then it has its mode, and nobody but root can do more.
		if (errorCode(error) !== "EACCES") throw error;
	}
}
