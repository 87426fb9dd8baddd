import type BetterSqlite3 from "better-sqlite3";
import { errorCode } from "../errors.ts";
import { feederOf, fullTextIndexes } from "./full-text.ts";
import type { OpenDatabase } from "./sqlite.ts";
import { referencesOf } from "./sqlite-references.ts";
import { rowsOf } from "./sqlite-rows.ts";
import type {
	ColumnFill,
	DatabaseFill,
	SearchFill,
	TableFill,
} from "./system.ts";

/** Plain tables, without those that belong to a virtual one: "messages_fts_data" has rows when that has none. */
const PLAIN_TABLES = `
	SELECT name FROM pragma_table_list AS tables
	WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
		AND NOT EXISTS (
			SELECT 1 FROM sqlite_schema
			WHERE sql LIKE 'CREATE VIRTUAL%' AND substr(tables.name, 1, length(name) + 1) = name || '_'
		)
	ORDER BY name`;

const COLUMNS = "SELECT name FROM pragma_table_xinfo(?) WHERE hidden = 0";

/** Far fewer than SQLite's limit, and more than anyone has. */
const MOST_COLUMNS = 400;

/** Undefined: it cannot be asked, being damaged. */
export function readFill(
	open: OpenDatabase,
	path: string,
): DatabaseFill | undefined {
	const database = open(path, { readonly: true, fileMustExist: true });
	try {
		const names = database.prepare<[], string>(PLAIN_TABLES).pluck().all();
		return {
			tables: new Map(names.map((name) => [name, fillOf(database, name)])),
			searches: searchesOf(database),
			references: referencesOf(database),
		};
	} catch (error) {
		if (!errorCode(error)?.startsWith("SQLITE_")) throw error;
		return undefined;
	} finally {
		database.close();
	}
}

/** One walk through the table. What its columns say is not read, only how long it is. */
function fillOf(database: BetterSqlite3.Database, table: string): TableFill {
	const names = database
		.prepare<[string], string>(COLUMNS)
		.pluck()
		.all(table)
		.slice(0, MOST_COLUMNS);
	const asked = names.flatMap((name) => [filled(name), bytes(name)]);
	const [rows = 0, ...sums] = database
		.prepare<[], number[]>(
			`SELECT ${["count(*)", ...asked].join(", ")} FROM ${quoted(table)}`,
		)
		.raw()
		.get() as number[];
	return {
		rows,
		columns: new Map(
			names.map((name, index): [string, ColumnFill] => [
				name,
				{ filled: sums[index * 2] ?? 0, bytes: sums[index * 2 + 1] ?? 0 },
			]),
		),
	};
}

/** Says something: not 0, nor an empty text, list or object. SQLite knows types and lengths without reading the value. */
function filled(name: string): string {
	const column = quoted(name);
	const text = `CASE WHEN octet_length(${column}) > 4 THEN 1 WHEN octet_length(${column}) = 0 THEN 0 ELSE ${column} NOT IN ('{}', '[]', 'null') END`;
	return `total(CASE typeof(${column}) WHEN 'null' THEN 0 WHEN 'integer' THEN ${column} <> 0 WHEN 'real' THEN ${column} <> 0 ELSE ${text} END)`;
}

function bytes(name: string): string {
	const column = quoted(name);
	return `total(CASE WHEN typeof(${column}) IN ('text', 'blob') THEN octet_length(${column}) ELSE 0 END)`;
}

/** Full-text indexes, of those that note the size of each text. */
function searchesOf(
	database: BetterSqlite3.Database,
): DatabaseFill["searches"] {
	return new Map(
		fullTextIndexes(database).flatMap((index): [string, SearchFill][] => {
			const { name, definition, source } = index;
			const found = rowsOf(database, { name: `${name}_docsize` });
			if (found === undefined) return [];
			const feeder = feederOf(database, index);
			const of = feeder ?? source?.name;
			const isFed = feeder !== undefined;
			return [[name, { definition, rows: found.count, of, isFed }]];
		}),
	);
}

function quoted(name: string): string {
	return `"${name.replaceAll('"', '""')}"`;
}
