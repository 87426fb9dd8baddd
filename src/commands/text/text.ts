import { UNDO_REASON } from "../../core/manifest/manifest-summary.ts";
import { type Finished, finishedFirst } from "../../core/recover/finished.ts";
import type { SnapshotInfo } from "../../core/store/listing.ts";
import { momentText, printable } from "../../core/words.ts";
import { findVerb } from "../call/grammar.ts";
import { fitted, GAP, padded, widthsOf } from "./width.ts";

export {
	bytesText,
	momentText,
	pathText,
	printable,
	someOf,
} from "../../core/words.ts";
export { shortened } from "./width.ts";

/** "3 minutes ago (21 Nov 01:14)", in the time zone of the machine. By hand: `Intl` and date-fns take 4 ms to begin. */
export function whenText(date: Date, now: Date): string {
	return `${ageText(date, now)} (${momentText(date, now)})`;
}

export function ageText(date: Date, now: Date): string {
	const milliseconds = Math.abs(now.getTime() - date.getTime());
	if (milliseconds < 10_000) return "just now";
	const distance = distanceText(milliseconds, zoneChange(date, now));
	return date > now ? `in ${distance}` : `${distance} ago`;
}

/** In minutes: between summer and winter a day has another length. */
function zoneChange(date: Date, now: Date): number {
	const change = now.getTimezoneOffset() - date.getTimezoneOffset();
	return date > now ? -change : change;
}

function distanceText(milliseconds: number, zoneChange: number): string {
	const minutes = milliseconds / 60_000;
	const days = (minutes - zoneChange) / 1440;
	const months = Math.round(days / 30);
	const said = (count: number, noun: string) =>
		countText(Math.round(count), noun);
	if (minutes < 1) return said(minutes * 60, "second");
	if (minutes < 60) return said(minutes, "minute");
	if (minutes < 1440) return said(minutes / 60, "hour");
	if (days < 30) return said(days, "day");
	if (days < 365 && months < 12) return said(months, "month");
	return said(Math.max(1, days / 365), "year");
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

/** As `restore` takes it; one that has none is called by its id. */
export function numberText({
	number,
	reason,
}: Pick<SnapshotInfo, "number" | "reason">): string {
	if (number !== undefined) return String(number);
	return reason === UNDO_REASON ? "undo" : "-";
}

/** As every verb takes it. */
export function refOf({
	number,
	id,
}: Pick<SnapshotInfo, "number" | "id">): string {
	return number === undefined ? printable(id) : String(number);
}

/** What it is, in a sentence. */
export function kindText({
	number,
	reason,
}: Pick<SnapshotInfo, "number" | "reason">): string {
	if (number !== undefined) return `snapshot ${number}`;
	return reason === UNDO_REASON ? "undo snapshot" : "snapshot";
}

/** As a sentence begins. */
export function capital(text: string): string {
	return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** Rows of words, below each other. */
export function columns(
	rows: readonly (readonly string[])[],
	most?: number,
): string[] {
	const shown = fitted(rows, most);
	const widths = widthsOf(shown);
	return shown.map((row) =>
		row
			.map((word, column) => padded(word, widths[column] ?? 0))
			.join(GAP)
			.trimEnd(),
	);
}

/** What a command did before it began; nothing is no line. */
export function finishedText(recovered: Finished | undefined): string[] {
	const sentence = recovered && finishedFirst(recovered);
	return sentence === undefined ? [] : [printable(sentence)];
}
