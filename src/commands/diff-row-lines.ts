import type { DatabaseDifference } from "../core/diff/compare-databases.ts";
import type { TableDifference } from "../core/diff/table-difference.ts";
import type { Thing } from "../core/diff/things.ts";
import { maskName } from "../core/secrets/secrets.ts";
import type { Words } from "./diff-words.ts";
import { countText, printable, shortened } from "./text.ts";

/** Tables that are named of one database. */
const MOST = 4;

/** "state.db: table gateway_routing 1 row will go; …": what nobody has a better name for. */
export function rowLines(
	path: string,
	{ tables, schema }: DatabaseDifference,
	things: readonly Thing[],
	words: Words,
): string[] {
	const named = new Set(things.map(({ table }) => table));
	const others = tables.flatMap((table) => {
		const text = tableText(table, named.has(table.name), words);
		return text === undefined ? [] : [text];
	});
	const other = schema.length === 0 ? [] : [`${schemaText(schema)}`];
	const parts = [...others, ...other];
	if (parts.length === 0) return [];
	const more = parts.length - MOST;
	const rest = more > 0 ? ` and ${countText(more, "more table")}` : "";
	return [`${path}: ${parts.slice(0, MOST).join("; ")}${rest}`];
}

function tableText(
	table: TableDifference,
	isTold: boolean,
	words: Words,
): string | undefined {
	const name = nameText(table.name);
	const { isOnly, noted, columns, isExact } = table;
	if (isOnly !== undefined)
		return `table ${name} (${countText(noted[isOnly].count, "row")}) ${words.is(isOnly, 1)}`;
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
	const all = [...rows, ...lone];
	if (all.length === 0) return undefined;
	return `table ${name}: ${isExact ? "" : "at most "}${all.join(", ")}`;
}

function schemaText(schema: readonly string[]): string {
	const shown = schema.slice(0, 2).map(nameText).join(", ");
	const more = schema.length - 2;
	return `${shown}${more > 0 ? ` and ${more} more` : ""} made otherwise`;
}

function nameText(name: string): string {
	return shortened(printable(maskName(name)), 60);
}
