import type { OpenDatabase } from "./sqlite.ts";
import type { ColumnSchema, DatabaseSchema, TableSchema } from "./system.ts";

interface Row {
	readonly table: string;
	readonly sql: string;
	readonly isPlain: number;
	readonly column: string | null;
	readonly form: string;
	readonly required: number;
	readonly hasDefault: number;
}

/** To ask for the columns of a virtual table or view can need a module that is not loaded here. */
const TABLES_AND_COLUMNS = `
	WITH tables AS (
		SELECT name, sql, type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' AS isPlain
		FROM sqlite_schema
		WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
	)
	SELECT tables.name AS "table", tables.sql, tables.isPlain,
		columns.name AS "column",
		upper(columns.type) || '/' || columns.pk || '/' || columns.hidden AS form,
		columns."notnull" AND columns.dflt_value IS NULL AND NOT columns.pk AS required,
		columns.dflt_value IS NOT NULL AS hasDefault
	FROM tables LEFT JOIN pragma_table_xinfo(iif(tables.isPlain, tables.name, '')) AS columns
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
		return schemaOf(database);
	} finally {
		database.close();
	}
}

/** What a connection sees. */
export function schemaOf(database: ReturnType<OpenDatabase>): DatabaseSchema {
	const ask = <R extends { table: string }>(sql: string) =>
		Map.groupBy(database.prepare<[], R>(sql).all(), ({ table }) => table);
	const keys = ask<KeyRow>(UNIQUE_KEYS);
	const triggers = ask<TriggerRow>(TRIGGERS);
	const tables = [...ask<Row>(TABLES_AND_COLUMNS)].map(
		([name, rows]): [string, TableSchema] => [
			name,
			{
				columns: columnsOf(rows),
				definition: definitionOf(rows),
				uniqueKeys: keysOf(keys.get(name) ?? []),
				triggers: new Map(
					triggers.get(name)?.map((trigger) => [trigger.name, trigger.sql]),
				),
			},
		],
	);
	return {
		userVersion: Number(database.pragma("user_version", { simple: true })),
		encoding: String(database.pragma("encoding", { simple: true })),
		tables: new Map(tables),
	};
}

function keysOf(rows: readonly KeyRow[]): Set<string> {
	const indexes = Map.groupBy(rows, ({ index }) => index).values();
	return new Set(
		indexes.map((columns) => columns.map(({ column }) => column).join(", ")),
	);
}

/** Of a plain table only "STRICT" and "WITHOUT ROWID": spaces, comments and old columns differ after a migration. */
function definitionOf([row]: readonly Row[]): string {
	const { sql = "", isPlain } = row ?? {};
	if (!isPlain) return sql;
	const options = sql.slice(sql.lastIndexOf(")") + 1).toLowerCase();
	return options
		.split(/[\s,]+/)
		.filter(Boolean)
		.sort()
		.join(" ");
}

function columnsOf(rows: readonly Row[]): Map<string, ColumnSchema> {
	return new Map(
		rows.flatMap(({ column, form, required, hasDefault }) =>
			column === null
				? []
				: [
						[
							column,
							{ form, required: required === 1, hasDefault: hasDefault === 1 },
						] as const,
					],
		),
	);
}
