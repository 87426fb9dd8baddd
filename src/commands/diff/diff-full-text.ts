import type { Diff } from "../../core/diff/diff.ts";
import type { FileDifference } from "../../core/diff/file-difference.ts";
import type {
	ShownRow,
	TableDifference,
} from "../../core/diff/table-difference.ts";
import { maskName } from "../../core/secrets/secrets.ts";
import { countText, pathText, printable } from "../text/text.ts";
import { keyText } from "./diff-changed-lines.ts";
import { differenceLines } from "./diff-lines.ts";
import { rowParts } from "./diff-row-lines.ts";
import { doubtsText, type How, headText, sameText } from "./diff-text.ts";
import { type Words, wordsFor } from "./diff-words.ts";

/** Of one file, and in all: more than anybody reads. */
const OF_ONE = 60;
const IN_ALL = 600;

/** Each difference in a line, and below that what it is in each file. */
export function fullText(diff: Diff, how: How): string[] {
	const lines = differenceLines(diff, how.now, true);
	const doubts = doubtsText(diff);
	if (lines.length === 0) return [sameText(diff, how), ...doubts];
	const words = wordsFor(diff, true);
	const details = diff.differences.flatMap((one) => detailsOf(one, words));
	const all = [
		...doubts,
		headText(diff, how),
		...lines.map((line) => `  ${line}`),
		...details,
	];
	return bounded(all, IN_ALL);
}

function detailsOf(one: FileDifference, words: Words): string[] {
	const lines = contentLines(one, words);
	if (lines.length === 0) return [];
	return [
		"",
		`${pathText(one.path)}:`,
		...bounded(lines.map(printable), OF_ONE),
	];
}

function contentLines(
	{ content, isSecret, things }: FileDifference,
	words: Words,
): string[] {
	switch (content?.in) {
		case "keys":
			// What is on one line is better told by its keys.
			return content.lines &&
				content.lines.patch.length > 0 &&
				!content.lines.isCut &&
				!isSecret
				? [...content.lines.patch]
				: content.keys.some.map((key) => keyText(key, words));
		case "form":
			return [...(content.lines?.patch ?? [])];
		case "lines":
			return [...content.lines.patch];
		case "rows":
			return [
				// Those that the line above has not all named.
				...rowParts(content.database, things, words, true),
				...content.database.tables.flatMap((table) => tableLines(table, words)),
			];
		default:
			return [];
	}
}

function tableLines(table: TableDifference, words: Words): string[] {
	const { left, right, changed } = table.noted;
	const total = left.count + right.count + changed.count + table.elsewhere;
	if (total === 0) return [];
	const more = total - table.rows.length;
	return [
		`table ${maskName(table.name)}`,
		...table.rows.map((row) => rowLine(row, words)),
		...(more > 0 ? [`  and ${countText(more, "more row")}`] : []),
	];
}

function rowLine({ is, key, columns }: ShownRow, words: Words): string {
	const said = columns.map(({ name, left, right }) =>
		left !== undefined && right !== undefined
			? `${name} ${left === right ? "changed" : words.both(left, right)}`
			: `${name} ${left ?? right}`,
	);
	const sign = { left: "+", right: "-", changed: "~" }[is];
	return `  ${sign} ${key}: ${said.join(", ")}`;
}

function bounded(lines: readonly string[], most: number): string[] {
	if (lines.length <= most) return [...lines];
	return [
		...lines.slice(0, most),
		`and ${countText(lines.length - most, "more line")}`,
	];
}
