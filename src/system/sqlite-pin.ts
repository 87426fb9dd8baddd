import fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type BetterSqlite3 from "better-sqlite3";
import { errorCode, SnapshotError } from "../errors.ts";
import type { OpenDatabase } from "./sqlite.ts";
import { hasRows } from "./sqlite-clear.ts";
import { type PinnedRaw, rawContent } from "./sqlite-raw.ts";
import { rowsOf } from "./sqlite-rows.ts";
import { schemaOf } from "./sqlite-schema.ts";
import type { Patience, PinnedDatabase } from "./system.ts";

/** How long to wait for a live database that somebody else has locked, in milliseconds. */
const LOCK_WAIT = 10_000;
/** Pages copied between two looks at the clock: 16 MB of the usual 4 KiB. */
const PAGES_A_STEP = 4096;

type Database = BetterSqlite3.Database;
type BackupProgress = BetterSqlite3.BackupMetadata;

export async function pin(
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
		const before = fs.statSync(path, { bigint: true, throwIfNoEntry: false });
		const database = open(path, { readonly, fileMustExist: true });
		let raw: PinnedRaw | undefined;
		try {
			begin(database);
			raw = before && rawContent(database, before, () => begin(database));
			refuseCutOff(database, path);
			return pinned(database, raw);
		} catch (error) {
			database.close();
			raw?.giveBack();
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

function begin(database: Database): void {
	database.exec("BEGIN");
	database.prepare("SELECT 1 FROM sqlite_master LIMIT 1").get();
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

function pinned(
	database: Database,
	raw: PinnedRaw | undefined,
): PinnedDatabase {
	const number = (pragma: string) =>
		Number(database.pragma(pragma, { simple: true }));
	const [pages, pageSize] = [number("page_count"), number("page_size")];
	return {
		journalMode: String(database.pragma("journal_mode", { simple: true })),
		size: pages * pageSize,
		pageSize,
		raw,
		hasRows: (tables) => tables.some((table) => hasRows(database, table)),
		schema: () => schemaOf(database),
		countRows: (wanted) => wanted.map((table) => rowsOf(database, table)),
		async copyTo(path, patience) {
			let left: number | undefined;
			const progress = ({ remainingPages }: BackupProgress) => {
				const done = (left ?? pages) - remainingPages;
				patience.progress?.add(done * pageSize);
				left = remainingPages;
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
			const { totalPages } = await database.backup(path, { progress });
			// better-sqlite3 resolves with zero pages when it could not lock the destination.
			if (totalPages !== pages)
				throw new Error(`copied ${totalPages} pages of ${pages}`);
		},
		release() {
			if (!database.open) return;
			if (database.inTransaction) database.exec("ROLLBACK");
			database.close();
			raw?.giveBack();
		},
	};
}
