import {
	type FileDifference,
	hasOtherMode,
} from "../../core/diff/file-difference.ts";
import type { Item } from "../../core/diff/side.ts";
import { WEIGHTS } from "../../core/diff/weight.ts";
import { bytesText, countText, pathText } from "../text/text.ts";
import { changedLine } from "./diff-changed-lines.ts";
import { groupedByDirectory, groupedText, namesText } from "./diff-groups.ts";
import { rowLines } from "./diff-row-lines.ts";
import type { Words } from "./diff-words.ts";

/** A line for each file that needs one, first those that somebody would miss most; of the others what is in one directory goes together. */
export function fileLines(
	differences: readonly FileDifference[],
	words: Words,
): string[] {
	const alone = differences
		.filter(({ newHome }) => newHome === undefined || words.isEach)
		.toSorted((a, b) => a.place - b.place);
	return WEIGHTS.flatMap((weight) =>
		linesOf(
			alone.filter((one) => one.weight === weight),
			words,
		),
	);
}

/** Homes within the home: "profile work (14 files) will go". */
export function homeLines(
	differences: readonly FileDifference[],
	words: Words,
): string[] {
	const homes = Map.groupBy(differences, ({ newHome }) => newHome);
	homes.delete(undefined);
	return [...homes].flatMap(([home = "", files]) => {
		const [kind = "", name = ""] = home.split("/").slice(-2);
		const [first] = files;
		if (first === undefined || first.is === "changed") return [];
		const what = `${kind.replace(/s$/, "")} ${pathText(name)}`;
		return [
			`${what} (${countText(files.length, "file")}) ${words.is(first.is, 1)}`,
		];
	});
}

/** Of files that weigh the same. */
function linesOf(files: readonly FileDifference[], words: Words): string[] {
	const changed = files.filter(
		({ is, content }) => is === "changed" && content?.in !== "rows",
	);
	const [single, many] = words.isEach
		? [changed, []]
		: [changed.filter(isSingle), changed.filter((one) => !isSingle(one))];
	const databases = files.filter(({ content }) => content?.in === "rows");
	return [
		...single.flatMap((one) => changedLine(one, words)),
		...lostLines(files, words),
		...loneLines(files, "right", words),
		...loneLines(files, "left", words),
		...databases.flatMap((one) =>
			one.content?.in === "rows"
				? rowLines(pathText(one.path), one.content.database, one.things, words)
				: [],
		),
		...groupedLines(many, words),
		...modeLines(files.filter(hasOtherMode), words),
	];
}

/** It has a line of its own, whatever is beside it. */
function isSingle({
	weight,
	content,
	rightPath,
	left,
	right,
}: FileDifference): boolean {
	if (rightPath !== undefined || content?.in === "unknown") return true;
	if (left?.kind === "link" && right?.kind === "link") return true;
	return weight !== "other" && ["keys", "form"].includes(content?.in ?? "");
}

/** In the place of a file that one side has there is something that cannot be read. */
function lostLines(
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
	differences: readonly FileDifference[],
	side: "left" | "right",
	words: Words,
): string[] {
	const files = differences.filter(
		({ is, things, content }) =>
			is === side &&
			content === undefined &&
			// What is in it is named by what it is.
			(things.length === 0 || words.isEach),
	);
	if (words.isEach) return files.map((one) => loneLine([one], side, words));
	return files.length === 0 ? [] : [loneLine(files, side, words)];
}

function loneLine(
	files: readonly FileDifference[],
	side: "left" | "right",
	words: Words,
): string {
	const [only] = files;
	const of =
		files.length === 1 && only
			? kindText(side === "left" ? only.left : only.right)
			: kindsText(files.map(({ left, right }) => right ?? left));
	const paths = files.map(({ path }) => path);
	return `${of} ${words.is(side, files.length)}: ${namesText(paths)}`;
}

/** "2 files", "1 file and 1 link" */
function kindsText(items: readonly (Item | undefined)[]): string {
	const kinds = Map.groupBy(items, (item) =>
		item === undefined || item.kind === "database" ? "file" : item.kind,
	);
	return [...kinds]
		.map(([kind, some]) => countText(some.length, kind))
		.join(" and ");
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
	return groupedByDirectory(files, ({ path }) => path).flatMap(
		([group, some]) =>
			some.length > 1 && group !== undefined
				? [groupedText(group, some.length)]
				: some.flatMap((one) => changedLine(one, words)),
	);
}

/** Those that change in the same way together. */
function modeLines(files: readonly FileDifference[], words: Words): string[] {
	const text = (item: Item | undefined) => (item?.mode ?? 0).toString(8);
	const ways = Map.groupBy(files, ({ left, right }) =>
		words.both(text(left), text(right)),
	);
	return [...ways].flatMap(([way, some]) =>
		some.length > 1 && !words.isEach
			? [
					`${countText(some.length, "file")}: mode ${way}: ${namesText(some.map(({ path }) => path))}`,
				]
			: some.map(({ path }) => `${pathText(path)}: mode ${way}`),
	);
}
