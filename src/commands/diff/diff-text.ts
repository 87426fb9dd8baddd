import type { Diff } from "../../core/diff/diff.ts";
import { isKnownDamaged } from "../../core/store/listing.ts";
import { firstOf } from "../text/room.ts";
import { nameOf } from "../text/snapshot-name.ts";
import {
	capital,
	countText,
	printable,
	refOf,
	shortened,
} from "../text/text.ts";
import { differenceLines } from "./diff-lines.ts";

export interface How {
	readonly now: Date;
	/** The command that was given, as it can be typed again. @param path in place of the one that was asked for */
	readonly again: (path?: string) => string;
	/** So much is told that nobody could read it in a chat: of one path in a terminal. */
	readonly isLong: boolean;
	readonly isChat: boolean;
}

/** Lines that fit a chat with the one above and the two below. */
const MOST = 9;

/** What matters most to a person comes first. */
export function shortText(diff: Diff, how: How): string[] {
	const lines = differenceLines(diff, how.now);
	const doubts = doubtsText(diff);
	if (lines.length === 0) return [...doubts, sameText(diff, how)];
	const shown = firstOf(lines, MOST - doubts.length);
	const more = lines.length - shown.length;
	return [
		...doubts,
		headText(diff, how),
		...shown.map((line) => `  ${line}`),
		...(more > 0 ? [`  and ${countText(more, "more line")}`] : []),
		...(more > 0 || isMoreInFull(diff, lines, how)
			? [`In full: ${how.again()} --full`]
			: []),
	];
}

/** Of what is no text, and of what nobody could read, `--full` would say the same again. */
function isMoreInFull(
	diff: Diff,
	lines: readonly string[],
	{ now }: How,
): boolean {
	const isInside = diff.differences.some(({ content }) =>
		content?.in === "lines"
			? content.lines.patch.length > 0
			: ["keys", "form", "rows"].includes(content?.in ?? ""),
	);
	const each = isInside ? [] : differenceLines(diff, now, true);
	return isInside || each.join("\n") !== lines.join("\n");
}

export function headText(
	{ left, right, differences }: Diff,
	{ now }: How,
): string {
	const isNothing = differences.every(({ stays }) => stays !== undefined);
	return right === undefined
		? `To restore ${nameOf(left, now)} would change${isNothing ? " nothing" : ""}:`
		: `${capital(nameOf(left, now))} and ${nameOf(right, now)} differ:`;
}

export function sameText({ left, right }: Diff, { now }: How): string {
	return right === undefined
		? `All is as in ${nameOf(left, now)}: to restore it would change nothing.`
		: left.id === right.id
			? `Both are ${nameOf(left, now)}: there is nothing to compare.`
			: `${capital(nameOf(left, now))} and ${nameOf(right, now)} say the same.`;
}

/** What they say may not be what was captured. */
export function doubtsText({ left, right }: Diff): string[] {
	return [left, right].flatMap((one) => {
		const why = one?.mark?.why ?? one?.found?.why;
		if (one === undefined || why === undefined) return [];
		const what = isKnownDamaged(one) ? "DAMAGED" : "FAULTY";
		const said = shortened(printable(why), 200);
		return [`Snapshot ${refOf(one)} is ${what}: ${said}.`];
	});
}
