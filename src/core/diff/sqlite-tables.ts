import { textOf } from "./row-text.ts";
import type { SqliteFile } from "./sqlite-file.ts";
import { Malformed, type Value, valuesOf } from "./sqlite-record.ts";
import { cellsOf, payloadOf, treeOf } from "./sqlite-tree.ts";

/** What a database says it is made of. */
export interface Schema {
	/** Those with rows that mean something to a person, by name: no table that SQLite or a virtual table keeps for itself. */
	readonly tables: ReadonlyMap<string, StoredTable>;
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
}

interface Row {
	readonly type: string;
	readonly name: string;
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
	const kept = keptByVirtual(rows);
	const isOrdinary = ({ type, name, root }: Row) =>
		type === "table" && root > 0 && !name.startsWith("sqlite_");
	const tables = rows.filter((row) => isOrdinary(row) && !kept(row.name));
	const others = rows.filter(
		(row) =>
			row.sql !== "" && !isOrdinary(row) && !row.name.startsWith("sqlite_"),
	);
	return {
		tables: new Map(tables.map((table) => [table.name, table])),
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
			const [type, name, , root, sql] = values;
			rows.push({
				type: asText(file, type),
				name: asText(file, name),
				root: typeof root === "number" ? root : 0,
				sql: asText(file, sql),
			});
		}
	return rows;
}

function asText(file: SqliteFile, value: Value = null): string {
	return value === null ? "" : textOf(value, file.encoding);
}

/** What the modules of SQLite call the tables in which they keep the content of a virtual one. */
const KEPT: Readonly<Record<string, readonly string[]>> = {
	fts5: ["data", "idx", "content", "docsize", "config"],
	fts4: ["content", "segments", "segdir", "docsize", "stat"],
	fts3: ["content", "segments", "segdir"],
	rtree: ["node", "rowid", "parent"],
	geopoly: ["node", "rowid", "parent"],
};

/** Of other modules nobody knows the names: all that begin with that of the table. */
function keptByVirtual(rows: readonly Row[]): (name: string) => boolean {
	const names = new Set<string>();
	const beginnings: string[] = [];
	for (const { name, sql } of rows) {
		const using = /^CREATE\s+VIRTUAL\s+TABLE\b[\s\S]*?\bUSING\s+"?(\w+)/i;
		const module = using.exec(sql)?.[1]?.toLowerCase();
		if (module === undefined) continue;
		const ends = Object.hasOwn(KEPT, module) ? KEPT[module] : undefined;
		if (ends === undefined) beginnings.push(`${name}_`);
		for (const end of ends ?? []) names.add(`${name}_${end}`);
	}
	return (name) =>
		names.has(name) || beginnings.some((begin) => name.startsWith(begin));
}
