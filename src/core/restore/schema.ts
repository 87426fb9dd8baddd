import type { DatabaseSchema, TableSchema } from "../../system/system.ts";
import { sha256Of } from "../capture/content-hash.ts";

/**
 * What of a database's owner would not find its way in the other one; undefined when it would not notice.
 * Its own additions count, because it reads and writes them; what it never heard of does not, unless it must be filled.
 */
export function whyNotUnderOwner(
	live: DatabaseSchema,
	snapshot: DatabaseSchema,
): string | undefined {
	const differences = [
		...versionDifference(live, snapshot),
		...(live.encoding === snapshot.encoding
			? []
			: [`its text is ${snapshot.encoding} and not ${live.encoding}`]),
		...[...live.tables].flatMap(([name, table]) =>
			tableDifferences(name, table, snapshot.tables.get(name)),
		),
	];
	if (differences.length === 0) return undefined;
	const more = differences.length - MOST;
	return `${differences.slice(0, MOST).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

const MOST = 3;

/** SHA-256, hex: of two that are equal, `whyNotUnderOwner` finds nothing. */
export function schemaHash(schema: DatabaseSchema): string {
	const text = JSON.stringify(schema, (_, value: unknown) => {
		if (value instanceof Map)
			return [...value].toSorted(([a], [b]) => (a < b ? -1 : 1));
		return value instanceof Set ? [...value].toSorted() : value;
	});
	return sha256Of(Buffer.from(text));
}

function tableDifferences(
	name: string,
	live: TableSchema,
	there: TableSchema | undefined,
): string[] {
	if (there === undefined) return [`it has no table ${name}`];
	if (live.definition !== there.definition)
		return [`its ${name} is defined otherwise`];
	return [
		...columnDifferences(name, live, there),
		...[...live.uniqueKeys.difference(there.uniqueKeys)].map(
			(key) => `its ${name} has no unique index of ${key}`,
		),
		...[...there.uniqueKeys.difference(live.uniqueKeys)].map(
			(key) => `its ${name} has a unique index of ${key}`,
		),
		...[...live.triggers]
			.filter(([trigger, made]) => there.triggers.get(trigger) !== made)
			.map(([trigger]) =>
				there.triggers.has(trigger)
					? `its trigger ${trigger} does something else`
					: `it has no trigger ${trigger}`,
			),
	];
}

function columnDifferences(
	name: string,
	live: TableSchema,
	there: TableSchema,
): string[] {
	return [
		...[...live.columns].flatMap(([column, { form, hasDefault }]) => {
			const found = there.columns.get(column);
			if (found === undefined) return [`it has no column ${name}.${column}`];
			if (found.form !== form)
				return [`its column ${name}.${column} is defined otherwise`];
			return hasDefault && !found.hasDefault
				? [`its column ${name}.${column} has no default`]
				: [];
		}),
		...[...there.columns]
			.filter(
				([column, { required }]) =>
					required && live.columns.get(column)?.required !== true,
			)
			.map(([column]) => `its column ${name}.${column} has to be filled`),
	];
}

function versionDifference(
	live: DatabaseSchema,
	snapshot: DatabaseSchema,
): string[] {
	const [now, then] = [live.userVersion, snapshot.userVersion];
	return now === then ? [] : [`its user_version is ${then} and not ${now}`];
}
