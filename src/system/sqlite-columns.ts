import { errorCode } from "../errors.ts";
import type { OpenDatabase } from "./sqlite.ts";
import type { StoredColumn } from "./system.ts";

type Database = ReturnType<OpenDatabase>;

interface Row {
	readonly name: string;
	readonly type: string;
	readonly notnull: number;
	readonly pk: number;
	readonly hidden: number;
	readonly dflt_value: string | null;
}

/** `PRAGMA table_xinfo`: of a virtual table, and of a column that is generated when it is read. */
const HIDDEN = 1;
const GENERATED_WHEN_READ = 2;

/** Has SQLite itself read the statements, in a database in memory: nobody else knows what they mean. */
export function columnsOf(
	open: OpenDatabase,
	statements: readonly string[],
): (readonly StoredColumn[] | undefined)[] {
	const database = open(":memory:", {});
	try {
		return statements.map((sql) => columnsIn(database, sql));
	} finally {
		database.close();
	}
}

/** The statement is anybody's: only the first is run of it, and only where it makes an ordinary table. */
function columnsIn(
	database: Database,
	sql: string,
): readonly StoredColumn[] | undefined {
	if (!/^CREATE\s+TABLE\b/i.test(sql)) return undefined;
	database.exec("BEGIN");
	try {
		database.prepare(sql).run();
		const name = database
			.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")
			.pluck()
			.get();
		const rows = database
			.prepare<[unknown], Row>(
				"SELECT * FROM pragma_table_xinfo(?) ORDER BY cid",
			)
			.all(name);
		const keyed = database
			.prepare("SELECT 1 FROM pragma_index_list(?) WHERE origin = 'pk'")
			.pluck()
			.get(name);
		const keys = rows.filter(({ pk }) => pk > 0).length;
		return rows.map((row) => ({
			name: row.name,
			key: row.pk,
			// Of any other key SQLite makes an index.
			isRowid: keys === 1 && row.pk === 1 && keyed === undefined,
			isStored: row.hidden !== GENERATED_WHEN_READ && row.hidden !== HIDDEN,
			declared: declaredIn(row),
			initial: initialOf(database, row),
		}));
	} catch (error) {
		if (!isOfSql(error)) throw error;
		return undefined;
	} finally {
		if (database.inTransaction) database.exec("ROLLBACK");
	}
}

function declaredIn({
	type,
	notnull,
	hidden,
	pk,
	dflt_value: text,
}: Row): string {
	return [
		type,
		pk > 0 ? "PRIMARY KEY" : "",
		notnull > 0 ? "NOT NULL" : "",
		text === null ? "" : `DEFAULT ${text}`,
		hidden > HIDDEN ? "GENERATED" : "",
	]
		.filter(Boolean)
		.join(" ");
}

/** All that a column can be added with. Anything else is not run: the text is anybody's. */
const CONSTANT =
	/^[-+\s]*(?:\.?\d[\w.]*(?:e[-+]?\d+)?|x?'(?:[^']|'')*'|"(?:[^"]|"")*"|null|true|false)\s*$/i;

/** With the affinity of its column. */
function initialOf(
	database: Database,
	{ type, dflt_value: text }: Row,
): StoredColumn["initial"] {
	if (text === null || !CONSTANT.test(text)) return null;
	const quoted = `"${type.replaceAll('"', '""')}"`;
	try {
		database
			.prepare(`CREATE TEMP TABLE initial (value ${quoted} DEFAULT ${text})`)
			.run();
		database.prepare("INSERT INTO temp.initial DEFAULT VALUES").run();
		const read = database.prepare("SELECT value FROM temp.initial");
		return read.safeIntegers().pluck().get() as StoredColumn["initial"];
	} catch (error) {
		if (!isOfSql(error)) throw error;
		return null;
	} finally {
		database.exec("DROP TABLE IF EXISTS temp.initial");
	}
}

/** better-sqlite3 says of more than one statement, and of one that gives rows, that it is no SQL of its own. */
function isOfSql(error: unknown): boolean {
	return (
		(errorCode(error) ?? "").startsWith("SQLITE_") ||
		error instanceof RangeError ||
		error instanceof TypeError
	);
}
