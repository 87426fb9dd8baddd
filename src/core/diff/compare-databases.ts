import type { IsKnown, StoredColumn } from "../../system/system.ts";
import type { Work } from "../work.ts";
import {
	areAllOther,
	comparingPages,
	type Found,
	NOTHING_SAME,
} from "./changed-pages.ts";
import { comparingKept, type KeptDifference } from "./compare-kept.ts";
import { comparingRows } from "./compare-rows.ts";
import {
	isSameStatement,
	type SchemaDifference,
	type SettingDifference,
	schemaDifferences,
	settingDifferences,
} from "./compare-schemas.ts";
import {
	isShared,
	type Mapped,
	mapping,
	pagesLeadingTo,
	rowPages,
	strayPages,
} from "./page-owners.ts";
import type { SqliteFile } from "./sqlite-file.ts";
import type { StoredTable } from "./sqlite-tables.ts";
import type { Tree } from "./sqlite-tree.ts";
import type { TableDifference } from "./table-difference.ts";
import { TableRows } from "./table-rows.ts";

/** What is different in two databases. */
export interface DatabaseDifference {
	/** Those that are not the same, by name. */
	readonly tables: readonly TableDifference[];
	/** Indexes, triggers, views and virtual tables that only one of them has, or that are made otherwise. */
	readonly schema: readonly SchemaDifference[];
	readonly kept: readonly KeptDifference[];
	readonly settings: readonly SettingDifference[];
	/** Where pieces begin in which something differs; undefined: all of both was gone through. */
	readonly differing: readonly number[] | undefined;
}

export function isNoDifference(found: DatabaseDifference): boolean {
	const { tables, schema, kept, settings } = found;
	return tables.length + schema.length + kept.length + settings.length === 0;
}

export interface ComparedDatabases {
	readonly left: SqliteFile;
	readonly right: SqliteFile;
	/** These bytes are the same in both. */
	readonly isKnown: IsKnown;
	/** What its rows are, if somebody would miss them. */
	readonly difference: (table: string) => TableDifference;
	/** Tables of which no snapshot has the rows. */
	readonly leftOut: readonly string[];
	/** What the statements that made tables say of their columns; undefined: nobody knows. */
	readonly columnsOf: (
		sqls: readonly string[],
	) => readonly (readonly StoredColumn[] | undefined)[];
}

/**
 * Page by page: pages that are the same in both need not be taken apart, and of the others only those that hold rows. Why
 * that is right: docs/decisions/0033.
 * @throws Malformed
 */
export function* comparingDatabases(
	request: ComparedDatabases,
): Work<DatabaseDifference> {
	const { left, right, isKnown } = request;
	const isComparable =
		left.pageSize === right.pageSize &&
		left.usable === right.usable &&
		!areAllOther(left, right, isKnown);
	const found = isComparable
		? yield* comparingPages(left, right, isKnown)
		: NOTHING_SAME;
	const [one, other] = [yield* mapping(left), yield* mapping(right)];
	const pairs = pairsOf(one, other, request);
	// Where no page is shared, all are gone through.
	if (isComparable) yield* findWrittenOver(one, other, pairs, found);
	const tables: TableDifference[] = [];
	for (const pair of pairs) {
		const difference = yield* comparingTable(pair, found, {
			one,
			other,
			request,
		});
		if (!difference.isNone) tables.push(difference);
	}
	const differing = new Set(tables.map(({ name }) => name));
	return {
		tables,
		schema: schemaDifferences(one.schema.others, other.schema.others),
		kept: yield* comparingKept({ one, other, found, differing }),
		settings: settingDifferences(left, right),
		differing: isComparable ? found.differing : undefined,
	};
}

/** A table in both, or in one of them. */
interface Pair {
	readonly name: string;
	readonly left: Half | undefined;
	readonly right: Half | undefined;
	/** Pages that are in both, on which a row begins that goes on otherwise. */
	writtenOver: readonly number[];
}

interface Half {
	readonly table: StoredTable;
	readonly tree: Tree;
	readonly rows: TableRows;
}

function pairsOf(
	one: Mapped,
	other: Mapped,
	{ leftOut, columnsOf }: ComparedDatabases,
): Pair[] {
	const [left, right] = [one, other].map((side) => {
		const { file, schema, trees } = side;
		const tables = [...schema.tables.values()];
		const columns = columnsOf(tables.map(statementOf));
		return new Map(
			tables.flatMap((table, index): [string, Half][] => {
				const tree = trees.get(table.root);
				if (tree === undefined) return [];
				const rows = new TableRows(file, tree.kind, columns[index]);
				return [[table.name, { table, tree, rows }]];
			}),
		);
	});
	const names = new Set([...(left?.keys() ?? []), ...(right?.keys() ?? [])]);
	return [...names]
		.filter((name) => !leftOut.includes(name))
		.sort()
		.map((name) => ({
			name,
			left: left?.get(name),
			right: right?.get(name),
			writtenOver: [],
		}));
}

/** SQLite's own table of the last rowids has a key in all but its name; nor may another be called as it is. */
function statementOf({ name, sql, ordinary }: StoredTable): string {
	if (ordinary !== undefined) return ordinary;
	return name === "sqlite_sequence"
		? "CREATE TABLE sequence (name TEXT PRIMARY KEY, seq)"
		: sql;
}

/** SQLite writes a row that has kept its length over the old one, and so may change only what it goes on on. */
function* findWrittenOver(
	one: Mapped,
	other: Mapped,
	pairs: readonly Pair[],
	{ isSame }: Found,
): Work<void> {
	const stray = yield* strayPages(one, isSame);
	for (const pair of pairs) {
		const { left, right } = pair;
		if (stray.size === 0) return;
		if (!left || !right) continue;
		const roots = { left: left.table.root, right: right.table.root };
		const shared = rowPages(left.tree).filter(
			isShared(one, other, roots, isSame),
		);
		pair.writtenOver = yield* pagesLeadingTo(one, left.tree, shared, stray);
	}
}

function* comparingTable(
	{ name, left, right, writtenOver }: Pair,
	{ isSame }: Found,
	sides: {
		readonly one: Mapped;
		readonly other: Mapped;
		readonly request: ComparedDatabases;
	},
): Work<TableDifference> {
	const difference = sides.request.difference(name);
	const only = left ?? right;
	if (left === undefined || right === undefined) {
		difference.isOnly = left === undefined ? "right" : "left";
		if (only === undefined) return difference;
		const all = { rows: only.rows, pages: rowPages(only.tree) };
		const none = { rows: only.rows, pages: [] };
		const [a, b] = left === undefined ? [none, all] : [all, none];
		difference.isExact = yield* comparingRows(a, b, difference);
		return difference;
	}
	difference.compareDefinitions(
		left.rows,
		right.rows,
		isSameStatement(left.table.sql, right.table.sql),
	);
	const roots = { left: left.table.root, right: right.table.root };
	const isSharedPage = isShared(sides.one, sides.other, roots, isSame);
	const isAligned = left.rows.isAlignedWith(right.rows);
	const over = new Set(writtenOver);
	const isSkipped = (page: number) =>
		isAligned && isSharedPage(page) && !over.has(page);
	const [some, others] = [left, right].map(({ rows, tree }) => ({
		rows,
		pages: rowPages(tree).filter((page) => !isSkipped(page)),
	}));
	if (some && others)
		difference.isExact = yield* comparingRows(some, others, difference);
	return difference;
}
