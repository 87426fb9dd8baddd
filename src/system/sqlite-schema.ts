import type { OpenDatabase } from "./sqlite.ts";
import type { DatabaseSchema, TableSchema } from "./system.ts";

interface Row {
	readonly table: string;
	readonly hasRowid: number;
	readonly definition: string | null;
	readonly column: string | null;
	readonly required: number | null;
}

/** Virtual tables and views by their definition: to ask for their columns can need a module that is not loaded here. */
const TABLES_AND_COLUMNS = `
	SELECT tables.name AS "table",
		tables.sql NOT LIKE '%)%WITHOUT%ROWID%' AS hasRowid,
		iif(tables.type = 'view' OR tables.sql LIKE 'CREATE VIRTUAL%', tables.sql, NULL) AS definition,
		columns.name AS "column",
		columns."notnull" AND columns.dflt_value IS NULL AND NOT columns.pk AS required
	FROM sqlite_schema AS tables
	LEFT JOIN pragma_table_xinfo(
		iif(tables.type = 'table' AND tables.sql NOT LIKE 'CREATE VIRTUAL%', tables.name, '')
	) AS columns
	WHERE tables.type IN ('table', 'view') AND tables.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
	ORDER BY tables.name, columns.cid`;

interface KeyRow {
	readonly table: string;
	readonly index: string;
	readonly column: string;
}

/** A unique index of some rows only is another one than of all. */
const UNIQUE_KEYS = `
	SELECT tables.name AS "table", indexes.name AS "index",
		iif(columns.name IS NULL, 'an expression', columns.name) || iif(indexes.partial, ' (of some rows)', '') AS "column"
	FROM sqlite_schema AS tables, pragma_index_list(tables.name) AS indexes, pragma_index_info(indexes.name) AS columns
	WHERE tables.type = 'table' AND tables.sql NOT LIKE 'CREATE VIRTUAL%' AND indexes."unique"
	ORDER BY tables.name, indexes.name, columns.name`;

interface TriggerRow {
	readonly table: string;
	readonly name: string;
	readonly sql: string;
}

const TRIGGERS = `SELECT tbl_name AS "table", name, sql FROM sqlite_schema WHERE type = 'trigger'`;

/** Reads what a database of our own is made of. */
export function readSchema(open: OpenDatabase, path: string): DatabaseSchema {
	const database = open(path, { readonly: true, fileMustExist: true });
	try {
		const ask = <R extends { table: string }>(sql: string) =>
			Map.groupBy(database.prepare<[], R>(sql).all(), ({ table }) => table);
		const keys = ask<KeyRow>(UNIQUE_KEYS);
		const triggers = ask<TriggerRow>(TRIGGERS);
		const tables = [...ask<Row>(TABLES_AND_COLUMNS)].map(
			([name, rows]): [string, TableSchema] => [
				name,
				{
					columns: columnsOf(rows),
					definition: rows[0]?.definition ?? undefined,
					uniqueKeys: keysOf(keys.get(name) ?? []),
					triggers: new Map(
						triggers.get(name)?.map((trigger) => [trigger.name, trigger.sql]),
					),
					hasRowid: rows[0]?.hasRowid === 1,
				},
			],
		);
		return {
			userVersion: Number(database.pragma("user_version", { simple: true })),
			tables: new Map(tables),
		};
	} finally {
		database.close();
	}
}

function keysOf(rows: readonly KeyRow[]): Set<string> {
	const indexes = Map.groupBy(rows, ({ index }) => index).values();
	return new Set(
		indexes.map((columns) => columns.map(({ column }) => column).join(", ")),
	);
}

function columnsOf(rows: readonly Row[]): Map<string, { required: boolean }> {
	return new Map(
		rows.flatMap(({ column, required }) =>
			column === null ? [] : [[column, { required: required === 1 }] as const],
		),
	);
}
