import type { Count } from "../../core/capture/entry.ts";
import { countText, momentText, printable } from "./text.ts";

/**
 * "152 sessions, 4,556 messages, last message 21 Nov 01:12; 5 pairings; 3 cron jobs": what came at a time goes together, and
 * what came last has its time. Undefined: nothing is known.
 */
export function countsText(
	counts: readonly Count[],
	now: Date,
): string | undefined {
	if (counts.length === 0) return undefined;
	const said = ({ count, what }: Count) => countText(count, printable(what));
	const timed = counts.filter(({ newest }) => newest !== undefined);
	const last = timed.toSorted((a, b) => timeOf(b) - timeOf(a))[0];
	const together = [
		...timed.map(said),
		...(last === undefined
			? []
			: [
					`last ${printable(last.what)} ${momentText(new Date(timeOf(last)), now)}`,
				]),
	].join(", ");
	const others = counts.filter(({ newest }) => newest === undefined).map(said);
	return [together, ...others].filter(Boolean).join("; ");
}

function timeOf({ newest = "" }: Count): number {
	return Date.parse(newest);
}
