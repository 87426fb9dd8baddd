import type { OpenDatabase } from "./sqlite.ts";

/**
 * Deletes the rows of tables of a database of our own; what was in them is overwritten, and nothing else changes. A table that
 * has triggers keeps its rows: what those would do is a change of something else.
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
		const isThere = database
			.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?")
			.pluck();
		const triggers = database
			.prepare(
				"SELECT 1 FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ? COLLATE NOCASE",
			)
			.pluck();
		for (const table of tables) {
			if (isThere.get(table) === undefined) continue;
			if (triggers.get(table) !== undefined) continue;
			const name = `"${table.replaceAll('"', '""')}"`;
			// What has no rows is not written to: it was cleared before, and has to stay the same to the byte.
			const first = database.prepare(`SELECT 1 FROM ${name} LIMIT 1`).get();
			if (first !== undefined) database.exec(`DELETE FROM ${name}`);
		}
	} finally {
		database.close();
	}
}
