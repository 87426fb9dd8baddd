import { isPasswordElsewhere } from "./secret-languages.ts";
import {
	HARMLESS_ENDS,
	HARMLESS_NAMES,
	LOGIN,
	LOGINS,
	MAPS,
	NAMING,
	OF_LISTS,
	OF_MODELS,
	SECRET_ENDS,
	SECRET_PARTS,
	STRICT,
	STRICT_CODES,
	STRICT_ENDS,
	STRONG,
	WEAK,
	WEAK_ENDS,
} from "./secret-words.ts";

/** By what a setting, a variable or a column is called: "OPENAI_API_KEY", "botToken", "client-secret". */
export function isSecretName(name: string): boolean {
	return isNamed(rankOf(name));
}

/**
 * How much a name says of its value, from most to least. What each lets be seen: `isOpenlySaid`.
 * - `strict`: anything that is no switch is a secret, numbers too
 * - `strong`: short numbers are counts; all that stands below it is hidden, too
 * - `counted`: any number is a count ("tokens")
 * - `pass`: any text and long number is a secret, "pass: 12" counts tests
 * - `inner`: a harmless name below one that holds logins ("env: FOO")
 * - `login`: a secret if it is one of somebody ("--user ada:…")
 * - `pair`: a name with its value: a header, a variable ("--env FOO=…")
 * - `code`: a secret if it has the form of one that is read out ("code: AB2CD9XK")
 * - `keys`, `wpa`, `state`: of several, of a network and of a login, each of which has other words that are none
 * - `weak`: the name of a kind of login as often as of a key ("refresh: hourly", "key: ctrl+k")
 * - `auth`: the same, and a login of somebody is a secret ("auth: ada:…")
 */
export type Rank =
	| "strict"
	| "strong"
	| "counted"
	| "pass"
	| "inner"
	| "login"
	| "pair"
	| "code"
	| "keys"
	| "wpa"
	| "state"
	| "weak"
	| "auth"
	| "harmless";

/** All that stands behind the name or below it is hidden. */
export function isNamed(rank: Rank): boolean {
	return NAMED.has(rank);
}

const NAMED: ReadonlySet<Rank> = new Set([
	...(["strict", "strong", "counted", "pass"] as const),
]);

/** Nobody can tell by the name alone. */
export function isWeak(rank: Rank): boolean {
	return rank === "weak" || rank === "auth";
}

/** Names come by the thousand, and few are different ones. */
function known<T>(find: (name: string) => T): (name: string) => T {
	const found = new Map<string, T>();
	return (name) => {
		const before = found.get(name);
		if (before !== undefined) return before;
		const value = find(name);
		if (found.size < 5000 && name.length < 100) found.set(name, value);
		return value;
	};
}

export const rankOf = known(rankOfName);

/** Whether what stands below that name is as `env`: each of its values is hidden unless it is plainly harmless. */
export const isMapName = known((name: string): boolean => {
	const words = wordsOf(name);
	// "env_vars", "http_headers", "process.env"
	const last = /^(?:vars?|variables)$/.test(words.at(-1) ?? "") ? -2 : -1;
	return !name.includes(" ") && MAPS.has(words.at(last) ?? "");
});

/** Of a name below one that holds logins. */
export const rankWithin = known((name: string): Rank => {
	const rank = rankOf(name);
	if (isNamed(rank)) return rank;
	const words = wordsOf(name);
	if (HARMLESS_NAMES.has(words.join(""))) return "harmless";
	return HARMLESS_ENDS.has(words.at(-1) ?? "") ? "weak" : "inner";
});

/** Of the flag of a program: `--password`, `-p`, `-u`. */
export function rankOfFlag(flag: string): Rank {
	if (/^-[pP]$/.test(flag)) return "weak";
	if (/^(?:-[He]|--header|--env)$/.test(flag)) return "pair";
	return /^(?:-u|--user)$/.test(flag) ? "login" : rankOf(flag);
}

/** "openaiAPIKey2" → openai, api, key, 2 */
export function wordsOf(name: string): string[] {
	return name
		.slice(-200)
		.replace(/([a-z\d])([A-Z])/g, "$1 $2")
		.replace(/([A-Z])([A-Z][a-z])/g, "$1 $2")
		.toLowerCase()
		.split(/[^a-z\d]+/)
		.filter(Boolean);
}

function rankOfName(name: string): Rank {
	const dot = name.lastIndexOf(".");
	// "env.FOO"
	if (dot > 0 && isMapName(name.slice(0, dot)))
		return rankWithin(name.slice(dot + 1));
	if (isPasswordElsewhere(name)) return "strict";
	const words = wordsOf(name).filter((word) => !/^\d+$/.test(word));
	return rankOfWords(words, name);
}

function rankOfWords(words: readonly string[], name: string): Rank {
	const whole = words.join("");
	const last = words.at(-1) ?? "";
	const before = words.at(-2) ?? "";
	if (STRICT_CODES.some((end) => whole.endsWith(end))) return "strict";
	if (SECRET_ENDS.some((end) => whole.endsWith(end))) return "strong";
	if (HARMLESS_ENDS.has(last)) return "harmless";
	if (SECRET_PARTS.some((part) => whole.includes(part))) return "strong";
	if (words.some((word) => STRICT.has(word))) return "strict";
	const ends = (word: string) => STRICT_ENDS.some((end) => word.endsWith(end));
	if (words.some(ends)) return "strict";
	if (last === "token" && OF_MODELS.has(before)) return "harmless";
	if (words.some((word) => STRONG.has(word) || word.endsWith("token")))
		return "strong";
	if (words.some((word, at) => isOfLogins(word, words[at - 1])))
		return "counted";
	return rankOfLast(words, name);
}

/** Not those that models count. */
function isOfLogins(word: string, before: string | undefined): boolean {
	if (word !== "tokens" && word !== "keys") return false;
	if (word === "tokens" && before === undefined) return true;
	return LOGINS.has(before ?? "");
}

function rankOfLast(words: readonly string[], name: string): Rank {
	const last = words.at(-1) ?? "";
	const before = words.at(-2);
	if (last === "key") return rankOfKey(before, name);
	if (last === "code" && before === undefined) return "code";
	// "PASS: 12 tests" is what a program prints.
	if (last === "pass" && before === undefined)
		return name === "PASS" ? "weak" : "pass";
	if (LOGIN.has(last) && !name.includes(" "))
		return last === "auth" ? "auth" : "login";
	// "SMTP_PASS", "db_pass"; not "first_pass".
	if (last === "pass" && before !== undefined && !name.includes(" "))
		return OF_TRIES.has(before) ? "harmless" : "strong";
	const isEither = WEAK_ENDS.has(last) || words.some((word) => WEAK.has(word));
	return isEither ? "weak" : "harmless";
}

const OF_TRIES: ReadonlySet<string> = new Set([
	...["first", "second", "last", "single", "multi", "two", "by", "dry"],
]);

/** "openai_key" is a secret, "session_key" none, and "key" often one of a keyboard or a list. */
function rankOfKey(before: string | undefined, name: string): Rank {
	if (before === undefined || name.includes(" ")) return "weak";
	return OF_LISTS.has(before) ? "harmless" : "strong";
}

/**
 * Whether what a table or a list of settings has there is the name of a setting: "key", "setting_name", "optionKey". What
 * stands beside it is the value of that setting, whatever it is called.
 */
export const isNaming = known(
	(column: string): boolean =>
		NAMING.has(wordsOf(column).at(-1) ?? "") && !isNamed(rankOf(column)),
);

/** What stands beside such a name: "value", "setting_value", "v". */
export function isValueOfEntry(name: string): boolean {
	return /^(?:v|(?:(?:setting|option|config|cfg|param(?:eter)?|prop(?:erty)?|var(?:iable)?|env|field|item|data|text)_?)?val(?:ue)?)$/i.test(
		name,
	);
}
