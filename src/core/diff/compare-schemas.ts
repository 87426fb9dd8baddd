import type { SqliteFile } from "./sqlite-file.ts";
import type { SideName } from "./table-difference.ts";

/** An index, a trigger, a view or a virtual table that only one of two has, or that is made otherwise there. */
export interface SchemaDifference {
	/** "index by_time" */
	readonly what: string;
	readonly is: SideName | "changed";
}

/** What stands in the header of a database, by the names of SQLite's pragmas: "user_version". */
export interface SettingDifference {
	readonly name: string;
	readonly left: string;
	readonly right: string;
}

/** @param left statements by what they made */
export function schemaDifferences(
	left: ReadonlyMap<string, string>,
	right: ReadonlyMap<string, string>,
): SchemaDifference[] {
	return [...new Set([...left.keys(), ...right.keys()])]
		.filter((what) => !isSameStatement(left.get(what), right.get(what)))
		.sort()
		.map((what) => ({
			what,
			is: !left.has(what) ? "right" : !right.has(what) ? "left" : "changed",
		}));
}

/** Of an empty file none is known. */
export function settingDifferences(
	left: SqliteFile,
	right: SqliteFile,
): SettingDifference[] {
	const there = right.settings;
	return [...left.settings].flatMap(([name, one]) => {
		const other = there.get(name);
		return other === undefined || one === other
			? []
			: [{ name, left: one, right: other }];
	});
}

/** Two statements that make the same, however they are written: SQLite itself quotes names when it renames. */
export function isSameStatement(one = "", other = ""): boolean {
	return one === other || bare(one) === bare(other);
}

/** Without what means nothing outside of texts in quotes. */
function bare(sql: string): string {
	return sql.replace(/('(?:[^']|'')*')|([^']+)/g, (_, text, rest = "") =>
		text === undefined
			? rest
					.toLowerCase()
					.replace(/["`[\]]/g, "")
					.replace(/\s+/g, " ")
					.replace(/ ?([(),;=<>*+-]) ?/g, "$1")
			: text,
	);
}
