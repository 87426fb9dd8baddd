import { errorMessage } from "../../errors.ts";
import type { Verb } from "./grammar.ts";
import { nearest } from "./nearest.ts";

/** @param error what Node's `parseArgs` says */
export function whyWrongFlag(
	verb: Verb,
	words: readonly string[],
	error: unknown,
): string {
	const known = Object.keys(verb.flags);
	const wrong = words.find(
		(word) =>
			word.startsWith("-") &&
			!known.includes(word.replace(/^--?/, "").split("=")[0] ?? ""),
	);
	const name = wrong?.split("=")[0];
	const isFreeText = verb.arguments.some(({ rest }) => rest);
	if (name !== undefined && /^-\d/.test(name) && !isFreeText)
		return `${verb.name} needs a whole number from 1, and ${JSON.stringify(name)} is none.`;
	if (name === undefined) return wrongValue(verb, error);
	const near = nearest(name.replace(/^-+/, ""), known);
	const meant = near === undefined ? "" : ` Did you mean --${near}?`;
	const literal = isFreeText ? ` Put -- before words that begin with "-".` : "";
	return `${verb.name} has no flag ${name}.${meant}${literal}`;
}

/** Node names the flag: "Option '--wait <value>' argument missing". */
function wrongValue({ flags }: Verb, error: unknown): string {
	const name = /--([a-z-]+)/.exec(errorMessage(error))?.[1] ?? "";
	const flag = flags[name];
	if (flag === undefined) return `${errorMessage(error)}.`;
	return flag.type === "boolean"
		? `--${name} takes no value.`
		: `--${name} needs a value: --${name} ${flag.value ?? "…"}.`;
}
