import { typedArguments } from "./secret-arguments.ts";
import { maskForms } from "./secret-forms.ts";
import { looksLikeSecret } from "./secret-looks.ts";
import { MASK } from "./secret-mask.ts";
import {
	isMapName,
	isNamed,
	isNaming,
	isValueOfEntry,
	type Rank,
	rankOf,
	rankOfFlag,
	rankWithin,
} from "./secret-names.ts";
import { isSetOfEnvironment, rankBelow } from "./secret-parents.ts";
import { isRepeatable } from "./secret-repeats.ts";
import { isOpenlySaid } from "./secret-values.ts";
import { maskWithin } from "./secret-within.ts";
import { maskText } from "./secrets.ts";

/** Where a value stands, as far as that tells what may be seen of it. */
export interface Place {
	readonly rank: Rank;
	/** It is below a name like `env`, or is that itself. */
	readonly isMap: boolean;
	/** What the entry of a list that it is, or is in, is called: `API_KEY` of `{name: API_KEY, value: …}`. */
	readonly entry?: string | undefined;
	/** That is called with it, if it is a list: of `{command: mysql, args: […]}`. */
	readonly program?: string | undefined;
	/** The names above it, the nearest last, as far as they tell anything. */
	readonly above?: readonly string[] | undefined;
}

export const TOP: Place = { rank: "harmless", isMap: false };

/** @param name of a key, or "": of an entry of a list */
export function placeBelow(above: Place, name: string, entry?: string): Place {
	const { rank, isMap } = above;
	if (name === "")
		return {
			...{ rank, isMap, entry: entry ?? above.entry, above: above.above },
		};
	if (isNamed(rank)) return above;
	const known = isValueOfEntry(name) ? (above.entry ?? name) : name;
	if (known.startsWith("-")) return { rank: rankOfFlag(known), isMap };
	const names = above.above ?? [];
	return {
		rank:
			rankBelow(names, known) ?? (isMap ? rankWithin(known) : rankOf(known)),
		isMap: isMap || isMapName(known) || isSetOfEnvironment(names, known),
		above: [...names.slice(-1), name],
	};
}

/** What is known of the whole that a value is a part of. */
export interface Known {
	/** Hidden elsewhere in it. */
	readonly hidden?: ReadonlySet<string>;
	/** Is told what is hidden. */
	readonly hide?: (value: string) => void;
}

/** So deep nobody looks, and each level is a call. */
const LEVELS = 200;

/** As `maskText`, of a value of JSON or YAML: the names of its keys count for all below them. */
export function maskValue(
	value: unknown,
	place: Place = TOP,
	known: Known = {},
	levels = LEVELS,
): unknown {
	if (levels === 0) return MASK;
	if (ArrayBuffer.isView(value)) return `(${value.byteLength} bytes)`;
	const below = (one: unknown, name: string, entry?: string) =>
		maskValue(one, placeBelow(place, name, entry), known, levels - 1);
	if (Array.isArray(value)) {
		const names = namesBefore(value, place.program);
		return value.map((one, index) =>
			below(one, names[index] ?? "", nameIn(one)),
		);
	}
	if (isPlain(value)) {
		const own = { ...place, entry: nameIn(value) };
		const program = programIn(value);
		return Object.fromEntries(
			Object.entries(value).map(([key, one]) => [
				isNamed(place.rank) && looksLikeSecret(key, true)
					? MASK
					: maskForms(key),
				maskValue(one, { ...placeBelow(own, key), program }, known, levels - 1),
			]),
		);
	}
	return maskScalar(value, place, known);
}

function maskScalar(
	value: unknown,
	{ rank, isMap }: Place,
	{ hidden, hide }: Known,
): unknown {
	const isNumber = typeof value === "number" || typeof value === "bigint";
	if (typeof value !== "string" && !isNumber) return value;
	// A number says nothing of a login unless its name says so.
	if (isNumber && !isNamed(rank) && rank !== "inner") return value;
	const text = String(value);
	if (!isOpenlySaid(text, rank)) {
		hide?.(text);
		return MASK;
	}
	if (isNumber) return value;
	if (hidden?.has(text)) return MASK;
	// An entry of a list: "FOO=x".
	const own = isMap && rank === "harmless" && /^[\w-]+(?:=|: )/.test(text);
	return maskText(own ? maskWithin(text, hide ?? (() => {})) : text);
}

/** What is hidden somewhere in these values, and tells something wherever it stands. */
export function hiddenIn(values: readonly unknown[]): ReadonlySet<string> {
	const hidden = new Set<string>();
	const hide = (value: string) => {
		if (isRepeatable(value)) hidden.add(value);
	};
	for (const value of values) maskValue(value, TOP, { hide });
	return hidden;
}

/** Kinds of logins stand in lists, too: what follows must look like a secret. */
function isPairOfSecret(list: readonly unknown[]): boolean {
	const [name, secret] = list;
	if (list.length !== 2 || typeof name !== "string") return false;
	return (
		isNamed(rankOf(name)) &&
		typeof secret === "string" &&
		looksLikeSecret(secret, true)
	);
}

/** No time, of which there is nothing to be masked. */
function isPlain(value: unknown): value is object {
	return (
		typeof value === "object" && value !== null && !(value instanceof Date)
	);
}

/**
 * The names that stand before the values of a list: of `["--api-key", "…"]`, and of a pair like `["password", "…"]`. A password
 * that is typed behind the flag of a program is called `--password`.
 * @param program that is called with it
 */
export function namesBefore(
	list: readonly unknown[],
	program?: string,
): (string | undefined)[] {
	const typed = typedArguments(list, program);
	return list.map((_, at) =>
		typed.has(at) ? "--password" : nameBefore(list, at),
	);
}

function nameBefore(list: readonly unknown[], at: number): string | undefined {
	const before = list[at - 1];
	if (typeof before !== "string") return undefined;
	const isFlag = /^--?[A-Za-z][\w-]*$/.test(before);
	return isFlag || (at === 1 && isPairOfSecret(list)) ? before : undefined;
}

/** Of `{"command": "mysql", "args": […]}`. */
export function programIn(value: unknown): string | undefined {
	if (typeof value !== "object" || value === null) return undefined;
	const [program] = ["command", "cmd", "program"]
		.map((key) => Reflect.get(value, key))
		.filter((one) => typeof one === "string");
	return program;
}

/** Of `{"name": "API_KEY", "value": "…"}`, and of rows of a table like it. */
export function nameIn(value: unknown): string | undefined {
	if (typeof value !== "object" || value === null) return undefined;
	const names = Object.entries(value)
		.filter(([key, one]) => typeof one === "string" && isNaming(key))
		.map(([, one]) => String(one));
	return names.find((name) => isNamed(rankOf(name))) ?? names[0];
}
