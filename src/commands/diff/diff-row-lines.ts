import type { DatabaseDifference } from "../../core/diff/compare-databases.ts";
import type { TableDifference } from "../../core/diff/table-difference.ts";
import type { Thing } from "../../core/diff/things.ts";
import { maskName } from "../../core/secrets/secrets.ts";
import { cutWithin } from "../../core/words.ts";
import { countText, printable } from "../text/text.ts";
import type { Words } from "./diff-words.ts";

/** Parts that are named of one database. */
const MOST = 4;
/** Of a name. */
const WIDEST = 60;

/** "state.db: table gateway_routing 1 row will go; …": what nobody has a better name for. */
export function rowLines(
	path: string,
	database: DatabaseDifference,
	things: readonly Thing[],
	words: Words,
): string[] {
	const parts = rowParts(database, things, words);
	if (parts.length === 0) return [];
	const more = parts.length - MOST;
	const rest = more > 0 ? ` and ${countText(more, "more difference")}` : "";
	return [`${path}: ${parts.slice(0, MOST).join("; ")}${rest}`];
}

/** Rows first, then how it is made, and last what SQLite keeps for itself, where that did not have to follow. @param isAll that, too */
export function rowParts(
	{ tables, schema, kept, settings }: DatabaseDifference,
	things: readonly Thing[],
	words: Words,
	isAll = false,
): string[] {
	const told = new Set(things.map(({ table }) => table));
	const isSequence = ({ name }: TableDifference) => name === "sqlite_sequence";
	const [sequences, others] = [
		tables.filter(isSequence),
		tables.filter((table) => !isSequence(table)),
	];
	const hasRows = others.some(({ noted, isOnly }) => {
		const { left, right } = noted;
		return isOnly !== undefined || left.count + right.count > 0;
	});
	return [
		...others.flatMap((table) => tableText(table, told.has(table.name), words)),
		...schema.map(({ what, is }) =>
			is === "changed"
				? `${nameText(what)} ${words.otherwise}`
				: `${nameText(what)} ${words.is(is, 1)}`,
		),
		...settings.map(
			({ name, left, right }) => `${name} ${words.both(left, right)}`,
		),
		...(sequences.length > 0 && (isAll || !hasRows)
			? ["the last rowids that were given differ"]
			: []),
		...kept
			.filter(({ follows }) => isAll || !follows)
			.map(
				({ what }) =>
					`the ${nameText(what)} ${what.startsWith("statistics") ? "differ" : "differs"}`,
			),
	];
}

function tableText(
	table: TableDifference,
	isTold: boolean,
	words: Words,
): string[] {
	const name = nameText(table.name);
	const { isOnly, noted, columns, altered, isExact, elsewhere } = table;
	if (isOnly !== undefined)
		return [
			`table ${name} (${countText(noted[isOnly].count, "row")}) ${words.is(isOnly, 1)}`,
		];
	const rows = (["right", "left", "changed"] as const)
		.filter((is) => !isTold && noted[is].count > 0)
		.map(
			(is) =>
				`${countText(noted[is].count, "row")} ${words.is(is, noted[is].count)}`,
		);
	const lone = (["right", "left"] as const)
		.filter((is) => columns[is].length > 0)
		.map(
			(is) =>
				`${columns[is].length === 1 ? "column" : "columns"} ${columns[is].map(nameText).join(", ")} ${words.is(is, columns[is].length)}`,
		);
	const all = [
		...rows,
		...lone,
		...altered.map(
			({ name, left = "", right = "" }) =>
				`column ${nameText(name)} ${words.both(left, right)}`,
		),
		...(table.isMadeOtherwise ? [words.otherwise] : []),
		...(elsewhere > 0
			? [`${countText(elsewhere, "row")} only by the rowid`]
			: []),
	];
	if (all.length === 0) return [];
	return [`table ${name}: ${isExact ? "" : "at most "}${all.join(", ")}`];
}

function nameText(name: string): string {
	return cutWithin(printable(maskName(name)), WIDEST);
}
