import { countedIn, timeOf } from "../home/counted.ts";
import type { Counted, Host } from "../home/host.ts";
import { fewerText, sphereOf } from "./health-counts.ts";
import { TRIVIAL, wordsIn } from "./health-elsewhere.ts";
import type { Changed } from "./health-look.ts";
import { type Row, tellingIn, whyOff, whySilent } from "./health-rows.ts";

/** What has become of the entries that are counted in a file of JSON. */
export interface Entries {
	/** What is worse; undefined: nothing. */
	readonly why: string | undefined;
	/** Each was found again where it is counted, here or elsewhere. */
	readonly isAll: boolean;
	/** Of those that are gone, how many were to run once, and their time had come. */
	readonly over: number;
}

/** What is looked for, and all that has changed beside it. */
export interface Sought {
	readonly before: unknown;
	readonly after: unknown;
	readonly changed: readonly Changed[];
	/** All that stands in the settings that have changed. */
	readonly words: ReadonlySet<string>;
	/** When the snapshot of after was made, ISO 8601. */
	readonly now?: string | undefined;
}

/**
 * Each entry is looked for by all that it alone says: it may stand in another form by now, or in another file in which the
 * same is counted. Undefined: nothing is counted there that stays.
 */
export function lookForEntries(
	host: Host,
	path: string,
	sought: Sought,
): Entries | undefined {
	const counted = countedIn(host, path).filter(
		(one) => one.stays && one.at !== undefined,
	);
	if (counted.length === 0) return undefined;
	const all = counted.map((one) => {
		const there = thereNow(host, path, one, sought.changed);
		return lookFor(one, sought, there);
	});
	return {
		why: all.find(({ why }) => why !== undefined)?.why,
		isAll: all.every(({ isAll }) => isAll),
		over: all.reduce((sum, { over }) => sum + over, 0),
	};
}

/** Of entries, wherever they are counted. */
interface There {
	/** All that they say. */
	readonly words: ReadonlySet<string>;
	/** Their keys and what they say themselves, not what is set aside deeper in one. */
	readonly names: ReadonlySet<string>;
}

/** What is counted with these now: what stands anywhere else, the agent does not read as one. */
function thereNow(
	host: Host,
	path: string,
	{ what }: Counted,
	changed: readonly Changed[],
): There {
	const sphere = sphereOf(host, path);
	const values = changed
		.filter((one) => sphereOf(host, one.path) === sphere)
		.flatMap(({ path: other, after }) =>
			countedIn(host, other)
				.filter((one) => one.what === what && one.at !== undefined)
				.map(({ at = [] }) => foundAt(after.parsed?.value, at)),
		);
	const entries = values.flatMap((one) => entriesAt(one, []));
	const names = entries.flatMap(([key, value]) => [
		key ?? "",
		...Object.values(Object(value)).map(String),
	]);
	return {
		words: wordsIn(values.filter((one) => Object(one) === one)),
		names: new Set(names),
	};
}

function lookFor(
	{ what, at = [] }: Counted,
	{ before, after, words, now }: Sought,
	there: There,
): Entries {
	const then = entriesAt(before, at);
	const lost = lostOf(then, there);
	if (lost === undefined) return { why: undefined, isAll: false, over: 0 };
	const over = lost.filter(([, value]) => isOver(value, now)).length;
	if (lost.length > over)
		return {
			why: fewerText(what, then.length, then.length - lost.length),
			isAll: false,
			over,
		};
	const was = objectsIn(then);
	const is = objectsIn(entriesAt(after, at));
	const why = whyOff(what, was, is) ?? whySilent(what, was, is, words);
	return { why, isAll: true, over };
}

/** It was to run once, and its time had come by then. */
function isOver(value: unknown, now = ""): boolean {
	const { repeat, schedule, next_run_at } = Object(value);
	const isOnce = Object(schedule).kind === "once" || Object(repeat).times === 1;
	const due = timeOf(next_run_at ?? Object(schedule).run_at);
	return isOnce && due !== undefined && due <= now;
}

/** Its key, and what it says. */
type Entry = readonly [key: string | undefined, value: unknown];

function entriesAt(value: unknown, at: readonly string[]): Entry[] {
	const found = foundAt(value, at);
	if (Array.isArray(found)) return found.map((one) => [undefined, one]);
	return typeof found === "object" && found !== null
		? Object.entries(found)
		: [];
}

function foundAt(value: unknown, at: readonly string[]): unknown {
	return at.reduce<unknown>((one, key) => Object(one)[key], value);
}

/** Those that stand nowhere any more; undefined: one says nothing that others do not, and nobody can tell. */
function lostOf(
	entries: readonly Entry[],
	{ words, names }: There,
): Entry[] | undefined {
	const said = entries.map(([, value]) => tellingIn(value));
	const times = new Map<string, number>();
	for (const word of said.flatMap((one) => [...one]))
		times.set(word, (times.get(word) ?? 0) + 1);
	const lost: Entry[] = [];
	for (const [index, entry] of entries.entries()) {
		const [key, value] = entry;
		// The key is who or what it is, whatever else is told of it; numbers in a row are no keys.
		if (key !== undefined && !TRIVIAL.test(key)) {
			if (!names.has(key)) lost.push(entry);
			continue;
		}
		if (namesOf(value).some((name) => times.get(name) === 1 && words.has(name)))
			continue;
		const own = [...(said[index] ?? [])].filter(
			(word) => times.get(word) === 1,
		);
		if (own.length === 0 && key === undefined) return undefined;
		const there = own.filter((word) => words.has(word));
		// Ids may be made anew, or names: not most of it.
		if (own.length === 0 || there.length * 2 <= own.length) lost.push(entry);
	}
	return lost;
}

/** By which it is known. */
function namesOf(value: unknown): string[] {
	return Object.entries(Object(value)).flatMap(([key, one]) =>
		/^(_?id|uuid|key|name|title|slug)$/i.test(key) ? [String(one).trim()] : [],
	);
}

function objectsIn(entries: readonly Entry[]): Row[] {
	return entries.flatMap(([, value]) =>
		typeof value === "object" && value !== null ? [value as Row] : [],
	);
}
