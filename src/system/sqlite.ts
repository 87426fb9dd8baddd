import { execFile } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type BetterSqlite3 from "better-sqlite3";
import { errorCode, errorMessage, SnapshotError } from "../errors.ts";
import type {
	CheckResult,
	Patience,
	PinnedDatabase,
	Replacement,
	Sqlite,
} from "./system.ts";

/** How long to wait for a live database that somebody else has locked, in milliseconds. */
const LOCK_WAIT = 10_000;
/** Pages copied between two looks at the clock: 16 MB of the usual 4 KiB. */
const PAGES_A_STEP = 4096;
const ALL_PAGES = 0x7fffffff;
/** Databases larger than this are checked in a process that can be ended. */
const CHECK_HERE = 32 * 1024 * 1024;

type Database = BetterSqlite3.Database;

export function createSqlite(): Sqlite {
	// Loaded at the first use: `list` and `help` never need it.
	const require = createRequire(import.meta.url);
	let loaded: typeof BetterSqlite3 | undefined;
	function open(path: string, options: BetterSqlite3.Options): Database {
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
		setJournalMode: (path, mode) => setJournalMode(open, path, mode),
		check,
		isFree: (path) => isFree(open, path),
		beginReplace: (from, live, wait) => beginReplace(open, from, live, wait),
		tryLock: (path) => tryLock(open, path),
	};
}

type Open = (path: string, options: BetterSqlite3.Options) => Database;

async function pin(
	open: Open,
	path: string,
	patience: Patience,
): Promise<PinnedDatabase> {
	const giveUp = Math.min(
		performance.now() + LOCK_WAIT,
		patience.deadline ?? Number.POSITIVE_INFINITY,
	);
	// Read-only leaves a write-ahead log as it is; but without one it would leave new sidecars behind,
	// which a connection that may write takes away again when it is the last to close.
	let readonly = fs.existsSync(`${path}-wal`);
	for (;;) {
		const database = open(path, { readonly, fileMustExist: true });
		try {
			database.exec("BEGIN");
			database.prepare("SELECT 1 FROM sqlite_master LIMIT 1").get();
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
						"The time given was not enough.",
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

function setJournalMode(open: Open, path: string, mode: string): void {
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
}

function check(path: string, budget: number): Promise<CheckResult> {
	const { promise, resolve } = Promise.withResolvers<CheckResult>();
	if (fs.statSync(path).size <= CHECK_HERE) {
		const damaged = (details: string): CheckResult => ({
			verdict: "damaged",
			details,
		});
		import("./check-database.ts")
			.then(({ findDamage }) => findDamage(path))
			.then(
				(found) =>
					resolve(found === undefined ? { verdict: "ok" } : damaged(found)),
				(error) => resolve(damaged(errorMessage(error))),
			);
		return promise;
	}
	const worker = fileURLToPath(workerUrl());
	execFile(
		process.execPath,
		[worker, path],
		{ timeout: budget, killSignal: "SIGKILL" },
		(error, stdout) => {
			if (error?.killed) return resolve({ verdict: "unfinished" });
			if (error)
				return resolve({ verdict: "damaged", details: errorMessage(error) });
			const { damage } = JSON.parse(stdout) as { damage?: string };
			resolve(
				damage === undefined
					? { verdict: "ok" }
					: { verdict: "damaged", details: damage },
			);
		},
	);
	return promise;
}

/** Beside this file in the sources; in `dist` this code may have been moved into a chunk. */
function workerUrl(): URL {
	if (import.meta.url.endsWith(".ts"))
		return new URL("./check-worker.ts", import.meta.url);
	const dist = import.meta.url.slice(
		0,
		import.meta.url.lastIndexOf("/dist/") + "/dist/".length,
	);
	return new URL("system/check-worker.js", dist);
}

/**
 * SQLite's backup takes the write lock of its destination at the first step and copies nothing when told
 * zero pages: so the lock is held, at no cost, while the caller makes sure that nothing has changed.
 */
async function beginReplace(
	open: Open,
	from: string,
	live: string,
	wait: number,
): Promise<Replacement> {
	const giveUp = performance.now() + wait;
	for (;;) {
		const source = open(from, { readonly: true, fileMustExist: true });
		const begun = Promise.withResolvers<"locked" | "busy">();
		let pagesNow = 0;
		let aborted = false;
		const progress = () => {
			begun.resolve("locked");
			if (aborted) throw new SnapshotError("interrupted", "aborted");
			return pagesNow;
		};
		const ended = source
			.backup(live, { progress })
			.then(({ totalPages }) => totalPages)
			.finally(() => source.close());
		ended.then(
			() => begun.resolve("busy"),
			(error) => begun.reject(error),
		);
		if ((await begun.promise) === "locked") {
			return {
				async commit() {
					pagesNow = ALL_PAGES;
					if ((await ended) === 0) throw new Error("SQLite copied no page");
				},
				async abort() {
					aborted = true;
					await ended.catch((error: unknown) => {
						if (!(error instanceof SnapshotError)) throw error;
					});
				},
			};
		}
		if (performance.now() > giveUp)
			throw new SnapshotError(
				"busy-database",
				`${live} is being written to and was not free within ${wait / 1000} s.`,
			);
		await sleep(50);
	}
}

/**
 * In exclusive locking mode a transaction needs the file to itself: a connection in another container, whose
 * process we cannot see, keeps a write-ahead-logged database from us. Changes nothing.
 */
function isFree(open: Open, path: string): boolean {
	const database = open(path, { fileMustExist: true });
	try {
		database.pragma("locking_mode = EXCLUSIVE");
		database.exec("BEGIN IMMEDIATE; ROLLBACK");
		return true;
	} catch (error) {
		if (/^SQLITE_(BUSY|LOCKED|READONLY)/.test(errorCode(error) ?? ""))
			return false;
		throw error;
	} finally {
		database.close();
	}
}

/** An exclusive transaction: the kernel ends it with the process, and it holds while the process is merely stopped. */
function tryLock(open: Open, path: string): (() => void) | undefined {
	const database = open(path, { timeout: 0 });
	try {
		database.exec("BEGIN EXCLUSIVE");
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
