import type { Chosen } from "../home/host.ts";
import type { Changed } from "./health-look.ts";

/** What stands in files that have changed or come: what a file has lost may have been moved there. */
export interface Elsewhere {
	readonly words: ReadonlySet<string>;
	readonly lines: ReadonlySet<string>;
	/** Of these, what did not stand in the same place of the same file before. */
	readonly came: {
		readonly words: ReadonlySet<string>;
		readonly lines: ReadonlySet<string>;
	};
}

export function elsewhereIn(changed: readonly Changed[]): Elsewhere {
	const values = changed.flatMap(({ after }) => after.parsed?.value ?? []);
	const lines = changed.flatMap(({ after }) => after.lines ?? []);
	const cameLines = changed.flatMap(({ before, after }) => {
		const were = new Set(before.lines);
		return (after.lines ?? []).filter((line) => !were.has(line));
	});
	return {
		words: wordsIn(values),
		lines: new Set(lines),
		came: { words: wordsThatCame(changed), lines: new Set(cameLines) },
	};
}

/** A setting that is a text, a number or the like. */
export interface Leaf {
	/** The keys that lead to it. */
	readonly keys: readonly string[];
	readonly value: string;
}

export function leavesOf(value: unknown, keys: readonly string[] = []): Leaf[] {
	if (typeof value === "object" && value !== null)
		return Object.entries(value).flatMap(([key, one]) =>
			leavesOf(one, [...keys, key]),
		);
	const text = String(value ?? "").trim();
	return text === "" ? [] : [{ keys, value: text }];
}

/** It says too little to be missed, and stands everywhere. */
export const TRIVIAL = /^(true|false|yes|no|on|off|none|null|\d{0,2})$/i;

/** All that stands in settings: names, and what they say. */
export function wordsIn(values: readonly unknown[]): Set<string> {
	return new Set(values.flatMap((value) => [...placedIn(value).values()]));
}

function wordsThatCame(changed: readonly Changed[]): Set<string> {
	const came = changed.flatMap(({ before, after }) => {
		const were = placedIn(before.parsed?.value);
		return [...placedIn(after.parsed?.value)].flatMap(([place, word]) =>
			were.has(place) ? [] : [word],
		);
	});
	return new Set(came);
}

/** By the keys that lead to each, and the word itself: entries of a list have no place of their own, as others may come and go. */
function placedIn(value: unknown): Map<string, string> {
	const words = new Map<string, string>();
	const add = (place: string, word: string) =>
		words.set(`${place}\0\0${word}`, word);
	const walk = (one: unknown, place: string) => {
		if (typeof one !== "object" || one === null)
			return void add(place, String(one).trim());
		for (const [key, inner] of Object.entries(one)) {
			if (!Array.isArray(one)) add(place, key);
			walk(inner, `${place}\0${Array.isArray(one) ? "" : key}`);
		}
	};
	if (value !== undefined) walk(value, "");
	return words;
}

/** What was chosen stands under another key of the same file now, which says the same. */
export function isRenamed(
	{ what, at }: Chosen,
	chosen: string,
	before: unknown,
	after: unknown,
): boolean {
	const placeOf = ({ keys }: Leaf) => keys.join("\0");
	const were = new Set(
		leavesOf(before)
			.filter(({ value }) => value === chosen)
			.map(placeOf),
	);
	const isSameWord = (key: string) =>
		key.toLowerCase().includes(what) || at.some((keys) => keys.at(-1) === key);
	return leavesOf(after).some(
		(leaf) =>
			leaf.value === chosen &&
			!were.has(placeOf(leaf)) &&
			leaf.keys.some(isSameWord) &&
			!leaf.keys.some((key) => ASIDE.test(key)),
	);
}

/** It is there, and not what is used. */
const ASIDE = /fallback|auxiliary|backup|previous|legacy|deprecated|^old|old$/i;
