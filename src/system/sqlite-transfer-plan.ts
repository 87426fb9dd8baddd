import {
	formOf,
	quoted,
	referencesOf,
	type TableForm,
	whoRefersTo,
} from "./sqlite-table-form.ts";
import type { Database, Schema } from "./sqlite-transfer.ts";
import { headsFrom } from "./sqlite-transfer-heads.ts";
import { matchRows, type Row, rowsOf } from "./sqlite-transfer-rows.ts";
import { triggerObstacles } from "./sqlite-trigger-writes.ts";
import type {
	Belonging,
	BelongingPart,
	TableTransfer,
	TransferPlan,
	Value,
} from "./system.ts";

/** What would come of one into the live database. Changes nothing. */
export function planTransfer(
	database: Database,
	belonging: Belonging,
	key: string,
): TransferPlan | undefined {
	const heads = headsFrom(database, belonging, key);
	if (heads.length === 0) return undefined;
	const { table, key: column, time } = belonging;
	const own: BelongingPart = { table, column, ...(time && { time }) };
	const keys = heads.map((head) => head.key);
	const obstacles: string[] = [];
	const parts = [own, ...belonging.parts];
	const told = (part: BelongingPart, values: readonly Value[]) =>
		tableTransfer(database, part, values, obstacles);
	const tables = parts.flatMap((part) => told(part, keys));
	const known = new Set(parts.map((part) => part.table));
	// What they refer to, and what that refers to: rows that the live database may have lost with them.
	const before: TableTransfer[] = [];
	const wanted: Needed[] = parts.map((part) => ({ part, values: keys }));
	for (const { part, values } of wanted)
		for (const needed of neededBy(database, part, values, known, obstacles)) {
			before.unshift(...told(needed.part, needed.values));
			wanted.push(needed);
		}
	const all = [...before, ...tables];
	const coming = all.filter(({ rows }) => rows.length > 0);
	for (const name of new Set(coming.map((one) => one.table)))
		obstacles.push(...triggerObstacles(database, name));
	return { heads, tables: all, obstacles };
}

interface Needed {
	readonly part: BelongingPart;
	readonly values: readonly Value[];
}

function neededBy(
	database: Database,
	{ table, column }: BelongingPart,
	values: readonly Value[],
	known: ReadonlySet<string>,
	obstacles: string[],
): Needed[] {
	const then = formOf(database, "copy", table);
	return referencesOf(database, table)
		.filter(
			(one) => then?.columns.includes(one.column) && !known.has(one.table),
		)
		.flatMap((one): Needed[] => {
			const isThere = (schema: Schema, value: Value) =>
				formOf(database, schema, one.table)?.columns.includes(one.to) &&
				database
					.prepare(
						`SELECT 1 FROM ${schema}.${quoted(one.table)} WHERE ${quoted(one.to)} IS ?`,
					)
					.get(value) !== undefined;
			const lacking = database
				.prepare<Value[], Value>(
					`SELECT DISTINCT ${quoted(one.column)} FROM copy.${quoted(table)} WHERE ${isOneOf(column, values)} AND ${quoted(one.column)} IS NOT NULL`,
				)
				.pluck()
				.all(...values)
				.filter((value) => !isThere("main", value));
			if (lacking.some((value) => !isThere("copy", value)))
				obstacles.push(
					`its ${table}.${one.column} refers to a row of ${one.table} that is not there, nor in the snapshot`,
				);
			const part = { table: one.table, column: one.to };
			return lacking.length === 0 ? [] : [{ part, values: lacking }];
		});
}

function tableTransfer(
	database: Database,
	part: BelongingPart,
	values: readonly Value[],
	obstacles: string[],
): TableTransfer[] {
	const { table, column } = part;
	const then = formOf(database, "copy", table);
	if (!then?.columns.includes(column)) return [];
	const now = formOf(database, "main", table);
	const rows = [...rowsOf(database, "copy", part, values, then, now ?? then)];
	if (rows.length === 0) return [];
	if (!now?.columns.includes(column)) {
		obstacles.push(`it has no ${table}.${column} any more`);
		return [];
	}
	const live = [...rowsOf(database, "main", part, values, now, then)];
	const { missing, kept } = matchRows(rows, live, now);
	if (missing.length > 0) obstacles.push(...unfilled(table, now, then));
	const number = now.key[0] ?? "";
	const isRenumbered = areNumbersTaken(database, table, now, missing);
	if (isRenumbered) obstacles.push(...named(database, table, number));
	const shared = now.columns.filter((one) => then.columns.includes(one));
	const times = missing
		.map(({ time }) => time)
		.filter((time) => time !== null)
		.sort((a, b) => (a < b ? -1 : 1));
	return [
		{
			table,
			columns: isRenumbered ? shared.filter((one) => one !== number) : shared,
			place: then.place,
			rows: missing.map(({ place }) => place),
			kept,
			first: times.at(0) ?? null,
			last: times.at(-1) ?? null,
			isRenumbered,
			dropped: droppedOf(database, part, values, now, then),
		},
	];
}

function unfilled(table: string, now: TableForm, then: TableForm): string[] {
	return now.required
		.filter((column) => !then.columns.includes(column))
		.map(
			(column) =>
				`its ${table}.${column} has to be filled, and the snapshot is from before there was one`,
		);
}

function named(database: Database, table: string, number: string): string[] {
	const referring = whoRefersTo(database, table, number);
	if (referring.length === 0) return [];
	return [
		`other rows of ${table} have those numbers by now, and ${referring.join(", ")} refers to them`,
	];
}

function areNumbersTaken(
	database: Database,
	table: string,
	{ isNumbered, key: [number = ""] }: TableForm,
	missing: readonly Row[],
): boolean {
	if (!isNumbered) return false;
	const asked = database.prepare<[Value]>(
		`SELECT 1 FROM main.${quoted(table)} WHERE ${quoted(number)} = ?`,
	);
	return missing.some(({ key: [value = null] }) => asked.get(value));
}

function droppedOf(
	database: Database,
	{ table, column }: BelongingPart,
	values: readonly Value[],
	now: TableForm,
	then: TableForm,
): string[] {
	const gone = then.columns.filter((one) => !now.columns.includes(one));
	return gone.filter(
		(one) =>
			database
				.prepare<Value[]>(
					`SELECT 1 FROM copy.${quoted(table)} WHERE ${isOneOf(column, values)} AND ${quoted(one)} IS NOT NULL LIMIT 1`,
				)
				.get(...values) !== undefined,
	);
}

export function isOneOf(column: string, values: readonly Value[]): string {
	return `${quoted(column)} IN (${values.map(() => "?").join(", ")})`;
}
