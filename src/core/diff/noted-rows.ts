import { textOf } from "./row-text.ts";
import { isBytes } from "./sqlite-record.ts";
import type { Row } from "./table-rows.ts";

/** What is noted of rows that somebody would miss: the columns where it stands. */
export interface Noting {
	readonly time?: string;
	readonly within?: string;
	readonly title?: string;
}

/** Of the rows that only one side has, or that differ. */
export interface Noted {
	count: number;
	/** What these are parts of, by the values of a column; never shown. */
	readonly within: Set<string>;
	readonly titles: string[];
	/** Of the oldest and the newest, as the agent writes times. */
	oldest: unknown;
	newest: unknown;
}

/** Titles that are noted, so many at most. */
const TITLES = 3;
/** Beyond this many it does not matter. */
const MOST_WITHIN = 100_000;

export function nothingNoted(): Noted {
	return {
		count: 0,
		within: new Set(),
		titles: [],
		oldest: undefined,
		newest: undefined,
	};
}

export function forgetNoted(noted: Noted): void {
	Object.assign(noted, { count: 0, oldest: undefined, newest: undefined });
	noted.within.clear();
	noted.titles.length = 0;
}

/** @param titleOf makes a title fit to be shown */
export function noteRow(
	noted: Noted,
	row: Row,
	{ time, within, title }: Noting,
	titleOf: (name: string) => string,
): void {
	noted.count++;
	if (time === undefined && within === undefined && title === undefined) return;
	const values = row.of.valuesOf(row.cell);
	const { encoding } = row.of.file;
	const part = values.get(within ?? "") ?? null;
	if (part !== null && noted.within.size < MOST_WITHIN)
		noted.within.add(textOf(part, encoding));
	const known = values.get(title ?? "") ?? null;
	if (title !== undefined && known !== null && noted.titles.length < TITLES)
		noted.titles.push(titleOf(title));
	const moment = values.get(time ?? "") ?? null;
	if (moment !== null)
		noteTime(noted, isBytes(moment) ? textOf(moment, encoding) : moment);
}

function noteTime(noted: Noted, time: unknown): void {
	if (noted.oldest === undefined || isBefore(time, noted.oldest))
		noted.oldest = time;
	if (noted.newest === undefined || isBefore(noted.newest, time))
		noted.newest = time;
}

function isBefore(a: unknown, b: unknown): boolean {
	return typeof a === "number" && typeof b === "number"
		? a < b
		: String(a) < String(b);
}
