import { format } from "date-fns/format";
import { formatDistanceStrict } from "date-fns/formatDistanceStrict";
import { type Finished, finishedFirst } from "../core/recover.ts";

/** 52_345_678 → "52.3 MB" */
export function bytesText(bytes: number): string {
	const units = ["B", "KB", "MB", "GB", "TB"];
	let value = bytes;
	let unit = 0;
	while (value >= 999.5 && unit < units.length - 1) {
		value /= 1000;
		unit++;
	}
	return `${unit === 0 || value >= 99.95 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

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
	return `${count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : "s"}`;
}

/** "a, b, c and 4 more" */
export function someOf(items: readonly string[], most = 3): string {
	const shown = items.slice(0, most).map(printable);
	return items.length > most
		? `${shown.join(", ")} and ${items.length - most} more`
		: shown.join(", ");
}

/**
 * Text of others (labels, file names) made fit for a terminal or chat: control characters, direction marks and lone
 * surrogates, which could rewrite the screen, are shown as escapes.
 */
export function printable(text: string): string {
	return text.replace(
		/[\p{Cc}\p{Cs}\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\u2028\u2029]/gu,
		(character) => {
			const named: Record<string, string> = {
				"\n": "\\n",
				"\t": "\\t",
				"\r": "\\r",
			};
			return (
				named[character] ??
				`\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`
			);
		},
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
