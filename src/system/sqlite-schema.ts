import type { OpenDatabase } from "./sqlite.ts";
import type { DatabaseSchema } from "./system.ts";

interface Row {
	readonly table: string;
	readonly definition: string | null;
	readonly column: string | null;
	readonly required: number | null;
}

/** Virtual tables and views by their definition: to ask for their columns can need a module that is not loaded here. */
const TABLES_AND_COLUMNS = `
	SELECT tables.name AS "table",
		iif(tables.type = 'view' OR tables.sql LIKE 'CREATE VIRTUAL%', tables.sql, NULL) AS definition,
		columns.name AS "column",
		columns."notnull" AND columns.dflt_value IS NULL AND NOT columns.pk AS required
	FROM sqlite_schema AS tables
	LEFT JOIN pragma_table_xinfo(
		iif(tables.type = 'table' AND tables.sql NOT LIKE 'CREATE VIRTUAL%', tables.name, '')
	) AS columns
	WHERE tables.type IN ('table', 'view') AND tables.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
	ORDER BY tables.name, columns.cid`;

/** Reads what a database of our own is made of. */
export function readSchema(open: OpenDatabase, path: string): DatabaseSchema {
	const database = open(path, { readonly: true, fileMustExist: true });
	try {
		const rows = database.prepare<[], Row>(TABLES_AND_COLUMNS).all();
		const tables = Map.groupBy(rows, ({ table }) => table);
		return {
			userVersion: Number(database.pragma("user_version", { simple: true })),
			tables: new Map(
				[...tables].map(([name, of]) => [
					name,
					{
						columns: columnsOf(of),
						definition: of[0]?.definition ?? undefined,
					},
				]),
			),
		};
	} finally {
		database.close();
	}
}

function columnsOf(rows: readonly Row[]): Map<string, { required: boolean }> {
	return new Map(
		rows.flatMap(({ column, required }) =>
			column === null ? [] : [[column, { required: required === 1 }] as const],
		),
	);
}
