import fs from "node:fs";
import { createRequire } from "node:module";
import { setTimeout as sleep } from "node:timers/promises";
import type BetterSqlite3 from "better-sqlite3";
import { errorCode, SnapshotError } from "../errors.ts";
import { check } from "./sqlite-check.ts";
import { clearTables } from "./sqlite-clear.ts";
import { setJournalMode } from "./sqlite-journal-mode.ts";
import { beginReplace } from "./sqlite-replace.ts";
import { readSchema } from "./sqlite-schema.ts";
import { tidy } from "./sqlite-tidy.ts";
import type { Patience, PinnedDatabase, Sqlite } from "./system.ts";

/** How long to wait for a live database that somebody else has locked, in milliseconds. */
const LOCK_WAIT = 10_000;
/** Pages copied between two looks at the clock: 16 MB of the usual 4 KiB. */
const PAGES_A_STEP = 4096;

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
		return new loaded(path, { timeout: 100, ...options });
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
		schema: (path) => readSchema(open, path),
		tidy: (path) => tidy(open, path),
		isFree: (path) => isFree(open, path),
		reserve: (path) => reserve(open, path),
		beginReplace: (from, live, wait, patience) =>
			beginReplace(open, from, live, wait, patience),
		tryLock: (path, isShared) => tryLock(open, path, isShared),
	};
}

async function pin(
	open: OpenDatabase,
	path: string,
	patience: Patience,
): Promise<PinnedDatabase> {
	const now = performance.now();
	// At most half of the time that is left, so that there is some for the rest when this one cannot be had.
	const left = (patience.deadline ?? Number.POSITIVE_INFINITY) - now;
	const giveUp = now + Math.min(LOCK_WAIT, left / 2);
	// Read-only leaves a write-ahead log as it is; but without one it would leave new sidecars behind,
	// which a connection that may write takes away again when it is the last to close.
	let readonly = fs.existsSync(`${path}-wal`);
	for (;;) {
		const database = open(path, { readonly, fileMustExist: true });
		try {
			database.exec("BEGIN");
			database.prepare("SELECT 1 FROM sqlite_master LIMIT 1").get();
			refuseCutOff(database, path);
			return pinned(database);
		} catch (error) {
			database.close();
			const code = errorCode(error) ?? "";
			// A hot journal of a writer that died: only a connection that may write can finish it, as the agent itself would.
			if (
				readonly &&
				(code.startsWith("SQLITE_READONLY") || code === "SQLITE_CANTOPEN")
			)
				readonly = false;
			else if (
				!/^SQLITE_(BUSY|LOCKED|PROTOCOL)/.test(code) ||
				performance.now() > giveUp
			)
				throw error;
			patience.signal.throwIfAborted();
			await sleep(20);
		}
	}
}

/** SQLite fills the rest of a last page with zeros and finds nothing wrong; with a log, the file may be behind it. */
function refuseCutOff(database: Database, path: string): void {
	const log = fs.statSync(`${path}-wal`, { throwIfNoEntry: false });
	const pageSize = Number(database.pragma("page_size", { simple: true }));
	if ((log?.size ?? 0) > 0 || fs.statSync(path).size % pageSize === 0) return;
	throw Object.assign(new Error("the file ends within a page"), {
		code: "SQLITE_CORRUPT",
	});
}

function pinned(database: Database): PinnedDatabase {
	const number = (pragma: string) =>
		Number(database.pragma(pragma, { simple: true }));
	return {
		journalMode: String(database.pragma("journal_mode", { simple: true })),
		size: number("page_count") * number("page_size"),
		async copyTo(path, patience) {
			const progress = () => {
				patience.signal.throwIfAborted();
				if (
					patience.deadline !== undefined &&
					performance.now() > patience.deadline
				)
					throw new SnapshotError(
						"timed-out",
						"The time given was not enough. Nothing was changed.",
					);
				return PAGES_A_STEP;
			};
			const pages = number("page_count");
			const { totalPages } = await database.backup(path, { progress });
			// better-sqlite3 resolves with zero pages when it could not lock the destination.
			if (totalPages !== pages)
				throw new Error(`copied ${totalPages} pages of ${pages}`);
		},
		release() {
			if (!database.open) return;
			if (database.inTransaction) database.exec("ROLLBACK");
			database.close();
		},
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
