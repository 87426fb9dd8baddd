import { errorCode, errorMessage } from "../errors.ts";
import type { Disk } from "../system/system.ts";
import { parentOf } from "./home/paths.ts";

const REASONS: Readonly<Record<string, string>> = {
	EACCES: "permission denied",
	EPERM: "permission denied",
	EIO: "the disk could not read it",
};

/** It may be sound: it was only not to be had. */
export const LOCKED = "the database was locked by another process for too long";

/** It may be sound, too: reading a database takes a few files of SQLite's own beside it. */
export const UNOPENED =
	"SQLite could not open it, or make its own files beside it (is the disk full?)";

/** Nor has this one anything: there is no room for them. */
export const NO_ROOM =
	"SQLite could not write its own files beside it (is the disk full?)";

/** Nor has this one anything: we lack handles for the few files that SQLite opens at once. */
export const NO_HANDLES = "too many files are open (see ulimit -n)";

/** Nor is this one damaged: this user may not write to it, or to its directory, where SQLite has its own files. */
export const DENIED =
	"permission denied: SQLite has to write to it and to the directory it is in";

/** Nor can a copy be made of this one, or of anything in it, nor could it be moved out of the way. */
export const TOO_LONG = "its path is longer than the system takes";

/** Of a directory, which may be another user's: nobody can tell what is in it. */
export const CLOSED = "permission denied: this user may not look into it";

/** This user may not look at what is in a directory that is there. */
export function isClosed(disk: Disk, directory: string): boolean {
	try {
		disk.stat(`${directory}/.`);
		return false;
	} catch (error) {
		if (!["EACCES", "EPERM"].includes(errorCode(error) ?? "")) throw error;
		return true;
	}
}

/** This user may do what SQLite needs to have a live database open. */
export function mayOpen(disk: Disk, live: string): boolean {
	const directory = parentOf(live);
	return (
		disk.mayWrite(live) && (directory === undefined || disk.mayWrite(directory))
	);
}

/** Why a live database could not be opened. */
export function whyUnopened(disk: Disk, live: string, error: unknown): string {
	const isAccess = /^SQLITE_(CANTOPEN|READONLY|PERM|IOERR)/.test(
		errorCode(error) ?? "",
	);
	if (isAccess && !mayOpen(disk, live)) return DENIED;
	return isAccess && lacksHandles(disk, live)
		? NO_HANDLES
		: whyUnreadable(error);
}

/** The database itself is not opened: to close it would drop SQLite's locks on it. */
function lacksHandles(disk: Disk, live: string): boolean {
	const opened: number[] = [];
	try {
		for (let count = 0; count < HANDLES; count++)
			opened.push(disk.open(parentOf(live) ?? live, "directory"));
		return false;
	} catch (error) {
		const code = errorCode(error);
		if (code === undefined) throw error; // not the disk: a bug
		return code === "EMFILE" || code === "ENFILE";
	} finally {
		for (const file of opened) disk.close(file);
	}
}

/** What SQLite has open to read a database: it, its log and index, the directory, and one to spare. */
const HANDLES = 5;

/** Why something could not be captured, for manifests and for people. */
export function whyUnreadable(error: unknown): string {
	const code = errorCode(error) ?? "";
	if (/^SQLITE_(BUSY|LOCKED)/.test(code)) return LOCKED;
	if (/^SQLITE_(FULL|IOERR_(WRITE|SHMSIZE))$/.test(code)) return NO_ROOM;
	if (
		/^SQLITE_(CANTOPEN|IOERR(?!_(READ|SHORT_READ|DATA|CORRUPTFS)))/.test(code)
	)
		return UNOPENED;
	if (/^SQLITE_(CORRUPT|NOTADB)/.test(code))
		return `the database is damaged (${errorMessage(error)})`;
	return REASONS[code] ?? errorMessage(error);
}

const DISK_ERRORS: Readonly<Record<string, string>> = {
	ENOSPC: "the disk is full",
	EDQUOT: "the disk quota is used up",
	EROFS: "the disk is read-only",
	EACCES: "permission was denied",
	EPERM: "the system did not permit it",
	EIO: "the disk reported an error",
	EMFILE: "too many files are open",
	ENFILE: "too many files are open",
	EXDEV: "two disks are involved",
	ENAMETOOLONG: "a name is longer than the disk takes",
	EFBIG: "a file would grow beyond what is allowed (see ulimit -f)",
	SQLITE_FULL: "the disk is full",
	SQLITE_CANTOPEN:
		"a database could not be opened or made (no room for another file, too many open files, or no permission)",
	SQLITE_READONLY: "a database cannot be written to",
	SQLITE_IOERR_WRITE: "the disk could not be written to",
	SQLITE_IOERR:
		"the disk could not be read or written to (it may be full, or a file at its limit)",
};

/** Why a disk, or SQLite on it, did not do what it was told, with the place if Node knows it; undefined for all else. */
export function whyOfDisk(error: unknown): string | undefined {
	const code = errorCode(error) ?? "";
	// SQLite's extended codes, `SQLITE_IOERR_SHMSIZE`, are kinds of the plain ones.
	const plain = /^SQLITE_[A-Z]+/.exec(code)?.[0] ?? code;
	const why = DISK_ERRORS[code] ?? DISK_ERRORS[plain];
	if (why === undefined) return undefined;
	const { path } = error as { path?: unknown };
	return typeof path === "string" ? `${why} (${path})` : why;
}

/** For the middle of a sentence. */
export function whyFailed(error: unknown): string {
	return whyOfDisk(error) ?? errorMessage(error).replace(/\.$/, "");
}
