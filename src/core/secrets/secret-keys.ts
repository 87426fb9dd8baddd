import JSON5 from "json5";
import { maskForms } from "./secret-forms.ts";

/** What may be told of a file of which no value is shown. */
export interface SecretKeys {
	/** At its top, as they stand there. */
	readonly names: readonly string[];
	/** How many more there are that may be more than names: ids of people, codes. */
	readonly others: number;
}

/** Of settings in JSON, YAML, TOML or lines of `NAME=value`. Undefined: it is nothing of that kind. */
export function secretKeysIn(text: string): SecretKeys | undefined {
	const inJson = keysOfJson(text);
	const keys = inJson ?? keysOfLines(text);
	if (keys.length === 0) return undefined;
	const names = keys.filter(inJson === undefined ? isName : isPlainKey);
	return { names, others: keys.length - names.length };
}

function keysOfJson(text: string): string[] | undefined {
	if (!/^\s*(?:[[{]|\/[/*])/.test(text)) return undefined;
	try {
		return Object.keys(Object(JSON5.parse(text)));
	} catch (error) {
		if (!(error instanceof SyntaxError)) throw error;
		return undefined;
	}
}

/** Those that stand at the beginning of a line, and not within a text of several lines. */
function keysOfLines(text: string): string[] {
	const keys: string[] = [];
	let until: string | undefined;
	for (const line of text.split("\n")) {
		if (until !== undefined) {
			if (line.includes(until)) until = undefined;
			continue;
		}
		const [, name, value = ""] =
			/^(?:export\s+)?([A-Za-z_][\w.-]*)\s*(?:=(?!=)|:(?=\s|$))\s*(.*)$/.exec(
				line,
			) ?? [];
		if (name === undefined) continue;
		keys.push(name);
		const [quote] = /^("""|'''|["'`])/.exec(value) ?? [];
		if (quote !== undefined && !value.slice(quote.length).includes(quote))
			until = quote;
	}
	return keys;
}

/** As `isName`, where codes may be keys: these are written in capitals, as variables are, and no setting of JSON is. */
export function isPlainKey(key: string): boolean {
	return isName(key) && /[a-z_]/.test(key);
}

/** A word or several, and nothing that a machine or a provider has made. */
export function isName(key: string): boolean {
	return (
		/^(?:[A-Z_][A-Z\d_]*|[a-z_][A-Za-z\d_.-]*)$/.test(key) &&
		key.length <= 60 &&
		key.split(/[_.-]/).every((word) => /^[A-Za-z]*\d{0,3}$/.test(word)) &&
		maskForms(key) === key
	);
}
