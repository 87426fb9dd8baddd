import type { OpenDatabase } from "./sqlite.ts";

/**
 * Deletes the rows of tables of a database of our own; what was in them is overwritten, and no other row changes. Triggers are
 * taken out for that time: what they would do is a change of something else, and a table that they kept us from would come
 * back with its rows (Codex counts the revisions of its queue in one).
 */
export function clearTables(
	open: OpenDatabase,
	path: string,
	tables: readonly string[],
): void {
	if (tables.length === 0) return;
	const database = open(path, { fileMustExist: true });
	try {
		// The same rows always give the same file: what is free holds zeros, and no journal is left beside it.
		database.pragma("secure_delete = on");
		database.pragma("journal_mode = memory");
		database.pragma("foreign_keys = off");
		// What has no rows is not written to: it was cleared before, and has to stay the same to the byte.
		for (const table of tables)
			if (hasRows(database, table)) clear(database, table);
	} finally {
		database.close();
	}
}

export function hasRows(
	database: ReturnType<OpenDatabase>,
	table: string,
): boolean {
	const isThere = database.prepare(
		"SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?",
	);
	if (isThere.get(table) === undefined) return false;
	const first = database.prepare(`SELECT 1 FROM ${quoted(table)} LIMIT 1`);
	return first.get() !== undefined;
}

interface Trigger {
	readonly name: string;
	readonly sql: string;
}

function clear(database: ReturnType<OpenDatabase>, table: string): void {
	const triggers = database
		.prepare<[string], Trigger>(
			"SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ? COLLATE NOCASE ORDER BY rowid",
		)
		.all(table);
	database.transaction(() => {
		for (const { name } of triggers)
			database.exec(`DROP TRIGGER ${quoted(name)}`);
		database.exec(`DELETE FROM ${quoted(table)}`);
		for (const { sql } of triggers) database.exec(sql);
	})();
}

function quoted(name: string): string {
	return `"${name.replaceAll('"', '""')}"`;
}
