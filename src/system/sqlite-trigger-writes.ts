import { errorCode } from "../errors.ts";
import { formOf, quoted } from "./sqlite-table-form.ts";
import type { Database, Schema } from "./sqlite-transfer.ts";

/**
 * Why rows cannot come into a table of the live database without anything else being changed, or without its search
 * knowing of them. SQLite's own program for the insert, in which those of all triggers are, says what it writes to.
 */
export function triggerObstacles(database: Database, table: string): string[] {
	const now = writesOf(database, "main", table);
	if ("needs" in now)
		return [
			`its triggers of ${table} need what only the agent has (${now.needs})`,
		];
	// The insert itself opens its table and each of its indexes once.
	const others = [...new Set(now.tables)].filter(
		(name) =>
			name !== "sqlite_sequence" &&
			(name.toLowerCase() !== table.toLowerCase() || now.isOpenedTwice),
	);
	const silent = searchesFor(database, table).filter(
		(name) => !now.searches.has(name),
	);
	return [
		...others.map(
			(other) =>
				`a new row of ${table} would change ${other === table ? "other rows" : other}, too${triggerText(database, table, other)}`,
		),
		...silent.map(
			(name) =>
				`its search ${name} would not find it: no trigger tells it of new rows of ${table}`,
		),
	];
}

type Writes =
	| {
			readonly tables: readonly string[];
			/** Of the table itself, by a trigger. */
			readonly isOpenedTwice: boolean;
			readonly searches: ReadonlySet<string>;
	  }
	/** SQLite's words: it cannot be made ready to run. */
	| { readonly needs: string };

interface Step {
	readonly opcode: string;
	readonly p1: bigint;
	readonly p2: bigint;
	readonly p3: bigint;
	readonly p4: string | null;
}

function writesOf(database: Database, schema: Schema, table: string): Writes {
	const column = formOf(database, schema, table)?.columns[0];
	if (column === undefined)
		return { tables: [], isOpenedTwice: false, searches: new Set() };
	const steps = insertSteps(database, schema, table, column);
	if ("needs" in steps) return steps;
	const at = database
		.prepare<[string], bigint>(
			"SELECT seq FROM pragma_database_list WHERE name = ?",
		)
		.pluck()
		.get(schema);
	const roots = steps.flatMap(({ opcode, p1, p2, p3 }) => {
		if (opcode === "OpenWrite" && p3 === at) return [p2];
		return opcode === "Clear" && p2 === at ? [p1] : [];
	});
	const modules = new Set(steps.filter(isVirtual).map(({ p4 }) => p4));
	return {
		tables: roots.flatMap((root) => tableAt(database, schema, root)),
		isOpenedTwice: new Set(roots).size < roots.length,
		searches: new Set(
			virtualTables(database, schema).filter((name) => {
				const own = insertSteps(database, schema, name, "rowid");
				return (
					!("needs" in own) &&
					own.some((step) => isVirtual(step) && modules.has(step.p4))
				);
			}),
		),
	};
}

function isVirtual({ opcode }: Step): boolean {
	return opcode === "VUpdate";
}

/** Nothing is run: to make it ready is what needs functions and tokenizers. */
function insertSteps(
	database: Database,
	schema: Schema,
	table: string,
	column: string,
): Step[] | { readonly needs: string } {
	const name = column === "rowid" ? column : quoted(column);
	const insert = `EXPLAIN INSERT INTO ${schema}.${quoted(table)} (${name}) SELECT 1`;
	try {
		return database.prepare<[], Step>(insert).all();
	} catch (error) {
		if (errorCode(error) !== "SQLITE_ERROR") throw error;
		return { needs: (error as Error).message };
	}
}

/** Of an index, the table that it is of. */
function tableAt(database: Database, schema: Schema, root: bigint): string[] {
	return database
		.prepare<[bigint], string>(
			`SELECT tbl_name FROM ${schema}.sqlite_schema WHERE rootpage = ?`,
		)
		.pluck()
		.all(root);
}

function virtualTables(database: Database, schema: Schema): string[] {
	return database
		.prepare<[], string>(
			`SELECT name FROM ${schema}.sqlite_schema WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL%'`,
		)
		.pluck()
		.all();
}

/** Full-text indexes that are there and know the rows of this table: as they say themselves, or as they did in the copy. */
function searchesFor(database: Database, table: string): string[] {
	const then = writesOf(database, "copy", table);
	const known = "needs" in then ? new Set<string>() : then.searches;
	const isOfIt = database
		.prepare<[string, string], bigint>(
			"SELECT 1 FROM main.sqlite_schema WHERE name = ? AND replace(replace(sql, '\"', ''''), ' ', '') LIKE '%content=''' || ? || '''%'",
		)
		.pluck();
	return virtualTables(database, "main").filter(
		(name) => known.has(name) || isOfIt.get(name, table) !== undefined,
	);
}

/** Those of them that speak of it; a trigger may also set off another one. */
function triggerText(database: Database, table: string, other: string): string {
	const names = database
		.prepare<[string, string], string>(
			"SELECT name FROM main.sqlite_schema WHERE type = 'trigger' AND tbl_name = ? COLLATE NOCASE AND instr(lower(sql), lower(?)) > 0",
		)
		.pluck()
		.all(table, other);
	return names.length === 0 ? "" : ` (its trigger ${names.join(", ")})`;
}
