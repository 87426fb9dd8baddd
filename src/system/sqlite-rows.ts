import type BetterSqlite3 from "better-sqlite3";
import { errorCode } from "../errors.ts";
import type { OpenDatabase } from "./sqlite.ts";
import type { RowsWanted, TableRows } from "./system.ts";

/** Undefined: it has no such table, or no such column, or cannot be asked, being damaged. */
export function rowsOf(
	database: BetterSqlite3.Database,
	{ name, time }: RowsWanted,
): TableRows | undefined {
	const table = quoted(name);
	try {
		const count = Number(
			database.prepare(`SELECT count(*) FROM ${table}`).pluck().get(),
		);
		if (time === undefined) return { count };
		// A name in quotes that is no column would be taken as a text.
		const newest = `SELECT ${table}.${quoted(time)} FROM ${table} ORDER BY rowid DESC LIMIT 1`;
		return { count, newest: database.prepare(newest).pluck().get() };
	} catch (error) {
		if (!errorCode(error)?.startsWith("SQLITE_")) throw error;
		return undefined;
	}
}

/** Plain tables, without those that belong to a virtual one: "messages_fts_data" has rows when that has none. */
const PLAIN_TABLES = `
	SELECT name FROM pragma_table_list AS tables
	WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
		AND NOT EXISTS (
			SELECT 1 FROM sqlite_schema
			WHERE sql LIKE 'CREATE VIRTUAL%' AND substr(tables.name, 1, length(name) + 1) = name || '_'
		)
	ORDER BY name`;

/** No more are counted: it takes no longer for a million than for a few. */
export function rowsUpTo(
	open: OpenDatabase,
	path: string,
	most: number,
): ReadonlyMap<string, number> | undefined {
	const database = open(path, { readonly: true, fileMustExist: true });
	try {
		const names = database.prepare<[], string>(PLAIN_TABLES).pluck().all();
		const count = (name: string) =>
			`SELECT count(*) FROM (SELECT 1 FROM ${quoted(name)} LIMIT ${most})`;
		return new Map(
			names.map((name) => [
				name,
				Number(database.prepare(count(name)).pluck().get()),
			]),
		);
	} catch (error) {
		if (!errorCode(error)?.startsWith("SQLITE_")) throw error;
		return undefined;
	} finally {
		database.close();
	}
}

function quoted(name: string): string {
	return `"${name.replaceAll('"', '""')}"`;
}
