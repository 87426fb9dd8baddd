import type BetterSqlite3 from "better-sqlite3";
import { errorCode } from "../errors.ts";
import type { Pages } from "./pages.ts";
import type { Identity } from "./raw-files.ts";
import { type PinnedRaw, rawContent } from "./sqlite-raw.ts";
import type { IsKnown } from "./system.ts";

/** Where the content of the first page begins, behind what a commit changes: sqlite.org/fileformat2.html#the_database_header. */
const HEADER = 100;

/** What was put into a live database. */
export interface PutIn {
	readonly database: BetterSqlite3.Database;
	/** The file, before. */
	readonly before: Identity;
	readonly source: Pages;
}

/** Read back as SQLite sees it. False: somebody has written to it since, or it cannot be seen now. */
export async function isThere(
	{ database, before, source }: PutIn,
	isKnown: IsKnown | undefined,
): Promise<boolean> {
	const begin = () => {
		database.exec("BEGIN");
		database.prepare("SELECT 1 FROM sqlite_master LIMIT 1").get();
	};
	let raw: PinnedRaw | undefined;
	try {
		begin();
		raw = rawContent(database, before, begin);
		if (raw === undefined) return false;
		let isSame = pagesIn(database) === source.count;
		const first = Buffer.alloc(source.pageSize);
		raw.read(0, first);
		isSame &&= first.subarray(HEADER).equals(source.first.subarray(HEADER));
		const differs = () => {
			isSame = false;
		};
		await source.compare(raw, differs, isKnown);
		raw.confirm();
		return isSame;
	} catch (error) {
		const code = errorCode(error) ?? "";
		if (!/^SQLITE_(BUSY|LOCKED)|^NOT_AS_PINNED$/.test(code)) throw error;
		return false;
	} finally {
		raw?.giveBack();
	}
}

function pagesIn(database: BetterSqlite3.Database): number {
	return Number(database.pragma("page_count", { simple: true }));
}
