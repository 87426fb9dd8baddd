import fs from "node:fs";
import type { OpenDatabase } from "./sqlite.ts";

/** Puts a database of our own into another journal mode; in "delete" it is a single file. */
export function setJournalMode(
	open: OpenDatabase,
	path: string,
	mode: string,
): void {
	const database = open(path, { fileMustExist: true });
	try {
		const got = database.pragma(
			`journal_mode=${/^[a-z]+$/.test(mode) ? mode : "delete"}`,
			{ simple: true },
		);
		if (got !== mode)
			throw new Error(`the journal mode stayed ${got} instead of ${mode}`);
	} finally {
		database.close();
	}
	refuseUnwritten(path, mode);
	refuseLeftBehind(path);
}

/** SQLite ignores that the disk did not let it remove a journal; it would be played back over the file one day. */
function refuseLeftBehind(path: string): void {
	for (const suffix of ["-journal", "-wal", "-shm"]) {
		if (!fs.existsSync(`${path}${suffix}`)) continue;
		throw Object.assign(new Error(`its ${suffix} could not be removed`), {
			code: "SQLITE_IOERR_DELETE",
		});
	}
}

/**
 * When the disk refuses the write, SQLite names the new mode all the same and takes the change back. Opened later, the
 * database would leave a log beside it.
 */
function refuseUnwritten(path: string, mode: string): void {
	const versions = Buffer.alloc(2);
	const file = fs.openSync(path, "r");
	try {
		fs.readSync(file, versions, 0, 2, 18);
	} finally {
		fs.closeSync(file);
	}
	const wanted = mode === "wal" ? 2 : 1;
	// An empty database has no header yet, and no mode but the default.
	if (versions.every((version) => version === wanted || version === 0)) return;
	throw Object.assign(new Error("the journal mode could not be written"), {
		code: "SQLITE_IOERR_WRITE",
	});
}
