import { format } from "date-fns/format";
import { formatDistanceStrict } from "date-fns/formatDistanceStrict";
import { type Finished, finishedFirst } from "../core/finished.ts";
import { printable } from "../core/words.ts";
import { findVerb } from "./grammar.ts";

export { bytesText, pathText, printable, someOf } from "../core/words.ts";

/** "3 minutes ago (21 Nov 01:14)", in the time zone of the machine. */
export function whenText(date: Date, now: Date): string {
	const pattern =
		date.getFullYear() === now.getFullYear()
			? "d MMM HH:mm"
			: "d MMM yyyy HH:mm";
	return `${ageText(date, now)} (${format(date, pattern)})`;
}

export function ageText(date: Date, now: Date): string {
	if (Math.abs(now.getTime() - date.getTime()) < 10_000) return "just now";
	return formatDistanceStrict(date, now, { addSuffix: true });
}

/** "34 files", "1 file" */
export function countText(count: number, noun: string): string {
	// Not toLocaleString, for which V8 first loads the numbers of all languages: some milliseconds.
	const digits = String(count).replace(/\B(?=(\d{3})+$)/g, ",");
	return `${digits} ${noun}${count === 1 ? "" : "s"}`;
}

/** The core writes `prune 5` without knowing where that is typed: "/snapshot prune 5", "agent-snapshot prune 5". */
export function callable(text: string, prefix: string): string {
	return text.replace(/`([^`]+)`/g, (_, quoted: string) =>
		findVerb(quoted.split(" ")[0] ?? "") ? `${prefix} ${quoted}` : quoted,
	);
}

/** Rows of words, below each other. */
export function columns(rows: readonly (readonly string[])[]): string[] {
	const width = (column: number) =>
		Math.max(...rows.map((row) => (row[column] ?? "").length));
	return rows.map((row) =>
		row
			.map((word, column) => word.padEnd(width(column)))
			.join("  ")
			.trimEnd(),
	);
}

/** Cuts long text to a width, with an ellipsis. */
export function shortened(text: string, width: number): string {
	const characters = [...text];
	return characters.length <= width
		? text
		: `${characters.slice(0, width - 1).join("")}…`;
}

/** What a command did before it began; nothing is no line. */
export function finishedText(recovered: Finished | undefined): string[] {
	const sentence = recovered && finishedFirst(recovered);
	return sentence === undefined ? [] : [printable(sentence)];
}
