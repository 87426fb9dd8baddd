import { formOf, quoted } from "./sqlite-table-form.ts";
import type { Database, Schema } from "./sqlite-transfer.ts";
import type { Belonging, Head, Value } from "./system.ts";

/** Those that our copy has and the live database has not, the newest first. */
export function missingHeads(database: Database, belonging: Belonging): Head[] {
	const { table, key } = belonging;
	if (!has(database, "copy", belonging)) return [];
	const lives =
		has(database, "main", belonging) &&
		`WHERE NOT EXISTS (SELECT 1 FROM main.${quoted(table)} AS live WHERE live.${quoted(key)} IS head.${quoted(key)})`;
	return database
		.prepare<[], Head>(
			`SELECT ${headColumns(database, belonging)} FROM copy.${quoted(table)} AS head ${lives || ""} ORDER BY time DESC`,
		)
		.all();
}

/** That one, and those that it goes on from, up to one that is there. */
export function headsFrom(
	database: Database,
	belonging: Belonging,
	key: string,
): Head[] {
	const { table, key: column, parent } = belonging;
	const heads: Head[] = [];
	if (!has(database, "copy", belonging)) return heads;
	const from = (schema: Schema) => `FROM ${schema}.${quoted(table)} AS head`;
	const isLive = (value: Value) =>
		has(database, "main", belonging) &&
		database
			.prepare(`SELECT 1 ${from("main")} WHERE ${quoted(column)} IS ?`)
			.get(value) !== undefined;
	const asked = `SELECT ${headColumns(database, belonging)}, ${headColumn(database, belonging, parent)} AS parent ${from("copy")}`;
	type Found = Head & { readonly parent: Value };
	// As it was typed it is a text, whatever it is there.
	let found = database
		.prepare<[string], Found>(
			`${asked} WHERE CAST(head.${quoted(column)} AS TEXT) = ?`,
		)
		.get(key);
	const byKey = database.prepare<[Value], Found>(
		`${asked} WHERE head.${quoted(column)} IS ?`,
	);
	while (found !== undefined) {
		const { parent: before, ...head } = found;
		heads.push(head);
		const isKnown = heads.some((one) => one.key === before);
		found =
			before === null || isKnown || isLive(before)
				? undefined
				: byKey.get(before);
	}
	return heads;
}

function has(
	database: Database,
	schema: Schema,
	{ table, key }: Belonging,
): boolean {
	return formOf(database, schema, table)?.columns.includes(key) === true;
}

function headColumns(database: Database, belonging: Belonging): string {
	const { key, title, time } = belonging;
	const column = (name: string | undefined) =>
		headColumn(database, belonging, name);
	return `head.${quoted(key)} AS "key", ${column(title)} AS title, ${column(time)} AS time`;
}

/** What the copy lacks of it is nothing. */
function headColumn(
	database: Database,
	{ table }: Belonging,
	name: string | undefined,
): string {
	const there = formOf(database, "copy", table)?.columns ?? [];
	return name !== undefined && there.includes(name)
		? `head.${quoted(name)}`
		: "NULL";
}
