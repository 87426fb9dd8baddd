import Database from "better-sqlite3";
import { errorCode, errorMessage } from "../errors.ts";
import { damageOf, ordinaryTables, UNFINISHED } from "./check-database.ts";
import type { DatabaseFinding } from "./system.ts";

type Tell = (found: DatabaseFinding) => void;

/** Far more than anyone reads. */
const MOST_ROWS = 100_000;

/**
 * Searches a database of our own for all that SQLite can tell, the worst first, and tells each as it is found: whoever
 * is tired of waiting knows what was found until then. Opened to be read only, so full-text indexes are asked by the
 * pragma and not by their own command, which is a write.
 */
export function examineDatabase(path: string, tell: Tell): void {
	try {
		const database = new Database(path, {
			readonly: true,
			fileMustExist: true,
		});
		try {
			const tables = ordinaryTables(database);
			for (const table of tables) tellDamage(database, table, tell);
			for (const table of tables) tellReferences(database, table, tell);
			for (const table of fullTextTables(database))
				tellIndex(database, table, tell);
		} finally {
			database.close();
		}
	} catch (error) {
		const isOpen = !UNFINISHED.test(errorCode(error) ?? "");
		tell({ kind: isOpen ? "damage" : "unchecked", what: errorMessage(error) });
	}
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

function fullTextTables(database: Database.Database): string[] {
	return database
		.prepare<[], string>(
			"SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL TABLE%USING%fts_%'",
		)
		.pluck()
		.all();
}

/** What its tokenizer, which only its owner has, would be needed for is not known to be wrong. */
function tellIndex(
	database: Database.Database,
	table: string,
	tell: Tell,
): void {
	const unchecked = (why: string) =>
		tell({
			kind: "unchecked",
			what: `the full-text index ${table} cannot be checked (${why})`,
		});
	try {
		const pragma = `integrity_check("${table.replaceAll('"', '""')}")`;
		const found = String(database.pragma(pragma, { simple: true }));
		if (found === "ok") return;
		if (found.startsWith("unable to validate")) unchecked(found);
		else tell({ kind: "index", what: found });
	} catch (error) {
		const code = errorCode(error) ?? "";
		if (code === "SQLITE_ERROR") unchecked(errorMessage(error));
		else if (code.startsWith("SQLITE_CORRUPT"))
			tell({
				kind: "index",
				what: `the full-text index ${table} is damaged`,
			});
		else throw error;
	}
}
