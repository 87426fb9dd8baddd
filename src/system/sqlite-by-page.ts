import fs from "node:fs";
import type BetterSqlite3 from "better-sqlite3";
import { errorCode, Uncertain } from "../errors.ts";
import { Pages } from "./pages.ts";
import { type Identity, type RawFile, rawFiles } from "./raw-files.ts";
import { isThere, type PutIn } from "./read-back.ts";
import type { OpenDatabase } from "./sqlite.ts";
import { type PinnedRaw, placeOf, rawContent } from "./sqlite-raw.ts";
import type { IsKnown, Patience, Progress, Replacement } from "./system.ts";
import { readWalState, spoilIndex, type WalState } from "./wal-index.ts";
import { WalTail } from "./wal-tail.ts";

/**
 * Replaces the content of a live database with a write-ahead log by what differs only, as frames of one commit. Why that is
 * right: docs/decisions/0030. Undefined: this database cannot be replaced so. "busy": somebody has the write lock.
 */
export function beginByPage(
	open: OpenDatabase,
	from: readonly string[],
	live: string,
	patience?: Patience,
): Replacement | "busy" | undefined {
	const before = fs.statSync(live, { bigint: true, throwIfNoEntry: false });
	const database = open(live, { fileMustExist: true });
	const begin = () => {
		database.exec("BEGIN IMMEDIATE");
		database.prepare("SELECT 1 FROM sqlite_master LIMIT 1").get();
	};
	let raw: PinnedRaw | undefined;
	let held: Held | undefined;
	try {
		begin();
		const isLogged =
			database.pragma("journal_mode", { simple: true }) === "wal";
		raw = before && isLogged ? rawContent(database, before, begin) : undefined;
		held = before && raw && take(database, before, raw, from);
	} catch (error) {
		database.close();
		raw?.giveBack();
		if (/^SQLITE_(BUSY|LOCKED)/.test(errorCode(error) ?? "")) return "busy";
		// Others say what is wrong with it.
		if (errorCode(error) === undefined) throw error;
		return undefined;
	}
	if (held !== undefined) return replacement(held, patience?.progress);
	database.close();
	raw?.giveBack();
	return undefined;
}

/** Fields of the first page (sqlite.org/fileformat2.html#the_database_header). */
const [VERSIONS, CHANGES, SCHEMA, VALID_FOR] = [18, 24, 40, 92];

interface Held extends PutIn {
	/** What it holds now. */
	readonly raw: PinnedRaw;
	readonly log: RawFile;
	readonly index: RawFile;
	readonly state: WalState;
	readonly tail: WalTail;
}

/** Undefined: the log is none that we can go on with. */
function take(
	database: BetterSqlite3.Database,
	before: Identity,
	raw: PinnedRaw,
	from: readonly string[],
): Held | undefined {
	const place = placeOf(database);
	const taken: RawFile[] = [];
	const pageSize = Number(database.pragma("page_size", { simple: true }));
	const source = new Pages(from, pageSize);
	try {
		for (const suffix of ["-wal", "-shm"])
			taken.push(rawFiles.take(`${place}${suffix}`, "write"));
		const [log, index] = taken;
		const state = index && readWalState(index.descriptor);
		const tail = log && state && WalTail.of(log.descriptor, state, pageSize);
		if (tail && source.isOfThatSize)
			return { database, before, raw, log, index, state, tail, source };
	} catch (error) {
		if (errorCode(error) === undefined) throw error;
	}
	source.close();
	rawFiles.giveBack(taken);
	return undefined;
}

function replacement(held: Held, progress?: Progress): Replacement {
	return {
		async commit(isKnown) {
			try {
				await append(held, isKnown, (bytes) => progress?.add(bytes));
				announce(held);
				return await behind(async () => {
					// The others find it when they look next, and so do we.
					held.database.exec("ROLLBACK");
					return isThere(held, isKnown);
				});
			} finally {
				letGo(held);
			}
		},
		async abort() {
			letGo(held);
		},
	};
}

/** Of the commit that stands in the log. */
function announce({ index, state, tail }: Held): void {
	try {
		spoilIndex(index.descriptor, state);
	} catch (error) {
		takeBack(tail, error);
		throw error;
	}
}

/** Behind the commit: whatever goes wrong, the new content is there, or will be found there. */
async function behind<Result>(work: () => Promise<Result>): Promise<Result> {
	try {
		return await work();
	} catch (error) {
		if (errorCode(error) === undefined) throw error;
		throw new Uncertain(error);
	}
}

function letGo({ database, raw, log, index, source }: Held): void {
	try {
		source.close();
		if (database.inTransaction) database.exec("ROLLBACK");
	} finally {
		database.close();
		raw.giveBack();
		rawFiles.giveBack([log, index]);
	}
}

/** The first page comes last: it always differs, and makes a commit of all. */
async function append(
	{ raw, tail, source }: Held,
	isKnown: IsKnown | undefined,
	tell: (bytes: number) => void,
): Promise<void> {
	const now = Buffer.alloc(source.pageSize);
	try {
		try {
			raw.read(0, now);
			await source.compare(
				raw,
				(page, content) => tail.add(page, content),
				isKnown,
				tell,
			);
			raw.confirm();
		} catch (error) {
			// What is known may not have been read to see whether it is sound: all of it cannot be written then.
			if (errorCode(error) !== "NOT_AS_PINNED" || isKnown) throw error;
			tail.takeBack();
			await source.compare("nothing", (page, content) =>
				tail.add(page, content),
			);
		}
		tail.end(1, asSuccessor(source.first, now), source.count);
	} catch (error) {
		takeBack(tail, error);
		throw error;
	}
}

/** What cannot be taken back may be found by a recovery of the log. */
function takeBack(tail: WalTail, cause: unknown): void {
	try {
		tail.takeBack();
	} catch (error) {
		if (errorCode(error) === undefined) throw error;
		throw new Uncertain(cause);
	}
}

/** As SQLite's backup leaves it: who has it open learns that all is new, the schema, too, and it keeps its log. */
function asSuccessor(page: Buffer, before: Buffer): Buffer {
	const after = Buffer.from(page);
	const isValid = page.readUInt32BE(CHANGES) === page.readUInt32BE(VALID_FOR);
	const changes = (before.readUInt32BE(CHANGES) + 1) >>> 0;
	after.fill(2, VERSIONS, VERSIONS + 2);
	after.writeUInt32BE(changes, CHANGES);
	after.writeUInt32BE(isValid ? changes : (changes - 1) >>> 0, VALID_FOR);
	after.writeUInt32BE((before.readUInt32BE(SCHEMA) + 1) >>> 0, SCHEMA);
	return after;
}
