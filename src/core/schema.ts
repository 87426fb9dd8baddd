import type { DatabaseSchema } from "../system/system.ts";

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
		...[...live.tables].flatMap(([table, columns]) => {
			const there = snapshot.tables.get(table);
			if (there === undefined) return [`it has no table ${table}`];
			return [
				...[...columns.keys()]
					.filter((column) => !there.has(column))
					.map((column) => `it has no column ${table}.${column}`),
				...[...there]
					.filter(([column, { required }]) => required && !columns.has(column))
					.map(([column]) => `its column ${table}.${column} has to be filled`),
			];
		}),
	];
	if (differences.length === 0) return undefined;
	const more = differences.length - MOST;
	return `${differences.slice(0, MOST).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

const MOST = 3;

function versionDifference(
	live: DatabaseSchema,
	snapshot: DatabaseSchema,
): string[] {
	const [now, then] = [live.userVersion, snapshot.userVersion];
	return now === then ? [] : [`its user_version is ${then} and not ${now}`];
}
