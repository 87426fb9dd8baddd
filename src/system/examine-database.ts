import fs from "node:fs";
import Database from "better-sqlite3";
import { errorCode, errorMessage } from "../errors.ts";
import { damageOf, ordinaryTables, UNFINISHED } from "./check-database.ts";
import {
	type FullTextIndex,
	fullTextIndexes,
	lacksInsertTrigger,
	whyNotOfItsRows,
} from "./full-text.ts";
import type { DatabaseFinding } from "./system.ts";

type Tell = (found: DatabaseFinding) => void;

/** Far more than anyone reads. */
const MOST_ROWS = 100_000;

/** Databases up to this size are read into memory, where they can be written to without being changed. */
const IN_MEMORY = 64 * 1024 * 1024;

/**
 * Searches a database of our own for all that SQLite can tell, the worst first, and tells each as it is found: whoever
 * is tired of waiting knows what was found until then.
 * @param isScratch nobody else has it, and it goes afterwards
 */
export function examineDatabase(
	path: string,
	tell: Tell,
	isScratch = false,
): void {
	let indexes: FullTextIndex[] = [];
	const isReadable = asking(openToRead(path), tell, (database) => {
		const tables = ordinaryTables(database);
		indexes = fullTextIndexes(database);
		for (const table of tables) tellDamage(database, table, tell);
		for (const table of tables) tellReferences(database, table, tell);
	});
	if (!isReadable || indexes.length === 0) return;
	asking(openToCompare(path, isScratch), tell, (database) => {
		for (const index of indexes) tellIndex(database, index, tell);
	});
}

/** False: it cannot be read. */
function asking(
	open: () => Database.Database,
	tell: Tell,
	ask: (database: Database.Database) => void,
): boolean {
	try {
		const database = open();
		try {
			ask(database);
		} finally {
			database.close();
		}
		return true;
	} catch (error) {
		const isOpen = !UNFINISHED.test(errorCode(error) ?? "");
		tell({ kind: isOpen ? "damage" : "unchecked", what: errorMessage(error) });
		return false;
	}
}

function openToRead(path: string) {
	return () => new Database(path, { readonly: true, fileMustExist: true });
}

/**
 * An index of FTS5 compares itself with texts that lie elsewhere only when it is told to by a command that SQLite takes for a
 * write. Of a large one of a snapshot that lies there in one piece, as Hermes' own do, only the rows are counted.
 */
function openToCompare(path: string, isScratch: boolean) {
	if (isScratch) return () => new Database(path, { fileMustExist: true });
	return fs.statSync(path).size > IN_MEMORY
		? openToRead(path)
		: () => new Database(fs.readFileSync(path));
}

function tellDamage(
	database: Database.Database,
	table: string,
	tell: Tell,
): void {
	const what = damageOf(database, table, "integrity_check");
	if (what !== undefined) tell({ kind: "damage", what });
}

/** Rows that name others which are not there. Owners that do not switch foreign keys on may have left some. */
function tellReferences(
	database: Database.Database,
	table: string,
	tell: Tell,
): void {
	const counts = new Map<string, number>();
	let rows = 0;
	try {
		const found = database
			.prepare<[], { parent: string }>(
				`PRAGMA foreign_key_check("${table.replaceAll('"', '""')}")`,
			)
			.iterate();
		for (const { parent } of found) {
			counts.set(parent, (counts.get(parent) ?? 0) + 1);
			if (++rows >= MOST_ROWS) break;
		}
	} catch (error) {
		if (errorCode(error) !== "SQLITE_ERROR") throw error;
		const what = `the references of ${table} cannot be checked (${errorMessage(error)})`;
		tell({ kind: "unchecked", what });
	}
	for (const [parent, count] of counts)
		tell({
			kind: "references",
			what: `${count === 1 ? "a row" : `${count} rows`} of ${table} name what is not in ${parent}`,
		});
}

/** What its tokenizer, which only its owner has, would be needed for is not known to be wrong. */
function tellIndex(
	database: Database.Database,
	index: FullTextIndex,
	tell: Tell,
): void {
	const { name, source } = index;
	const unchecked = (why: string) =>
		tell({
			kind: "unchecked",
			what: `the full-text index ${name} cannot be checked (${why})`,
		});
	try {
		const wrong =
			whyNotOfItsRows(database, index) ?? whyNotSound(database, index);
		if (wrong?.startsWith("unable to validate")) unchecked(wrong);
		else if (wrong !== undefined) tell({ kind: "index", what: wrong });
		if (lacksInsertTrigger(database, index))
			tell({
				kind: "note",
				what: `triggers take rows out of the full-text index ${name}, and none puts new ones in`,
			});
	} catch (error) {
		const code = errorCode(error) ?? "";
		if (code === "SQLITE_ERROR") unchecked(errorMessage(error));
		else if (code.startsWith("SQLITE_CORRUPT"))
			tell({
				kind: "index",
				what: `the full-text index ${name} is damaged, or is not of what stands in ${source?.name ?? "it"}`,
			});
		else throw error;
	}
}

/** By SQLite's own check, which only one that may be written to can do in full. */
function whyNotSound(
	database: Database.Database,
	{ name, isFts5, source }: FullTextIndex,
): string | undefined {
	const table = `"${name.replaceAll('"', '""')}"`;
	if (isFts5 && source !== undefined && !database.readonly) {
		const compare = `INSERT INTO ${table} (${table}, rank) VALUES ('integrity-check', 1)`;
		database.exec("BEGIN");
		try {
			database.exec(compare);
		} finally {
			if (database.inTransaction) database.exec("ROLLBACK");
		}
		return undefined;
	}
	const found = database.pragma(`integrity_check(${table})`, { simple: true });
	return found === "ok" ? undefined : String(found);
}
