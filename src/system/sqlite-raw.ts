import fs from "node:fs";
import path from "node:path";
import type BetterSqlite3 from "better-sqlite3";
import { errorCode } from "../errors.ts";
import { readAt } from "./at-place.ts";
import { startComparing } from "./comparing.ts";
import { notAsPinned } from "./not-as-pinned.ts";
import { type Identity, type RawFile, rawFiles } from "./raw-files.ts";
import type { RawContent } from "./sqlite-interface.ts";
import { WalFrames } from "./wal-frames.ts";
import { readBackfilled, readWalState, type WalState } from "./wal-index.ts";

/** How often a writer may commit just while we begin to read. */
const ATTEMPTS = 100;

/**
 * Where what a process writes to a file, also through memory that it shares, is at once what others read from it, by the
 * numbers of statfs(2): ext2-4, xfs, btrfs, tmpfs, overlayfs, f2fs. Of others we do not know it, or they are on another machine.
 */
const COHERENT = new Set([
	0xef53, 0x58465342, 0x9123683e, 0x01021994, 0x794c7630, 0xf2f52010,
]);

/** See `RawContent.mark`. */
const FILE_ALONE = "-";

export interface PinnedRaw extends RawContent {
	/** After the connection was closed. */
	giveBack(): void;
}

/**
 * Reads the content that a connection sees from its files. Why that is right: docs/decisions/0025. Undefined where it may not be.
 * @param database in a read transaction; there may be another one after it, begun by `begin`
 * @param before what stood at its path before it was opened
 */
export function rawContent(
	database: BetterSqlite3.Database,
	before: Identity,
	begin: () => void,
): PinnedRaw | undefined {
	if (process.platform !== "linux") return undefined;
	const taken: RawFile[] = [];
	const take = (file: string) => {
		const raw = rawFiles.take(file);
		taken.push(raw);
		return raw;
	};
	const giveBack = () => rawFiles.giveBack(taken.splice(0));
	try {
		const content = open(database, before, begin, take);
		if (content) return { ...content, giveBack };
	} catch (error) {
		// Only what comes from the files means that there is another way; of what SQLite says the caller knows more.
		if (!isDoubt(error)) {
			giveBack();
			throw error;
		}
	}
	giveBack();
	return undefined;
}

function isDoubt(error: unknown): boolean {
	const code = errorCode(error) ?? "";
	return code === "NOT_AS_PINNED" || /^E[A-Z]+$/.test(code);
}

function open(
	database: BetterSqlite3.Database,
	before: Identity,
	begin: () => void,
	take: (path: string) => RawFile,
): RawContent | undefined {
	const place = placeOf(database);
	if (!COHERENT.has(fs.statfsSync(place).type)) return undefined;
	const file = take(place);
	if (file.dev !== before.dev || file.ino !== before.ino) return undefined;
	const isLogged = database.pragma("journal_mode", { simple: true }) === "wal";
	const frames = isLogged
		? pinnedFrames(`${place}-wal`, `${place}-shm`, { database, begin, take })
		: "none";
	if (frames === undefined) return undefined;
	const content = contentOf(file.descriptor, database, frames);
	return isAsSqliteSees(content, database) ? content : undefined;
}

/** As SQLite found it: the logs lie beside the file that a link leads to. */
export function placeOf(database: BetterSqlite3.Database): string {
	const [main] = database.pragma("database_list") as { file: string }[];
	return path.resolve(main?.file ?? "");
}

interface Pinning {
	readonly database: BetterSqlite3.Database;
	readonly begin: () => void;
	readonly take: (path: string) => RawFile;
}

/**
 * Begins the transaction again until no commit came between: then the index says which frames it sees. When all of them stand
 * in the database file, that alone is the content, and nobody writes to it ("none"). Otherwise SQLite has a mark in the log,
 * which keeps it from being begun anew.
 */
function pinnedFrames(
	logPath: string,
	indexPath: string,
	{ database, begin, take }: Pinning,
): WalFrames | "none" | undefined {
	const { R_OK, W_OK } = fs.constants;
	// SQLite makes an index of its own, which we cannot see, when it may not write to the one there is.
	fs.accessSync(indexPath, R_OK | W_OK);
	const [log, index] = [take(logPath).descriptor, take(indexPath).descriptor];
	for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
		const before = readWalState(index);
		database.exec("ROLLBACK");
		begin();
		// Before the header: a reset changes the header first.
		const backfilled = readBackfilled(index);
		if (before === undefined || backfilled === undefined) continue;
		if (!readWalState(index)?.bytes.equals(before.bytes)) continue;
		if (!isOf(before, database)) return undefined;
		if (before.frames === 0 || backfilled === before.frames) return "none";
		if (backfilled < before.frames) return new WalFrames(log, index, before);
	}
	return undefined;
}

/** A log that has had no frame since its index was made says nothing of the database. */
function isOf(state: WalState, database: BetterSqlite3.Database): boolean {
	const { pageSize, pages, frames } = state;
	const number = (pragma: string) =>
		Number(database.pragma(pragma, { simple: true }));
	const isSame =
		pageSize === number("page_size") && pages === number("page_count");
	return isSame || (frames === 0 && pages === 0);
}

function contentOf(
	file: number,
	database: BetterSqlite3.Database,
	frames: WalFrames | "none",
): RawContent {
	const number = (pragma: string) =>
		Number(database.pragma(pragma, { simple: true }));
	const size = number("page_count") * number("page_size");
	const then = stampOf(file);
	return {
		read(offset, into) {
			const wanted = into.subarray(0, Math.max(0, size - offset));
			const got = readAt(file, wanted, offset);
			if (frames !== "none") frames.overlay(offset, wanted, got);
			else if (got < wanted.length)
				throw notAsPinned("the file is shorter than its pages");
			return wanted.length;
		},
		confirm() {
			// Nobody writes to a file without a log, or with one that it does not need, while we read it.
			const isStill =
				frames === "none" ? stampOf(file) === then : frames.isStill();
			if (!isStill) throw notAsPinned("somebody wrote to it past our locks");
		},
		mark: frames === "none" ? FILE_ALONE : frames.mark,
		since: (mark) => (frames === "none" ? undefined : frames.since(mark)),
		comparing(pieces, key) {
			const isLogged = frames === "none" ? undefined : frames.since(FILE_ALONE);
			return startComparing(
				file,
				pieces.filter(({ offset, length }) => !isLogged?.(offset, length)),
				key,
			);
		},
	};
}

function stampOf(file: number): string {
	const { size, mtimeNs } = fs.fstatSync(file, { bigint: true });
	return `${size} ${mtimeNs}`;
}

/** What we read is what SQLite reads, as far as it tells: numbers of the first page (sqlite.org/fileformat2.html#the_database_header). */
function isAsSqliteSees(
	content: RawContent,
	database: BetterSqlite3.Database,
): boolean {
	const number = (pragma: string) =>
		Number(database.pragma(pragma, { simple: true }));
	const first = Buffer.alloc(number("page_size"));
	return (
		content.read(0, first) === first.length &&
		first.readInt32BE(36) === number("freelist_count") &&
		first.readInt32BE(40) === number("schema_version") &&
		first.readInt32BE(60) === number("user_version")
	);
}
