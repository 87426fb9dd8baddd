import type { Disk } from "../../system/system.ts";
import { SIDECARS } from "../home/paths.ts";

/** What of a database is looked at, in the order of its signature: the file, and the logs that may hold commits. */
export const SIGNED: readonly string[] = [
	"",
	...SIDECARS.filter((sidecar) => sidecar !== "-shm"),
];

/** Moves whenever a commit may have been made: `stat` of the database and its log missed 0 of 4,000 commits. */
export function databaseSignature(disk: Disk, path: string): string {
	return (
		SIGNED.map((suffix) => disk.stat(`${path}${suffix}`))
			// An empty log says what no log says: connections make and remove one as they come and go.
			.map((stat) =>
				stat === undefined || stat.size === 0 ? "-" : stat.signature,
			)
			.join(" ")
	);
}

/**
 * Of what could not be captured. Of anything but a file only the kind counts: there is nothing in it to lose, and the time
 * of a FIFO moves with all that goes through it.
 */
export function missedSignature(
	disk: Disk,
	path: string,
	isDatabase: boolean,
): string {
	const now = disk.stat(path);
	if (now === undefined) return "-";
	if (now.kind === "special") return now.what;
	if (now.kind === "directory") return now.kind;
	return isDatabase ? databaseSignature(disk, path) : now.signature;
}

/** Whether it is what was seen. Logs may have gone: a step that moves a database away moves them first. */
export function isUnmoved(disk: Disk, path: string, seen: string): boolean {
	return movedParts(disk, path, seen).length === 0;
}

/** The suffixes of what is not what was seen there. */
export function movedParts(disk: Disk, path: string, seen: string): string[] {
	const was = seen.split(" ");
	const now = missedSignature(disk, path, was.length > 1).split(" ");
	return SIGNED.filter(
		(suffix, part) =>
			now[part] !== was[part] && !(suffix !== "" && now[part] === "-"),
	);
}
