import {
	type FileDifference,
	hasOtherMode,
} from "../core/diff/file-difference.ts";
import type { KeyDifference } from "../core/diff/key-differences.ts";
import type { Item } from "../core/diff/side.ts";
import { parentOf } from "../core/home/paths.ts";
import { rowLines } from "./diff-row-lines.ts";
import type { Words } from "./diff-words.ts";
import { bytesText, countText, pathText, someOf } from "./text.ts";

/** Keys that are named of one file. */
const KEYS = 2;

/** A line for each file that needs one; those of a directory together where that says enough. */
export function fileLines(
	differences: readonly FileDifference[],
	words: Words,
): string[] {
	const changed = differences.filter(({ is }) => is === "changed");
	const isPlain = ({ content, left, right, rightPath }: FileDifference) =>
		["lines", "bytes"].includes(content?.in ?? "") &&
		rightPath === undefined &&
		!(left?.kind === "link" && right?.kind === "link");
	const [plain, special] = [
		changed.filter(isPlain),
		changed.filter((one) => !isPlain(one)),
	];
	const lone = (side: "left" | "right") =>
		differences.filter(
			({ is, things, content }) =>
				is === side && things.length === 0 && content === undefined,
		);
	return [
		...special.flatMap((one) => specialLines(one, words)),
		...loneLost(differences, words),
		...loneLines(lone("right"), "right", words),
		...loneLines(lone("left"), "left", words),
		...groupedLines(plain, words),
		...changed.filter(hasOtherMode).map((one) => modeLine(one, words)),
	];
}

function specialLines(one: FileDifference, words: Words): string[] {
	const { content, left, right, rightPath } = one;
	const path = pathText(one.path);
	if (rightPath !== undefined) {
		const other = pathText(rightPath);
		return [
			words.isNow
				? `${other} will be called ${path} again`
				: `${path}: ${words.both(`called so`, `called ${other}`)}`,
		];
	}
	if (left?.kind === "link" && right?.kind === "link")
		return [
			`${path}: link to ${words.both(pathText(left.target ?? ""), pathText(right.target ?? ""))}`,
		];
	switch (content?.in) {
		case "rows":
			return rowLines(path, content.database, one.things, words);
		case "keys":
			return keysLine(one, content.keys.some, content.keys.total, words);
		case "unknown":
			return [
				`${path}: ${content.why}${words.isNow && left !== undefined && right === undefined ? "; it will come back" : ""}`,
			];
		default:
			return [];
	}
}

/** One of a file of which only the names may be told: "`.env`: A changed, B will go (values hidden)". */
function keysLine(
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
	const note =
		hidden === 0
			? ""
			: ` (${hidden === 1 && total === 1 ? "value" : "values"} hidden)`;
	const rest = more > 0 ? ` and ${countText(more, "more key")}` : "";
	return [`${pathText(path)}: ${shown.join(", ")}${rest}${note}`];
}

export function keyText(
	{ key, left, right, isHidden }: KeyDifference,
	words: Words,
): string {
	if (left === undefined || right === undefined) {
		const value = left ?? right ?? "";
		const said = isHidden ? key : `${key} ${value}`;
		return `${said} ${words.is(left === undefined ? "right" : "left", 1)}`;
	}
	return isHidden && left === right
		? `${key} changed`
		: `${key} ${words.both(left, right)}`;
}

/** In the place of a file that one side has there is something that cannot be read. */
function loneLost(
	differences: readonly FileDifference[],
	words: Words,
): string[] {
	return differences
		.filter(({ is, content }) => is !== "changed" && content?.in === "unknown")
		.map(({ path, is, left, content }) => {
			const why = content?.in === "unknown" ? content.why : "";
			const then =
				is === "left" && left !== undefined
					? `; what is in it ${words.is("left", 1)}`
					: "";
			return `${pathText(path)}: ${why}${then}`;
		});
}

function loneLines(
	files: readonly FileDifference[],
	side: "left" | "right",
	words: Words,
): string[] {
	if (files.length === 0) return [];
	const [only] = files;
	const names = files.map(({ path }) => path);
	const of =
		files.length === 1 && only
			? kindText(side === "left" ? only.left : only.right)
			: countText(files.length, "file");
	return [`${of} ${words.is(side, files.length)}: ${someOf(names)}`];
}

function kindText(item: Item | undefined): string {
	if (item === undefined) return "1 file";
	return `1 ${item.kind}${item.kind === "file" || item.kind === "database" ? ` (${bytesText(item.size)})` : ""}`;
}

/** "skills/arxiv differs in 2 files" */
function groupedLines(
	files: readonly FileDifference[],
	words: Words,
): string[] {
	const groups = Map.groupBy(files, ({ path }) => groupOf(path));
	return [...groups].flatMap(([group, some]) =>
		some.length > 1 && group !== undefined
			? [`${pathText(group)} differs in ${countText(some.length, "file")}`]
			: some.map((one) => plainLine(one, words)),
	);
}

/** The directory that a person would name: two names deep at most. */
function groupOf(path: string): string | undefined {
	return parentOf(path)?.split("/").slice(0, 2).join("/");
}

function plainLine(
	{ path, content, left, right, isSecret }: FileDifference,
	words: Words,
): string {
	const name = pathText(path);
	if (left && right && left.kind !== right.kind)
		return `${name}: ${words.both(`a ${left.kind}`, `a ${right.kind}`)}`;
	const lines = content?.in === "lines" ? content.lines : undefined;
	if (lines?.isHidden) return `${name}: differs in what is hidden`;
	if (lines?.count !== undefined) {
		const { count } = lines;
		const sides = (["right", "left"] as const).filter(
			(side) => count[side] > 0,
		);
		const said = sides.map(
			(side) =>
				`${countText(count[side], "line")} ${words.is(side, count[side])}`,
		);
		return `${name}: ${said.join(", ")}`;
	}
	if (isSecret) return `${name}: differs (hidden)`;
	return left && right && left.size !== right.size
		? `${name}: ${words.both(bytesText(left.size), bytesText(right.size))}`
		: `${name}: differs`;
}

function modeLine({ path, left, right }: FileDifference, words: Words): string {
	const text = (item: Item | undefined) => (item?.mode ?? 0).toString(8);
	return `${pathText(path)}: mode ${words.both(text(left), text(right))}`;
}
