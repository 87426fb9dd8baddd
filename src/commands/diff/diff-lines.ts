import type { Diff } from "../../core/diff/diff.ts";
import type { FileDifference } from "../../core/diff/file-difference.ts";
import { countText, someOf } from "../text/text.ts";
import { fileLines, homeLines } from "./diff-file-lines.ts";
import { thingLines } from "./diff-thing-lines.ts";
import { wordsFor } from "./diff-words.ts";

/** What differs, a line each: first what nobody could read, and what people would miss, then files. @param isEach no file is told together with others */
export function differenceLines(
	diff: Diff,
	now: Date,
	isEach = false,
): string[] {
	const words = wordsFor(diff, isEach);
	const moving = diff.differences.filter(({ stays }) => stays === undefined);
	const lost = moving.filter(({ content }) => content?.in === "unknown");
	const known = moving.filter(({ content }) => content?.in !== "unknown");
	return [
		...fileLines(lost, words),
		...homeLines(known, words),
		...thingLines(
			moving.flatMap(({ things }) => things),
			words,
			{ since: diff.left.createdAt, now },
		),
		...fileLines(known, words),
		...stayingLines(diff.differences, isEach ? STAYING : undefined),
	];
}

/** Of those that stay for one reason, where each is to be named. */
const STAYING = 50;

function stayingLines(
	differences: readonly FileDifference[],
	most: number | undefined,
): string[] {
	const staying = differences.filter(({ stays }) => stays !== undefined);
	const byReason = Map.groupBy(staying, ({ stays = "" }) => stays);
	return [...byReason].map(
		([why, files]) =>
			`left as ${files.length === 1 ? "it is" : "they are"}: ${someOf(
				files.map(({ path }) => path),
				most,
			)} (${why})`,
	);
}

/** Lines of them within a restore's plan. */
const IN_PLAN = 6;

/** The same in short, within the plan of a restore, which has named the paths. @param all the command that shows all of it */
export function planLines(diff: Diff, now: Date, all: string): string[] {
	// What only comes and goes the plan has named.
	const differences = diff.differences.filter(
		({ content, things, newHome }) =>
			content !== undefined || things.length > 0 || newHome !== undefined,
	);
	const lines = differenceLines({ ...diff, differences }, now);
	const shown = lines.slice(0, IN_PLAN);
	const more = lines.length - shown.length;
	const rest =
		more > 0 ? [`  and ${countText(more, "more line")}: ${all}`] : [];
	return shown.length === 0
		? []
		: ["That means:", ...shown.map((line) => `  ${line}`), ...rest];
}
