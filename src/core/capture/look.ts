import type { Disk, FileStat } from "../../system/system.ts";
import { readBeginning } from "../files/durable.ts";

/*
 * A look is what tells days later, without opening it, that nobody has written to a file: see `FileStat`. Signatures are
 * for the same within one command.
 */

/** SQLite's header of a write-ahead log, whose salts change with every reset. */
const LOG_HEADER = 32;

/** Of a database with its log. Undefined: what was written lately cannot be told from what will be; see `isSameLook`. */
export function databaseLook(disk: Disk, path: string): string | undefined {
	const [main, log, journal] = ["", "-wal", "-journal"].map((suffix) =>
		disk.stat(`${path}${suffix}`),
	);
	// A hot journal is played back by whoever opens the database next.
	if ((journal?.size ?? 0) > 0) return undefined;
	if (main?.look === undefined) return undefined;
	if (log === undefined || log.size === 0) return `${main.look} -`;
	// Without ctime: under root, whoever opens a log gives it to the owner of the database.
	if (log.kind !== "file") return undefined;
	const lately = log.isSettled ? log.signature : FRESH;
	return `${main.look} ${lately} ${headerOf(disk, log, path)}`;
}

/** Of a log that was written to lately: equal to none, though it tells of the file itself. */
const FRESH = "fresh";

/** Nobody has written to it between the two. */
export function isSameLook(
	before: string | undefined,
	now: string | undefined,
): boolean {
	return (
		before !== undefined && before === now && before.split(" ")[1] !== FRESH
	);
}

/** Nobody has written to the database file itself. @param main of the file now */
export function isSameFile(
	before: string | undefined,
	main: FileStat | undefined,
): boolean {
	return main?.look !== undefined && before?.split(" ")[0] === main.look;
}

/** Nothing holds a lock on a log: reading it drops none. */
function headerOf(disk: Disk, log: FileStat, path: string): string {
	const length = Math.min(LOG_HEADER, log.size);
	return readBeginning(disk, `${path}-wal`, length).toString("hex");
}
