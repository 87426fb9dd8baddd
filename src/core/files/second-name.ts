import { errorCode } from "../../errors.ts";
import type { Disk } from "../../system/system.ts";
import { copyFile } from "./copy.ts";

/** The disk knows no second names, or this file has as many as it can have. */
const NO_LINKS: readonly string[] = [
	"EMLINK",
	"EPERM",
	"EXDEV",
	"ENOSYS",
	"ENOTSUP",
	"EOPNOTSUPP",
];

/**
 * Gives a file of the store a second name, or where that cannot be had a copy, which is compared with its hash: nobody
 * writes to a file of the store, so that one on the disk does for all snapshots that hold it.
 * Undefined: the copy is not what was captured, and is gone again.
 */
export function giveSecondName(
	disk: Disk,
	from: string,
	to: string,
	sha256: string,
	pause: () => void,
): "name" | "copy" | undefined {
	const copied = nameOrCopy(disk, from, to, pause);
	if (copied === "name") return "name";
	if (copied === sha256) return "copy";
	disk.unlink(to);
	return undefined;
}

/** As `giveSecondName`, of what is compared later. Returns "name", or the hash of the copy. */
export function nameOrCopy(
	disk: Disk,
	from: string,
	to: string,
	pause: () => void,
): string {
	try {
		disk.hardLink(from, to);
		return "name";
	} catch (error) {
		if (!NO_LINKS.includes(errorCode(error) ?? "")) throw error;
	}
	return copyFile(disk, from, to, pause, 0o400).sha256;
}
