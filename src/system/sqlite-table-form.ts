import type { Database, Schema } from "./sqlite-transfer.ts";

export interface TableForm {
	/** Those that can be written to. */
	readonly columns: readonly string[];
	/** They may not be empty, and nothing fills them by itself. */
	readonly required: readonly string[];
	/** The columns of its primary key. */
	readonly key: readonly string[];
	/** That is the row's own number, which SQLite gives it. */
	readonly isNumbered: boolean;
	/** What tells a row from all others: its number, or its key. */
	readonly place: readonly string[];
}

export interface Reference {
	readonly column: string;
	readonly table: string;
	/** The column there. */
	readonly to: string;
}

interface ColumnRow {
	readonly name: string;
	readonly type: string;
	readonly notnull: bigint;
	readonly dflt_value: string | null;
	readonly pk: bigint;
	readonly hidden: bigint;
}

/** Undefined: there is no such table. */
export function formOf(
	database: Database,
	schema: Schema,
	table: string,
): TableForm | undefined {
	const all = database
		.prepare<[string, Schema], ColumnRow>(
			"SELECT * FROM pragma_table_xinfo(?, ?)",
		)
		.all(table, schema);
	if (all.length === 0) return undefined;
	const written = all.filter(({ hidden }) => hidden === 0n);
	const keyed = all
		.filter(({ pk }) => pk > 0n)
		.sort((a, b) => Number(a.pk - b.pk));
	const key = keyed.map(({ name }) => name);
	const hasNumber = !isWithoutRowid(database, schema, table);
	const isNumbered =
		hasNumber &&
		keyed.length === 1 &&
		keyed[0]?.type.toUpperCase() === "INTEGER" &&
		!hasKeyIndex(database, schema, table);
	const isFilled = ({ name, notnull, dflt_value, pk }: ColumnRow) =>
		(isNumbered && name === key[0]) ||
		(notnull === 0n && pk === 0n) ||
		dflt_value !== null;
	return {
		columns: written.map(({ name }) => name),
		required: written.filter((one) => !isFilled(one)).map(({ name }) => name),
		key,
		isNumbered,
		place: hasNumber ? ["_rowid_"] : key,
	};
}

function isWithoutRowid(
	database: Database,
	schema: Schema,
	table: string,
): boolean {
	const asked = database.prepare<[string, Schema], bigint>(
		"SELECT wr FROM pragma_table_list(?) WHERE schema = ?",
	);
	return asked.pluck().get(table, schema) === 1n;
}

/** `INTEGER PRIMARY KEY DESC` is none of the row's own numbers: it has an index. */
function hasKeyIndex(
	database: Database,
	schema: Schema,
	table: string,
): boolean {
	const asked = database.prepare<[string, Schema], bigint>(
		"SELECT 1 FROM pragma_index_list(?, ?) WHERE origin = 'pk'",
	);
	return asked.get(table, schema) !== undefined;
}

/** Foreign keys of one column; those of several are left to the check before the commit. */
export function referencesOf(database: Database, table: string): Reference[] {
	interface Row {
		readonly id: bigint;
		readonly table: string;
		readonly from: string;
		readonly to: string | null;
	}
	const rows = database
		.prepare<[string], Row>("SELECT * FROM pragma_foreign_key_list(?, 'main')")
		.all(table);
	const single = Map.groupBy(rows, ({ id }) => id)
		.values()
		.filter(({ length }) => length === 1)
		.toArray()
		.flat();
	return single.flatMap(({ table: other, from, to }) => {
		const named = to ?? formOf(database, "main", other)?.key[0];
		return named === undefined
			? []
			: [{ column: from, table: other, to: named }];
	});
}

/** The tables whose rows name rows of this one by that column. */
export function whoRefersTo(
	database: Database,
	table: string,
	column: string,
): string[] {
	const tables = database
		.prepare<[], string>(
			"SELECT name FROM main.sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'",
		)
		.pluck()
		.all();
	const isMeant = (one: Reference) =>
		one.table.toLowerCase() === table.toLowerCase() && one.to === column;
	return tables.filter((name) => referencesOf(database, name).some(isMeant));
}

export function quoted(name: string): string {
	return name === "_rowid_" ? name : `"${name.replaceAll('"', '""')}"`;
}
