import type {
	ColumnFill,
	DatabaseFill,
	TableFill,
} from "../../system/system.ts";
import { maskText } from "../secrets/secrets.ts";
import { whyReferencesLost, whySearchLost } from "./health-database-links.ts";

/**
 * What a database does not say any more, of all that it said; undefined: nothing of that kind.
 * @param counted tables of what people would miss, with the column that says when it came
 */
export function whyEmptied(
	before: DatabaseFill | undefined,
	after: DatabaseFill,
	counted: CountedTables,
): string | undefined {
	if (isEmptied(before, after)) return "has lost all its rows";
	if (before === undefined) return undefined;
	return (
		whySearchLost(before, after) ??
		whyColumnEmptied(before, after, counted) ??
		whyReferencesLost(before, after)
	);
}

type CountedTables = ReadonlyMap<string, string | undefined>;

/** Rows of these tell of the database itself, and are there in one that was just made, too. */
const BOOKKEEPING = /migration|version|meta/i;

/** Made anew, or cleared: what a migration has only moved stands in other tables. */
function isEmptied(
	before: DatabaseFill | undefined,
	after: DatabaseFill,
): boolean {
	const filled = ({ tables }: DatabaseFill) =>
		[...tables].filter(
			([name, { rows }]) => rows > 0 && !BOOKKEEPING.test(name),
		);
	// It could not be looked into: then it had rows.
	if (before === undefined) return filled(after).length === 0;
	const then = filled(before).map(([name]) => name);
	const now = filled(after);
	return (
		then.length > 0 &&
		!now.some(([name, { rows }]) => then.includes(name) || rows > 1)
	);
}

/** Rows that are all there and say nothing: what a migration has only moved, another column has got. */
function whyColumnEmptied(
	before: DatabaseFill,
	after: DatabaseFill,
	counted: CountedTables,
): string | undefined {
	for (const [table, then] of before.tables) {
		const now = after.tables.get(table);
		// One that has lost many rows is told by these, or may drain.
		if (now === undefined || now.rows === 0 || now.rows < then.rows * MANY)
			continue;
		for (const [column, was] of then.columns) {
			const is = now.columns.get(column);
			const isCounted = counted.has(table);
			const isTime = counted.get(table) === column;
			const compared = { then, now, was, isCounted, isTime };
			const why = is && whyLess(column, { ...compared, is });
			if (why === undefined) continue;
			const isText = why !== OFF && was.bytes > 0;
			if (isText && grownBy(before, after) * MOVED >= was.bytes) continue;
			return `${maskText(`${table}.${column}`)} ${why}`;
		}
	}
	return undefined;
}

/** Of the rows of before. */
const MANY = 0.9;
/** What is moved may be packed meanwhile. */
const MOVED = 5;
/** Bytes. A few texts more or less say nothing. */
const MUCH = 2000;
const OFF = "is off in all rows now";

interface Compared {
	readonly then: TableFill;
	readonly now: TableFill;
	readonly was: ColumnFill;
	readonly is: ColumnFill;
	readonly isCounted: boolean;
	/** It says when each row came, which does not pass. */
	readonly isTime: boolean;
}

function whyLess(
	column: string,
	{ then, now, was, is, isCounted, isTime }: Compared,
): string | undefined {
	// Who is at work is active, too, and may rest.
	const isSwitch = isCounted
		? /^(is_?)?(enabled|active)$/i
		: /^(is_?)?enabled$/i;
	if (isSwitch.test(column) && was.filled > 0 && is.filled === 0) return OFF;
	const isHider =
		isCounted && /^(is_?)?(hidden|deleted|archived)(_?at)?$/i.test(column);
	if (isHider && was.filled * 2 < then.rows && is.filled === now.rows)
		return "is on in all rows now";
	if (isTime && was.filled === then.rows && is.filled === 0)
		return hasNewColumn(then, now)
			? undefined
			: "is 0 or empty in all rows now";
	if (PASSING.test(column) || was.bytes === 0) return undefined;
	const wasUsual = was.filled * 2 >= then.rows;
	if (wasUsual && is.filled === 0) return "is empty in all rows now";
	const isLeft = was.bytes >= MUCH && is.bytes * 20 < was.bytes;
	return isLeft ? "has lost nearly all it said" : undefined;
}

/** One that says something in all rows: what is a number or switch elsewhere may have moved there. */
function hasNewColumn(then: TableFill, now: TableFill): boolean {
	return [...now.columns].some(
		([name, { filled }]) => filled === now.rows && !then.columns.has(name),
	);
}

/** Who works on something, until when, and how it went: all of that ends with a restart. */
export const PASSING =
	/(^|[_-])(at|until|time|next|last|due|pid|owner|holder|token|claim\w*|lock\w*|lease\w*|errors?|status|state|reason|cache\w*|hash|etag|cursor|offset|heartbeat\w*)$|[a-z](At|Until|Status|State|Error)$/;

/** Bytes, of all columns that say more than before. */
function grownBy(before: DatabaseFill, after: DatabaseFill): number {
	return [...after.tables]
		.flatMap(([table, { columns }]) =>
			[...columns].map(([column, { bytes }]) => {
				const was = before.tables.get(table)?.columns.get(column);
				return Math.max(0, bytes - (was?.bytes ?? 0));
			}),
		)
		.reduce((sum, more) => sum + more, 0);
}
