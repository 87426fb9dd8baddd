import { filledByTriggers, ownTexts } from "./own-texts.ts";
import { textOf } from "./row-text.ts";
import type { SqliteFile } from "./sqlite-file.ts";
import { Malformed, type Value, valuesOf } from "./sqlite-record.ts";
import { cellsOf, payloadOf, treeOf } from "./sqlite-tree.ts";

/** What a database says it is made of. */
export interface Schema {
	/** Those with rows that mean something to a person, by name: no table that something else keeps for itself. */
	readonly tables: ReadonlyMap<string, StoredTable>;
	/** Tables that something else keeps for itself, by what that is: of their rows nobody wants to see any. */
	readonly kept: ReadonlyMap<string, readonly StoredTable[]>;
	/** Of all tables and indexes, the pages where their trees begin. */
	readonly roots: readonly number[];
	/** Names of indexes, triggers, views and virtual tables, with what made them. */
	readonly others: ReadonlyMap<string, string>;
}

export interface StoredTable {
	readonly name: string;
	readonly root: number;
	/** The statement that made it. */
	readonly sql: string;
	/** Of a virtual one: what would make an ordinary table of the same rows. */
	readonly ordinary?: string;
}

interface Row {
	readonly type: string;
	readonly name: string;
	/** Of an index or a trigger, what it is on. */
	readonly on: string;
	readonly root: number;
	readonly sql: string;
}

/** A statement of this length has been made by nobody. */
const LONGEST = 1024 * 1024;
/** Tables and indexes of which nobody has so many. */
const MOST = 20_000;

/** @throws Malformed */
export function schemaOf(file: SqliteFile): Schema {
	const rows = file.pages === 0 ? [] : schemaRows(file);
	const own = ownTexts(rows);
	const keeper = keeperIn(rows, own);
	const stored = rows.filter(({ type, root }) => type === "table" && root > 0);
	const tables = stored
		.filter(({ name }) => keeper(name) === undefined)
		.map((table): StoredTable => ({ ...table, ...own.get(table.name) }));
	const told = new Set([...own.values()].map(({ sql }) => sql));
	const others = rows.filter(
		(row) => row.sql !== "" && !stored.includes(row) && !told.has(row.sql),
	);
	return {
		tables: new Map(tables.map((table) => [table.name, table])),
		kept: Map.groupBy(
			stored.filter(({ name }) => keeper(name)),
			({ name }) => keeper(name) ?? "",
		),
		roots: rows.map(({ root }) => root).filter((root) => root > 0),
		others: new Map(
			others.map(({ type, name, sql }) => [`${type} ${name}`, sql]),
		),
	};
}

function schemaRows(file: SqliteFile): Row[] {
	const seen = new Set<number>();
	const claim = (page: number) => {
		if (seen.has(page)) throw new Malformed(`page ${page} is used twice`);
		seen.add(page);
	};
	const { kind, leaves } = treeOf(file, 1, claim);
	if (kind !== "table") throw new Malformed("its first page is no table");
	const rows: Row[] = [];
	for (const leaf of leaves)
		for (const cell of cellsOf(file, leaf, "table")) {
			if (rows.length === MOST) throw new Malformed("it has too many tables");
			const payload = payloadOf(file, cell, LONGEST);
			const values = valuesOf(payload, cell.size > LONGEST);
			const [type, name, on, root, sql] = values;
			rows.push({
				type: asText(file, type),
				name: asText(file, name),
				on: asText(file, on),
				root: typeof root === "number" ? root : 0,
				sql: asText(file, sql),
			});
		}
	return rows;
}

function asText(file: SqliteFile, value: Value = null): string {
	return value === null ? "" : textOf(value, file.encoding);
}

/** `ANALYZE` makes them. */
export const STATISTICS = "statistics of the query planner";

/** What the modules of SQLite call the tables in which they keep the content of a virtual one. */
const KEPT: Readonly<Record<string, readonly string[]>> = {
	fts5: ["data", "idx", "content", "docsize", "config"],
	fts4: ["content", "segments", "segdir", "docsize", "stat"],
	fts3: ["content", "segments", "segdir"],
	rtree: ["node", "rowid", "parent"],
	geopoly: ["node", "rowid", "parent"],
};

const VIRTUAL = /^CREATE\s+VIRTUAL\s+TABLE\b[\s\S]*?\bUSING\s+"?(\w+)/i;
/** Of which table it is an index: `fts5(content='messages', …)`. */
const INDEXED = /\bcontent\s*=\s*(?:'([^']+)'|"([^"]+)"|(\w+))/i;

/** What is indexed may be a view: of the first table that it reads. */
function tableBehind(rows: readonly Row[], name: string): string {
	const view = rows.find((row) => row.type === "view" && row.name === name);
	return /\bFROM\s+["`[]?(\w+)/i.exec(view?.sql ?? "")?.[1] ?? name;
}

/** How FTS5 finds its way in its data: nothing that these do not say. */
const DERIVED = "idx";

/**
 * What keeps a table for itself, in words; "": that of another table, derived; undefined: nothing does. Of other modules
 * nobody knows how they call theirs: all that begin with their name.
 */
function keeperIn(
	rows: readonly Row[],
	own: ReadonlyMap<string, unknown>,
): (table: string) => string | undefined {
	const filled = filledByTriggers(rows);
	const keepers = new Map<string, string>();
	const beginnings: [string, string][] = [];
	for (const { name, sql } of rows) {
		const module = VIRTUAL.exec(sql)?.[1]?.toLowerCase();
		if (module === undefined) continue;
		const ends = Object.hasOwn(KEPT, module) ? KEPT[module] : undefined;
		if (ends === undefined) beginnings.push([`${name}_`, `content of ${name}`]);
		const [, ...indexed] = INDEXED.exec(sql) ?? [];
		const from = indexed.find(Boolean) ?? filled.get(name.toLowerCase());
		const of = tableBehind(rows, from ?? name);
		const what = module.startsWith("fts") ? "full-text index" : "content";
		for (const end of ends ?? [])
			keepers.set(`${name}_${end}`, end === DERIVED ? "" : `${what} of ${of}`);
	}
	for (const table of own.keys()) keepers.delete(table);
	return (table) =>
		/^sqlite_stat\d$/.test(table)
			? STATISTICS
			: (keepers.get(table) ??
				beginnings.find(([begin]) => table.startsWith(begin))?.[1]);
}
