import type { Verb } from "./grammar.ts";

/** What follows the name of a verb, with a "--" before the words of another program's command, if it runs one. */
export function withCommandApart(
	verb: Verb,
	words: readonly string[],
): string[] {
	const place = placeOfCommand(verb, words);
	return place === undefined
		? [...words]
		: [...words.slice(0, place), "--", ...words.slice(place)];
}

/** Where its first word is. Undefined: there is none yet, it is behind a "--" already, or the verb runs none. */
export function placeOfCommand(
	{ arguments: named, flags }: Verb,
	words: readonly string[],
): number | undefined {
	if (!named.some(({ rest }) => rest === "command")) return undefined;
	for (let place = 0; place < words.length; place++) {
		const word = words[place] ?? "";
		if (word === "--") return undefined;
		if (!word.startsWith("-")) return place;
		// Its value is the next word, unless it stands behind a "=".
		if (flags[word.slice(2)]?.type === "string") place++;
	}
	return undefined;
}
