import { createHash } from "node:crypto";
import { quoted, type TableForm } from "./sqlite-table-form.ts";
import type { Database, Schema } from "./sqlite-transfer.ts";
import type { BelongingPart, Value } from "./system.ts";

/** A row, as far as it has to be known: by what it is found, and a hash of what it says. */
export interface Row {
	readonly place: readonly Value[];
	/** Of its primary key; empty where there is none. */
	readonly key: readonly Value[];
	readonly time: Value;
	/** Of the columns that both databases have, without a number that SQLite gave it. */
	readonly content: string;
}

/** The rows that belong to one of these, in the order of their places. */
export function* rowsOf(
	database: Database,
	schema: Schema,
	{ table, column, time }: BelongingPart,
	values: readonly Value[],
	own: TableForm,
	other: TableForm,
): Generator<Row> {
	const both = own.columns.filter((one) => other.columns.includes(one));
	const key = own.key.every((one) => both.includes(one)) ? own.key : [];
	const content = own.isNumbered
		? both.filter((one) => one !== own.key[0])
		: both;
	const timed = time !== undefined && both.includes(time) ? [time] : [];
	const columns = [...own.place, ...key, ...timed, ...content];
	const wanted = values.map(() => "?").join(", ");
	const order = own.place.map(quoted).join(", ");
	const rows = database
		.prepare<Value[], Value[]>(
			`SELECT ${columns.map(quoted).join(", ")} FROM ${schema}.${quoted(table)} WHERE ${quoted(column)} IN (${wanted}) ORDER BY ${order}`,
		)
		.raw()
		.iterate(...values);
	const from = (at: number) => (row: Value[], count: number) =>
		row.slice(at, at + count);
	const [keyAt, timeAt] = [own.place.length, own.place.length + key.length];
	for (const row of rows)
		yield {
			place: from(0)(row, own.place.length),
			key: from(keyAt)(row, key.length),
			time: timed.length > 0 ? (row[timeAt] ?? null) : null,
			content: hashOf(row.slice(timeAt + timed.length)),
		};
}

/** Which rows of the copy the live database has not. Of those that it has, so many say something else. */
export function matchRows(
	rows: readonly Row[],
	live: readonly Row[],
	{ isNumbered }: TableForm,
): { readonly missing: readonly Row[]; readonly kept: number } {
	const byKey = new Map(
		live
			.filter(({ key }) => key.length > 0)
			.map((row) => [hashOf(row.key), row]),
	);
	const twinOf = (row: Row) => byKey.get(hashOf(row.key));
	const there = rows.filter((row) => twinOf(row) !== undefined);
	const kept = there.filter((row) => twinOf(row)?.content !== row.content);
	const absent = rows.filter((row) => twinOf(row) === undefined);
	const isKeyed = !isNumbered && rows.some(({ key }) => key.length > 0);
	if (isKeyed) return { missing: absent, kept: kept.length };
	// A number says little: what was brought back once may have got another one.
	const twins = new Set(there.map(twinOf));
	const free = Map.groupBy(
		live.filter((row) => !twins.has(row)),
		({ content }) => content,
	);
	const missing = absent.filter(
		({ content }) => free.get(content)?.pop() === undefined,
	);
	return { missing, kept: kept.length };
}

/** Of values as SQLite tells them apart: 1 is not 1.0, nor a text the bytes of it. */
function hashOf(values: readonly Value[]): string {
	const hash = createHash("sha256");
	for (const value of values) {
		const bytes =
			value instanceof Uint8Array ? value : Buffer.from(String(value));
		const kind = value instanceof Uint8Array ? "bytes" : typeof value;
		hash.update(`${kind} ${bytes.length} `).update(bytes);
	}
	return hash.digest("base64");
}
