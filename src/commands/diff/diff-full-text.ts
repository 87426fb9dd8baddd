import type { Diff } from "../../core/diff/diff.ts";
import type { FileDifference } from "../../core/diff/file-difference.ts";
import type {
	ShownRow,
	TableDifference,
} from "../../core/diff/table-difference.ts";
import { maskName } from "../../core/secrets/secrets.ts";
import { countText, pathText, printable } from "../text/text.ts";
import { KEYS, keyText } from "./diff-changed-lines.ts";
import { differenceLines } from "./diff-lines.ts";
import { rowParts } from "./diff-row-lines.ts";
import { doubtsText, type How, headText, sameText } from "./diff-text.ts";
import { type Words, wordsFor } from "./diff-words.ts";

/** Lines of one list within a file, and in all: more than anybody reads. */
const USUAL = { list: 60, all: 600 };
/** Of one path that was asked for. */
const LONG = { list: 1000, all: 1200 };

/** Each difference in a line, and below that what it is in each file. */
export function fullText(diff: Diff, how: How): string[] {
	const lines = differenceLines(diff, how.now, true);
	const doubts = doubtsText(diff);
	if (lines.length === 0) return [sameText(diff, how), ...doubts];
	const words = wordsFor(diff, true);
	const details = diff.differences.flatMap((one) => detailsOf(one, words, how));
	const all = [
		...doubts,
		headText(diff, how),
		...lines.map((line) => `  ${line}`),
		...details,
	];
	const told = firstOf({ lines: all }, (how.isLong ? LONG : USUAL).all);
	return told.isCut && !how.isChat
		? [...told.lines, `Of one file alone: ${how.again("PATH")} --full`]
		: [...told.lines];
}

function detailsOf(one: FileDifference, words: Words, how: How): string[] {
	const most = (how.isLong ? LONG : USUAL).list;
	const lists = contentLists(one, words).map((list) => firstOf(list, most));
	const lines = lists.flatMap((list) => list.lines);
	if (lines.length === 0) return [];
	const isCut = lists.some((list) => list.isCut);
	// There a longer one would be cut as well.
	const isHint = isCut && !how.isLong && !how.isChat;
	return [
		"",
		`${pathText(one.path)}:`,
		...lines.map(printable),
		...(isHint ? [`More of it: ${how.again(one.path)} --full`] : []),
	];
}

/** Lines of one kind. */
interface List {
	readonly lines: readonly string[];
	/** What each of them is of: "key". */
	readonly noun?: string;
	/** How many there are; undefined: these. */
	readonly total?: number;
}

function contentLists(
	{ content, isSecret, things }: FileDifference,
	words: Words,
): List[] {
	switch (content?.in) {
		case "keys": {
			const { some, total } = content.keys;
			// What is on one line is better told by its keys.
			const isPatch = content.lines?.isCut === false && !isSecret;
			const patch = isPatch ? (content.lines?.patch ?? []) : [];
			const lines = some.map((key) => keyText(key, words));
			const keys = { lines, total, noun: "key" };
			// The line above names so many, and the patch shows them.
			return total <= KEYS && patch.length > 0
				? [{ lines: patch }]
				: [keys, { lines: patch }];
		}
		case "form":
			return [{ lines: content.lines?.patch ?? [] }];
		case "lines":
			return [{ lines: content.lines.patch }];
		case "rows": {
			const { tables } = content.database;
			// Those that the line above has not all named.
			const parts = rowParts(content.database, things, words, true);
			const rows = tables.flatMap((table) => tableLines(table, words));
			return [{ lines: [...parts, ...rows] }];
		}
		default:
			return [];
	}
}

function tableLines(table: TableDifference, words: Words): string[] {
	const more = leftOf(table, words);
	if (table.rows.length + more.length === 0) return [];
	return [
		`table ${maskName(table.name)}`,
		...table.rows.map((row) => rowLine(row, words)),
		...(more.length > 0 ? [`  and ${more.join(", ")}`] : []),
	];
}

/** Rows that are not shown, by what becomes of them. */
function leftOf(
	{ noted, elsewhere, rows }: TableDifference,
	words: Words,
): string[] {
	return (["right", "left", "changed"] as const).flatMap((is) => {
		const total = noted[is].count + (is === "changed" ? elsewhere : 0);
		const more = total - rows.filter((row) => row.is === is).length;
		return more > 0
			? [`${countText(more, "more row")} ${words.is(is, more)}`]
			: [];
	});
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

function firstOf(
	{ lines, total = lines.length, noun = "line" }: List,
	most: number,
): { readonly lines: readonly string[]; readonly isCut: boolean } {
	const shown = lines.slice(0, most);
	const more = total - shown.length;
	if (more === 0) return { lines, isCut: false };
	const rest = `and ${countText(more, `more ${noun}`)}`;
	return { lines: [...shown, rest], isCut: true };
}
