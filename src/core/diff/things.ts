import { countedIn, starOf, timeOf } from "../home/counted.ts";
import type { Counted, Host } from "../home/host.ts";
import { isSecretFile, maskText } from "../secrets/secrets.ts";
import { isSame, jsonOf } from "./key-differences.ts";
import type { Noted } from "./noted-rows.ts";
import { shownText } from "./shown.ts";
import type { SideName, TableDifference } from "./table-difference.ts";

/** What people would miss, or get back: "18 messages in 2 sessions". */
export interface Thing {
	/** One of them: "message". */
	readonly what: string;
	readonly path: string;
	/** Of a database. */
	readonly table?: string;
	readonly is: SideName | "changed";
	readonly count: number;
	/** How many others these are parts of. */
	readonly within?: { readonly what: string; readonly count: number };
	/** Of some of them, masked. */
	readonly titles: readonly string[];
	/** When the oldest and the newest of them came, ISO 8601. */
	readonly oldest?: string;
	readonly newest?: string;
	/** False: at most so many. */
	readonly isExact: boolean;
}

const TITLES = 3;
const SIDES = ["right", "left", "changed"] as const;

/** Of the rows in which a table differs. */
export function thingsInTable(
	{ what, table }: Counted,
	path: string,
	difference: TableDifference,
): Thing[] {
	return SIDES.map((is): Thing => {
		const noted = difference.noted[is];
		const within = table?.within;
		return {
			what,
			path,
			table: difference.name,
			is,
			count: noted.count,
			...(within &&
				noted.within.size > 0 && {
					within: { what: within.what, count: noted.within.size },
				}),
			titles: [...noted.titles],
			...timesOf(noted),
			isExact: difference.isExact,
		};
	}).filter(({ count }) => count > 0);
}

function timesOf({ oldest, newest }: Noted): Pick<Thing, "oldest" | "newest"> {
	const [first, last] = [timeOf(oldest), timeOf(newest)];
	return { ...(first && { oldest: first }), ...(last && { newest: last }) };
}

/** Of all that is counted in a file of settings. @param left what it says; undefined: there is none, or nobody can tell */
export function thingsInFile(
	host: Host,
	path: string,
	left: unknown,
	right: unknown,
): Thing[] {
	const isSecret = isSecretFile(host, path);
	return countedIn(host, path)
		.filter(({ at }) => at !== undefined)
		.flatMap((one) => thingsInJson(one, path, left, right, isSecret));
}

/**
 * Of the entries of a list or object in which two files of JSON differ.
 * @param left what the file says; undefined: there is none
 */
function thingsInJson(
	counted: Counted,
	path: string,
	left: unknown,
	right: unknown,
	isSecret: boolean,
): Thing[] {
	const [one, other] = [left, right].map((value) => entriesAt(counted, value));
	const found: Record<SideName | "changed", [string, unknown][]> = {
		left: [],
		right: [],
		changed: [],
	};
	for (const [name, value] of one ?? []) {
		const there = other?.get(name);
		if (there === undefined) found.left.push([name, value]);
		else if (!isSame(there, value)) found.changed.push([name, value]);
	}
	for (const [name, value] of other ?? [])
		if (!one?.has(name)) found.right.push([name, value]);
	return SIDES.map((is): Thing => {
		const titles = found[is].map(([, value]) =>
			titleOf(counted, path, value, isSecret),
		);
		return {
			what: counted.what,
			path,
			is,
			count: found[is].length,
			titles: [...new Set(titles.filter((title) => title !== undefined))].slice(
				0,
				TITLES,
			),
			isExact: true,
		};
	}).filter(({ count }) => count > 0);
}

/** By their keys; those of a list by what it calls them, or by what they say. */
function entriesAt({ at = [] }: Counted, value: unknown): Map<string, unknown> {
	const found = at.reduce<unknown>((inner, key) => Object(inner)[key], value);
	if (Array.isArray(found))
		return new Map(
			found.map((entry) => [String(Object(entry).id ?? jsonOf(entry)), entry]),
		);
	return new Map(Object.entries(Object(found)));
}

function titleOf(
	{ title, path: pattern, from }: Counted,
	path: string,
	value: unknown,
	isSecret: boolean,
): string | undefined {
	if (from === "path")
		return `${shownText(maskText(starOf(pattern, path)), 40)}:…`;
	const named = title === undefined ? undefined : Object(value)[title];
	return typeof named === "string" && !isSecret
		? shownText(maskText(named), 40)
		: undefined;
}
