import type BetterSqlite3 from "better-sqlite3";
import { errorCode } from "../errors.ts";
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

function quoted(name: string): string {
	return `"${name.replaceAll('"', '""')}"`;
}
