import type BetterSqlite3 from "better-sqlite3";
import { errorCode } from "../errors.ts";
import { quoted } from "./sqlite-table-form.ts";
import type { DatabaseFill, ReferenceFill } from "./system.ts";

/** A foreign key, as its table declares it. */
interface Declared {
	readonly table: string;
	readonly id: number;
	readonly parent: string;
	readonly from: string;
	/** Null: the primary key. */
	readonly to: string | null;
}

const DECLARED = `
	SELECT tables.name AS "table", keys.id, keys."table" AS parent, keys."from", keys."to"
	FROM pragma_table_list AS tables, pragma_foreign_key_list(tables.name) AS keys
	WHERE tables.schema = 'main' AND tables.type = 'table'
	ORDER BY tables.name, keys.id, keys.seq`;

const PRIMARY_KEY =
	"SELECT name FROM pragma_table_xinfo(?) WHERE pk > 0 ORDER BY pk";

/** Milliseconds, after which no further key is begun: one takes about as long as a walk through its table. */
const BUDGET = 10_000;

/**
 * How many rows name what is not there, of each foreign key. Unlike SQLite's own check it is bounded by the sizes of the two tables
 * when no index is there, and goes on past a key that is declared wrong.
 */
export function referencesOf(
	database: BetterSqlite3.Database,
): DatabaseFill["references"] {
	const until = performance.now() + BUDGET;
	const declared = database.prepare<[], Declared>(DECLARED).all();
	const keys = Map.groupBy(declared, ({ table, id }) => `${id} ${table}`);
	const found = new Map<string, ReferenceFill>();
	for (const columns of keys.values()) {
		const [first] = columns;
		if (first === undefined || performance.now() > until) break;
		const { table, parent } = first;
		const lost = lostOf(database, first, columns);
		const name = `${table}.${columns.map(({ from }) => from).join("+")}`;
		if (lost !== undefined) found.set(name, { table, parent, lost });
	}
	return found;
}

/** Undefined: the other table is not there, or compared in a way of its owner's. */
function lostOf(
	database: BetterSqlite3.Database,
	{ table, parent }: Declared,
	columns: readonly Declared[],
): number | undefined {
	try {
		const primary = database.prepare<[string], string>(PRIMARY_KEY).pluck();
		const keys = columns.some(({ to }) => to === null)
			? primary.all(parent)
			: columns.flatMap(({ to }) => to ?? []);
		const from = columns.map((column) => quoted(column.from));
		const to = keys.map(quoted);
		// Some agents write these where nothing is meant.
		const named = from.map((one) => `${one} NOT IN ('', 0)`).join(" AND ");
		const there = to.map((one) => `${one} IS NOT NULL`).join(" AND ");
		return database
			.prepare<[], number>(
				`SELECT count(*) FROM ${quoted(table)} WHERE ${named}
				AND (${from}) NOT IN (SELECT ${to} FROM ${quoted(parent)} WHERE ${there})`,
			)
			.pluck()
			.get();
	} catch (error) {
		if (errorCode(error) !== "SQLITE_ERROR") throw error;
		return undefined;
	}
}
