import { saysAnything } from "../home/configuration.ts";
import { countedIn } from "../home/counted.ts";
import type { Counted, Host } from "../home/host.ts";
import { PASSING } from "./health-database.ts";

/** What has become of the entries that are counted in a file of JSON. */
export interface Entries {
	/** What is worse; undefined: nothing. */
	readonly why: string | undefined;
	/** Each was found again, wherever that is: how many are counted here says nothing more. */
	readonly isAll: boolean;
}

/**
 * Each entry is looked for by all that it alone says: it may stand in another form or file by now.
 * Undefined: nothing is counted there that stays.
 * @param words all that stands in the settings that have changed
 */
export function lookForEntries(
	host: Host,
	path: string,
	before: unknown,
	after: unknown,
	words: ReadonlySet<string>,
): Entries | undefined {
	const counted = countedIn(host, path).filter(
		(one) => one.stays && one.at !== undefined,
	);
	if (counted.length === 0) return undefined;
	const all = counted.map((one) => lookFor(one, { before, after }, words));
	return {
		why: all.find(({ why }) => why !== undefined)?.why,
		isAll: all.every(({ isAll }) => isAll),
	};
}

function lookFor(
	{ what, at = [] }: Counted,
	{ before, after }: { before: unknown; after: unknown },
	words: ReadonlySet<string>,
): Entries {
	const then = entriesAt(before, at);
	const lost = lostOf(then, words);
	if (lost === undefined) return { why: undefined, isAll: false };
	if (lost > 0)
		return {
			why: fewerText(what, then.length, then.length - lost),
			isAll: false,
		};
	const was = objectsIn(then);
	const is = objectsIn(entriesAt(after, at));
	const why = whyOff(what, was, is) ?? whySilent(what, was, is, words);
	return { why, isAll: true };
}

/** "3 cron jobs before, only 2 now" */
export function fewerText(what: string, before: number, left: number): string {
	const few = left === 0 ? "none" : `only ${left}`;
	return `${before} ${what}${before === 1 ? "" : "s"} before, ${few} now`;
}

/** Its key, and what it says. */
type Entry = readonly [key: string | undefined, value: unknown];

function entriesAt(value: unknown, at: readonly string[]): Entry[] {
	const found = at.reduce<unknown>((one, key) => Object(one)[key], value);
	if (Array.isArray(found)) return found.map((one) => [undefined, one]);
	return typeof found === "object" && found !== null
		? Object.entries(found)
		: [];
}

/** How many stand nowhere any more; undefined: one says nothing that others do not, and nobody can tell. */
function lostOf(
	entries: readonly Entry[],
	words: ReadonlySet<string>,
): number | undefined {
	const said = entries.map(([, value]) => tellingIn(value));
	const times = new Map<string, number>();
	for (const word of said.flatMap((one) => [...one]))
		times.set(word, (times.get(word) ?? 0) + 1);
	let lost = 0;
	for (const [index, [key, value]] of entries.entries()) {
		if (key !== undefined && words.has(key)) continue;
		if (namesOf(value).some((name) => times.get(name) === 1 && words.has(name)))
			continue;
		const own = [...(said[index] ?? [])].filter(
			(word) => times.get(word) === 1,
		);
		if (own.length === 0 && key === undefined) return undefined;
		const there = own.filter((word) => words.has(word));
		// Ids may be made anew, or names: not most of it.
		if (own.length === 0 || there.length * 2 <= own.length) lost++;
	}
	return lost;
}

/** By which it is known. */
function namesOf(value: unknown): string[] {
	return Object.entries(Object(value)).flatMap(([key, one]) =>
		/^(_?id|uuid|key|name|title|slug)$/i.test(key) ? [String(one).trim()] : [],
	);
}

/** What it says, without the names of its keys, which all have. */
function tellingIn(value: unknown): Set<string> {
	if (typeof value === "object" && value !== null)
		return new Set(Object.values(value).flatMap((one) => [...tellingIn(one)]));
	const text = String(value ?? "").trim();
	const isTelling =
		typeof value === "number" ? value > 999 : typeof value === "string";
	return new Set(isTelling && text.length >= 3 ? [text] : []);
}

type Row = Readonly<Record<string, unknown>>;

function objectsIn(entries: readonly Entry[]): Row[] {
	return entries.flatMap(([, value]) =>
		typeof value === "object" && value !== null ? [value as Row] : [],
	);
}

/** Some were on, and all that are there are off. What has run its course has ended by itself. */
function whyOff(
	what: string,
	was: readonly Row[],
	is: readonly Row[],
): string | undefined {
	const on = was.filter((row) => !isOff(row) && !hasEnded(row)).length;
	const off = is.filter((row) => isOff(row) && !hasEnded(row)).length;
	const isOn = is.some((row) => !isOff(row));
	if (on === 0 || off === 0 || isOn) return undefined;
	return `${on} ${what}${on === 1 ? " was" : "s were"} on, none is now`;
}

function isOff(row: Row): boolean {
	return Object.entries(row).some(
		([key, value]) =>
			(/^(is_?)?(enabled|active)$/i.test(key) && isFalse(value)) ||
			(/^(is_?)?(disabled|paused)$/i.test(key) && !isFalse(value)) ||
			(/^(state|status)$/i.test(key) &&
				/^(paused|disabled|off|inactive)$/i.test(String(value))),
	);
}

function isFalse(value: unknown): boolean {
	return value === false || value === 0 || value === null;
}

function hasEnded(row: Row): boolean {
	return Object.entries(row).some(
		([key, value]) =>
			/^(state|status)$/i.test(key) &&
			/^(complete|finish|done|end|expire)/i.test(String(value)),
	);
}

/** What most said under a key, none says any more, and that stands nowhere else. */
function whySilent(
	what: string,
	was: readonly Row[],
	is: readonly Row[],
	words: ReadonlySet<string>,
): string | undefined {
	if (is.length === 0) return undefined;
	const silent = Object.keys(Object.assign({}, ...was)).find((key) => {
		const said = saidAt(was, key);
		const telling = new Set(said.flatMap((value) => [...tellingIn(value)]));
		const there = [...telling].filter((word) => words.has(word));
		return (
			!PASSING.test(key) &&
			said.length * 2 >= was.length &&
			telling.size > 0 &&
			saidAt(is, key).length === 0 &&
			there.length * 2 <= telling.size
		);
	});
	return silent && `${silent} is empty in all ${what}s now`;
}

/** Texts, lists and objects that are not empty. */
function saidAt(rows: readonly Row[], key: string): unknown[] {
	return rows
		.map((row) => row[key])
		.filter((value) =>
			typeof value === "string" ? value.trim() !== "" : saysAnything(value),
		);
}
