import type Database from "better-sqlite3";

/** A full-text index, as the statement says that made it. */
export interface FullTextIndex {
	readonly name: string;
	/** The statement that made it. */
	readonly definition: string;
	/** Of FTS5, which has to be asked by a command to compare itself with what lies elsewhere. */
	readonly isFts5: boolean;
	/** What it is an index of, if that lies elsewhere: a table or view, and what its rows are told by. */
	readonly source:
		| { readonly name: string; readonly rowid: string }
		| undefined;
	/** It has kept no text, and cannot be asked for it. */
	readonly isContentless: boolean;
}

/** Without a column of that name, which has no "=" behind it. */
const option = (name: string) =>
	new RegExp(
		`[(,]\\s*${name}\\s*=\\s*(?:'((?:[^']|'')*)'|"((?:[^"]|"")*)"|\\[([^\\]]*)\\]|([^\\s,)]*))`,
		"i",
	);
const CONTENT = option("content");
const ROWID = option("content_rowid");

export function fullTextIndexes(database: Database.Database): FullTextIndex[] {
	return database
		.prepare<[], { name: string; sql: string }>(
			"SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL TABLE%USING%fts_%'",
		)
		.all()
		.map(({ name, sql }) => {
			const content = optionIn(CONTENT.exec(sql));
			const rowid = optionIn(ROWID.exec(sql)) ?? "rowid";
			return {
				name,
				definition: sql,
				isFts5: /USING\s+["'`[]?fts5\b/i.test(sql),
				source: content ? { name: content, rowid } : undefined,
				isContentless: content === "",
			};
		});
}

function optionIn(found: RegExpExecArray | null): string | undefined {
	const [, single, double, bracketed, bare] = found ?? [];
	return (
		single?.replaceAll("''", "'") ??
		double?.replaceAll('""', '"') ??
		bracketed ??
		bare
	);
}

/**
 * What an index says that is not so, by counting: SQLite's own check of an index whose texts lie elsewhere finds it
 * sound when it is empty. Undefined: the numbers agree, or it keeps none.
 */
export function whyNotOfItsRows(
	database: Database.Database,
	index: FullTextIndex,
): string | undefined {
	const sizes = sizesOf(database, index);
	if (sizes === undefined) return undefined;
	const count = (sql: string) => Number(database.prepare(sql).pluck().get());
	const indexed = count(`SELECT count(*) FROM ${sizes.table}`);
	const from = index.source?.name ?? filledBy(database, index);
	if (from === undefined) return undefined;
	const rows = count(`SELECT count(*) FROM ${quoted(from)}`);
	const called = `the full-text index ${index.name}`;
	if (indexed === 0 && rows > 0)
		return `${called} is empty, and ${from} has ${countOf(rows)}`;
	if (index.source === undefined) return undefined;
	const ids = `SELECT ${quoted(index.source.rowid)} FROM ${quoted(from)}`;
	const known = `SELECT ${sizes.key} FROM ${sizes.table}`;
	const missing = count(`SELECT count(*) FROM (${ids} EXCEPT ${known})`);
	if (missing > 0)
		return `${called} lacks ${missing} of the ${countOf(rows)} of ${from}`;
	const strange = count(`SELECT count(*) FROM (${known} EXCEPT ${ids})`);
	return strange > 0
		? `${called} has ${countOf(strange)} that ${from} has not`
		: undefined;
}

function countOf(rows: number): string {
	return rows === 1 ? "1 row" : `${rows} rows`;
}

/** Where it notes of each text how long it is. Undefined: it was told not to. */
function sizesOf(
	database: Database.Database,
	{ name, isFts5 }: FullTextIndex,
): { table: string; key: string } | undefined {
	const table = `${name}_docsize`;
	const isThere = database
		.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?")
		.get(table);
	return isThere === undefined
		? undefined
		: { table: quoted(table), key: isFts5 ? "id" : "docid" };
}

interface Trigger {
	readonly table: string;
	readonly sql: string;
}

function triggersFor(
	database: Database.Database,
	{ name }: FullTextIndex,
): Trigger[] {
	const named = new RegExp(
		`(?<![\\w$])${name.replace(/[^\w]/g, "\\$&")}(?![\\w$])`,
		"i",
	);
	return database
		.prepare<[], Trigger>(
			"SELECT tbl_name AS \"table\", sql FROM sqlite_schema WHERE type = 'trigger'",
		)
		.all()
		.filter(({ sql }) => named.test(sql.replace(/^[\s\S]*?\bBEGIN\b/i, "")));
}

const ON_INSERT = /\bINSERT\s+ON\b/i;

/** Of one that keeps no text and names no table. */
function filledBy(
	database: Database.Database,
	index: FullTextIndex,
): string | undefined {
	return index.isContentless ? feederOf(database, index) : undefined;
}

/** The table whose new rows a trigger puts into it. */
export function feederOf(
	database: Database.Database,
	index: FullTextIndex,
): string | undefined {
	return triggersFor(database, index).find(({ sql }) => ON_INSERT.test(sql))
		?.table;
}

/** Its triggers take rows out of it, and none puts new ones in. Some agents do all of that themselves. */
export function lacksInsertTrigger(
	database: Database.Database,
	index: FullTextIndex,
): boolean {
	const triggers = triggersFor(database, index);
	return (
		triggers.length > 0 && !triggers.some(({ sql }) => ON_INSERT.test(sql))
	);
}

function quoted(name: string): string {
	return `"${name.replaceAll('"', '""')}"`;
}
