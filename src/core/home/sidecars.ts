import type { Disk } from "../../system/system.ts";
import { databaseOfSidecar, looksLikeDatabase } from "./paths.ts";
import type { Member } from "./scan.ts";

/** As much of a scan as tells a log from a file. */
export interface Known {
	readonly members: ReadonlyMap<string, Member>;
	readonly isPlain: (path: string) => boolean;
}

/**
 * A log is taken with its database or not at all. Beside what was taken as a plain file it is a file as well, whatever the
 * name: that may be an encrypted database, whose rows nobody but its owner can tell from the rest. So is its index, then:
 * SQLite makes that anew when nobody has it open, and what other programs do is not known. A diary called "trip-journal"
 * beside a note "trip" is no log. SQLite deletes a log that it finds beside an empty file, and so does a restore that puts
 * a database there; where it puts such a plain file (`isPlain`), a log beside an empty or missing one is a file to be kept.
 */
export function isSidecar(
	disk: Disk,
	home: string,
	path: string,
	{ members, isPlain }: Known,
): boolean {
	const owner = databaseOfSidecar(path);
	if (owner === undefined || disk.stat(`${home}/${path}`)?.kind !== "file")
		return false;
	const taken = members.get(owner);
	if (taken?.kind === "database") return true;
	const now = disk.stat(`${home}/${owner}`);
	if (!looksLikeDatabase(owner) || (now?.kind ?? "file") !== "file")
		return false;
	if (taken?.kind === "file" && taken.stat.size > 0) return false;
	return !(isPlain(owner) && (taken !== undefined || now === undefined));
}
