import type {
	ContentDifference,
	FileDifference,
} from "../../core/diff/file-difference.ts";
import { hasOtherMode } from "../../core/diff/file-difference.ts";
import type { KeyDifference } from "../../core/diff/key-differences.ts";
import type { LineDifferences } from "../../core/diff/line-differences.ts";
import { targetText } from "../text/target-text.ts";
import { bytesText, countText, pathText } from "../text/text.ts";
import type { Words } from "./diff-words.ts";

/** Keys that are named of one file on its line. */
export const KEYS = 2;

/** What is different in a file that both sides have. */
export function changedLine(one: FileDifference, words: Words): string[] {
	const { content, left, right, rightPath } = one;
	const path = pathText(one.path);
	if (rightPath !== undefined) return [renamedLine(path, rightPath, words)];
	if (left?.kind === "link" && right?.kind === "link")
		return linkLine(path, left.target, right.target, words);
	if (left && right && left.kind !== right.kind && content?.in === "bytes")
		return [`${path}: ${words.both(`a ${left.kind}`, `a ${right.kind}`)}`];
	switch (content?.in) {
		case "rows":
			return [];
		case "keys":
			return keysLine(one, content.keys.some, content.keys.total, words);
		case "form":
			return [`${path}: only ${formText(content.only)}`];
		case "lines":
			return [`${path}: ${linesText(content.lines, content.also, words)}`];
		case "unknown":
			return [`${path}: ${unknownText(one, content, words)}`];
		case "bytes":
			return [bytesLine(path, one, words)];
		default:
			return hasOtherMode(one) ? [] : [`${path}: differs`];
	}
}

/** Of two that differ in a password alone no more can be told. */
function linkLine(path: string, left = "", right = "", words: Words): string[] {
	if (left === right) return [];
	const [one, other] = [targetText(left), targetText(right)];
	return one === other
		? [`${path}: link to ${one}, differs in what is hidden`]
		: [`${path}: link to ${words.both(one, other)}`];
}

/** "it cannot be parsed now; what was in it will come back" */
function unknownText(
	{ left, right }: FileDifference,
	{ why, side }: Extract<ContentDifference, { in: "unknown" }>,
	words: Words,
): string {
	const isGone = left !== undefined && right === undefined;
	if (side === undefined)
		return words.isNow && isGone ? `${why}; it will come back` : why;
	const then =
		words.isNow && side === "right" ? "; what was in it will come back" : "";
	return `${why} ${words.at(side)}${then}`;
}

function renamedLine(path: string, rightPath: string, words: Words): string {
	const other = pathText(rightPath);
	return words.isNow
		? `${other} will be called ${path} again`
		: `${path}: ${words.both(`called so`, `called ${other}`)}`;
}

/** "line ends differ", "comments, spaces or order of keys differ" */
function formText(only: readonly string[]): string {
	const last = only.at(-1) ?? "";
	const before = only.slice(0, -1).join(", ");
	const isOne = only.length === 1 && !last.endsWith("s");
	return `${before === "" ? "" : `${before} or `}${last} ${isOne ? "differs" : "differ"}`;
}

function linesText(
	lines: LineDifferences,
	also: readonly string[],
	words: Words,
): string {
	const more = also.length === 0 ? "" : `, and ${also.join(" and ")}`;
	const { count, isHidden } = lines;
	const isNone = count?.left === 0 && count.right === 0;
	if (isHidden && isNone) return `differs in what is hidden${more}`;
	if (count === undefined) return `differs in too many lines to be told${more}`;
	const said = (["right", "left"] as const)
		.filter((side) => count[side] > 0)
		.map(
			(side) =>
				`${countText(count[side], "line")} ${words.is(side, count[side])}`,
		);
	const hidden = isHidden ? "; it differs in what is hidden, too" : "";
	return said.join(", ") + more + hidden;
}

function bytesLine(
	path: string,
	{ left, right, isSecret }: FileDifference,
	words: Words,
): string {
	if (isSecret) return `${path}: differs (hidden)`;
	return left && right && left.size !== right.size
		? `${path}: ${sizesText(left.size, right.size, words)}`
		: `${path}: differs`;
}

/** Rounded they may be the same. */
function sizesText(left: number, right: number, words: Words): string {
	const [one, other] = [bytesText(left), bytesText(right)];
	return one === other
		? `differs, by ${bytesText(Math.abs(left - right))} in length`
		: words.both(one, other);
}

/** One of a file of which only the names may be told: "`.env`: A changed, B will go (values hidden)". */
export function keysLine(
	{ path, isSecret, things }: FileDifference,
	some: readonly KeyDifference[],
	total: number,
	words: Words,
): string[] {
	// These are named by what they are.
	if (
		things.length > 0 &&
		(isSecret || !things.some(({ is }) => is === "changed"))
	)
		return [];
	const shown = some.slice(0, KEYS).map((one) => keyText(one, words));
	const hidden = some.filter(({ isHidden }) => isHidden).length;
	const more = total - shown.length;
	const all = total === 1 ? "value" : "values";
	const which = hidden < some.length ? "some values" : all;
	const note = hidden === 0 ? "" : ` (${which} hidden)`;
	const rest = more > 0 ? ` and ${countText(more, "more key")}` : "";
	return [`${pathText(path)}: ${shown.join(", ")}${rest}${note}`];
}

/** All that is told of what may be a secret itself: an id of a person, say. */
const HIDDEN = "…";

export function keyText(
	{ key, left, right, isHidden }: KeyDifference,
	words: Words,
): string {
	if (left === undefined || right === undefined) {
		const value = left ?? right ?? "";
		const name = key === HIDDEN ? "an entry (its name is hidden)" : key;
		const said = isHidden ? name : `${name} ${value}`;
		return `${said} ${words.is(left === undefined ? "right" : "left", 1)}`;
	}
	return left === right
		? `${key} changed`
		: `${key} ${words.both(left, right)}`;
}
