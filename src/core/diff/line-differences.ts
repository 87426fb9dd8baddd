import { maskText } from "../secrets/secrets.ts";
import { shownPair, shownText } from "./shown.ts";

/** The lines in which two texts differ. */
export interface LineDifferences {
	/** That only that side has; undefined: there are too many to be told. */
	readonly count: { readonly left: number; readonly right: number } | undefined;
	/** What would go, and what would come back, as `diff -u` writes it; masked. Absent where it was not asked for. */
	readonly patch: readonly string[];
	/** Some of those lines are longer than is shown of one. */
	readonly isCut: boolean;
	/** They differ in what is not shown: besides, or where no line is told in nothing else. */
	readonly isHidden: boolean;
}

/** So many lines may come and go; with more it takes seconds. */
const MOST = 3000;
/** Milliseconds. */
const LONGEST = 1000;
const CONTEXT = 2;
/** Of one line. */
const WIDEST = 200;

/** From the right one to the left one, as a restore goes. */
export async function lineDifferences(
	left: string,
	right: string,
): Promise<LineDifferences> {
	const { structuredPatch } = await import("diff");
	const [one, other] = [maskText(left), maskText(right)];
	const options = { context: CONTEXT, maxEditLength: MOST, timeout: LONGEST };
	const found = structuredPatch("", "", other, one, "", "", options);
	if (found === undefined)
		return { count: undefined, patch: [], isCut: false, isHidden: false };
	const lines = found.hunks.flatMap(
		({ oldStart, oldLines, newStart, newLines, lines }) => [
			`@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`,
			...shownLines(lines),
		],
	);
	const beginning = (sign: string) =>
		found.hunks
			.flatMap(({ lines }) => lines)
			.filter((line) => line.startsWith(sign)).length;
	const count = { left: beginning("+"), right: beginning("-") };
	return {
		count,
		patch: lines,
		isCut: lines.some((line) => /^[-+]/.test(line) && line.length > WIDEST),
		isHidden: await isMoreHidden(
			[left, one],
			[right, other],
			count.left + count.right,
		),
	};
}

type WithMasked = readonly [text: string, masked: string];

/** More lines differ than those that differ as they are shown. @param told how many these are */
async function isMoreHidden(
	left: WithMasked,
	right: WithMasked,
	told: number,
): Promise<boolean> {
	if (left[0] === left[1] && right[0] === right[1]) return false;
	const { diffLines } = await import("diff");
	// No time is set: with so few edits as there were it is found as soon.
	const found = diffLines(beside(right), beside(left), { maxEditLength: told });
	return found === undefined;
}

/** Each line with what is shown of it, so that a line is another one if either is. */
function beside([text, masked]: WithMasked): string {
	const shown = masked.split("\n");
	const lines = text.split("\n");
	// Who masks keeps lines; should that change, they are compared as they are.
	if (shown.length !== lines.length) return text;
	const last = lines.length - 1;
	return lines
		.map((line, at) =>
			at === last && line === "" ? "" : `${line}\0${shown[at]}`,
		)
		.join("\n");
}

/** Long ones that stand in each other's place from where they differ on. */
function shownLines(lines: readonly string[]): string[] {
	const shown = lines.map((line) => shownLine(line));
	for (let at = 0; at < lines.length; ) {
		const gone = runOf("-", lines, at);
		// "\ No newline at end of file" may stand between them.
		const next = at + gone + runOf("\\", lines, at + gone);
		const come = gone > 0 ? runOf("+", lines, next) : 0;
		for (let index = 0; index < Math.min(gone, come); index++) {
			const [one, other] = [at + index, next + index];
			const pair = shownPair(
				(lines[one] ?? "").slice(1),
				(lines[other] ?? "").slice(1),
				WIDEST,
			);
			shown[one] = `-${pair.left}`;
			shown[other] = `+${pair.right}`;
		}
		at = Math.max(at + 1, next + come);
	}
	return shown;
}

function shownLine(line: string): string {
	return line.slice(0, 1) + shownText(line.slice(1), WIDEST);
}

/** How many lines from there on begin with it. */
function runOf(sign: string, lines: readonly string[], from: number): number {
	let at = from;
	while (lines[at]?.startsWith(sign)) at++;
	return at - from;
}
