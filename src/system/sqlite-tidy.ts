import fs from "node:fs";
import type BetterSqlite3 from "better-sqlite3";
import { errorCode } from "../errors.ts";
import type { OpenDatabase } from "./sqlite.ts";

/** A writer that died leaves its log behind. It belongs to the database, and does no harm; without it all is plain. */
export function tidy(open: OpenDatabase, path: string): void {
	try {
		const database = open(path, { fileMustExist: true });
		try {
			database.prepare("SELECT 1 FROM sqlite_master LIMIT 1").get();
			removeEmptyLogs(database, path);
		} finally {
			database.close();
		}
	} catch (error) {
		if (!errorCode(error)?.startsWith("SQLITE_")) throw error;
	}
}

/**
 * SQLite leaves the empty sidecars of a journal mode that the database is not in. While this transaction lasts,
 * nobody else can change the mode and begin to use them.
 */
function removeEmptyLogs(database: BetterSqlite3.Database, path: string): void {
	const isWal = database.pragma("journal_mode", { simple: true }) === "wal";
	const size = (suffix: string) =>
		fs.statSync(`${path}${suffix}`, { throwIfNoEntry: false })?.size ?? 0;
	const empty = ["-journal", ...(isWal ? [] : ["-wal"])].filter(
		(suffix) => size(suffix) === 0,
	);
	database.exec(isWal ? "BEGIN" : "BEGIN EXCLUSIVE");
	// What shares the memory of a log goes with the log.
	for (const suffix of empty.includes("-wal") ? [...empty, "-shm"] : empty)
		fs.rmSync(`${path}${suffix}`, { force: true });
	database.exec("ROLLBACK");
}
