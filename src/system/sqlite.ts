import { createRequire } from "node:module";
import type BetterSqlite3 from "better-sqlite3";
import { errorCode } from "../errors.ts";
import { rawFiles } from "./raw-files.ts";
import { check } from "./sqlite-check.ts";
import { clearTables } from "./sqlite-clear.ts";
import { columnsOf } from "./sqlite-columns.ts";
import { examine } from "./sqlite-examine.ts";
import { readFill } from "./sqlite-fill.ts";
import { readHoldings } from "./sqlite-holdings.ts";
import { setJournalMode } from "./sqlite-journal-mode.ts";
import { pin } from "./sqlite-pin.ts";
import { beginReplace } from "./sqlite-replace.ts";
import { readSchema } from "./sqlite-schema.ts";
import { tidy } from "./sqlite-tidy.ts";
import { beginTransfer } from "./sqlite-transfer.ts";
import type { Sqlite } from "./system.ts";

type Database = BetterSqlite3.Database;
export type OpenDatabase = (
	path: string,
	options: BetterSqlite3.Options,
) => Database;

export function createSqlite(): Sqlite {
	// Loaded at the first use: `list` and `help` never need it.
	const require = createRequire(import.meta.url);
	let loaded: typeof BetterSqlite3 | undefined;
	function open(path: string, options: BetterSqlite3.Options): Database {
		// better-sqlite3 trims names and encodes them as UTF-8: it would open another file.
		if (path !== path.trim() || !path.isWellFormed())
			throw new Error("SQLite cannot open a file of that name");
		loaded ??= require("better-sqlite3") as typeof BetterSqlite3;
		return rawFiles.watch(new loaded(path, { timeout: 100, ...options }));
	}

	return {
		get version() {
			const database = open(":memory:", {});
			const version = database.prepare("SELECT sqlite_version()").pluck().get();
			database.close();
			return String(version);
		},
		pin: (path, patience) => pin(open, path, patience),
		makePlain: (path) => setJournalMode(open, path, "delete"),
		clear: (path, tables) => clearTables(open, path, tables),
		setJournalMode: (path, mode) => setJournalMode(open, path, mode),
		check,
		examine,
		schema: (path) => readSchema(open, path),
		fill: (path) => readFill(open, path),
		holdings: (path) => readHoldings(open, path),
		columnsOf: (statements) => columnsOf(open, statements),
		tidy: (path) => tidy(open, path),
		isFree: (path) => isFree(open, path),
		reserve: (path) => reserve(open, path),
		beginReplace: (content, live, wait, patience) =>
			beginReplace(open, content, live, wait, patience),
		beginTransfer: (request) => beginTransfer(open, request),
		tryLock: (path, isShared) => tryLock(open, path, isShared),
	};
}

/**
 * In exclusive locking mode a transaction needs the file to itself: a connection in another container, whose
 * process we cannot see, keeps a write-ahead-logged database from us. Changes nothing.
 */
function isFree(open: OpenDatabase, path: string): boolean {
	const database = open(path, { fileMustExist: true });
	try {
		database.pragma("locking_mode = EXCLUSIVE");
		database.exec("BEGIN IMMEDIATE; ROLLBACK");
		return true;
	} catch (error) {
		const code = errorCode(error) ?? "";
		if (/^SQLITE_(BUSY|LOCKED|READONLY)/.test(code)) return false;
		if (/^SQLITE_(CORRUPT|NOTADB)/.test(code)) return true; // nobody can work with it
		throw error;
	} finally {
		database.close();
	}
}

/** SQLite's RESERVED lock. */
function reserve(open: OpenDatabase, path: string): (() => void) | undefined {
	const database = open(path, { fileMustExist: true });
	try {
		database.exec("BEGIN IMMEDIATE");
	} catch (error) {
		database.close();
		if (errorCode(error)?.startsWith("SQLITE_BUSY")) return undefined;
		throw error;
	}
	return () => {
		database.exec("ROLLBACK");
		database.close();
	};
}

/** A transaction: the kernel ends it with the process, and it holds while the process is merely stopped. */
function tryLock(
	open: OpenDatabase,
	path: string,
	isShared = false,
): (() => void) | undefined {
	// To read is enough to share it, so another user's can be shared, too.
	const database = open(path, { timeout: 0, readonly: isShared });
	try {
		// Nothing is ever written, but SQLite would make a journal: on a disk that can take no more files, nobody could prune.
		if (!isShared) database.pragma("journal_mode = MEMORY");
		database.exec(
			isShared ? "BEGIN; SELECT * FROM sqlite_schema" : "BEGIN EXCLUSIVE",
		);
	} catch (error) {
		database.close();
		if (errorCode(error)?.startsWith("SQLITE_BUSY")) return undefined;
		throw error;
	}
	return () => {
		database.exec("ROLLBACK");
		database.close();
	};
}
