import { isSecretName, MASK, maskText, maskValue } from "../secrets/secrets.ts";
import { cutWithin, printable } from "../words.ts";
import { partsOf } from "./parts-of-values.ts";
import { shownPair, shownText } from "./shown.ts";

/** A key that one side has alone, or that says something else there. All of it is masked. */
export interface KeyDifference {
	/** "model.default", "jobs[morning brief].enabled" */
	readonly key: string;
	/** Undefined: it has no such key. */
	readonly left?: string;
	readonly right?: string;
	/** What it says is a secret. */
	readonly isHidden: boolean;
}

export interface KeyDifferences {
	/** Some of them. */
	readonly some: readonly KeyDifference[];
	readonly total: number;
}

/** So many are told of a file. */
const MOST = 200;
const DEEPEST = 50;
const LONGEST_KEY = 120;

interface Place {
	/** As it is shown. */
	readonly key: string;
	/** The last name on the way, by which a value may be a secret. */
	readonly name: string;
	readonly isHidden: boolean;
	readonly depth: number;
}

/** @param isSecret nothing but names is shown */
export function keyDifferences(
	left: unknown,
	right: unknown,
	isSecret: boolean,
): KeyDifferences {
	const told = { some: [] as KeyDifference[], total: 0 };
	const top = { key: "", name: "", isHidden: isSecret, depth: 0 };
	if (!isSame(left, right)) compare(left, right, top, told);
	return told;
}

function compare(
	left: unknown,
	right: unknown,
	place: Place,
	told: { readonly some: KeyDifference[]; total: number },
): void {
	const parts = place.depth < DEEPEST ? partsOf(left, right) : undefined;
	if (parts === undefined) {
		if (told.total++ < MOST) told.some.push(differenceAt(place, left, right));
		return;
	}
	for (const { name, text, left: one, right: other } of parts) {
		if (isSame(one, other)) continue;
		// To make a key fit to be shown takes longer than to compare it.
		const depth = place.depth + 1;
		const isShown = told.total < MOST;
		const inner = isShown ? below(place, name, text) : { ...place, depth };
		compare(one, other, inner, told);
	}
}

/** However deep they are: a call for each level would be too many. */
export function isSame(left: unknown, right: unknown): boolean {
	const pairs: [unknown, unknown][] = [[left, right]];
	for (let pair = pairs.pop(); pair !== undefined; pair = pairs.pop()) {
		const [one, other] = pair;
		if (one === other || Object.is(one, other)) continue;
		if (typeof one !== "object" || typeof other !== "object") return false;
		if (one === null || other === null) return false;
		if (Array.isArray(one) !== Array.isArray(other)) return false;
		if (one instanceof Date && String(one) !== String(other)) return false;
		const keys = Object.keys(one);
		if (keys.length !== Object.keys(other).length) return false;
		for (const key of keys) {
			if (!Object.hasOwn(other, key)) return false;
			pairs.push([Reflect.get(one, key), Reflect.get(other, key)]);
		}
	}
	return true;
}

function differenceAt(
	{ key, name, isHidden }: Place,
	left: unknown,
	right: unknown,
): KeyDifference {
	const isBoth = left !== undefined && right !== undefined;
	const isUnlike = isBoth && typeof left !== typeof right;
	const masked = (value: unknown) =>
		isHidden ? MASK : textOf(maskValue(value, name), isUnlike);
	const [one, other] = [left, right].map((value) =>
		value === undefined ? undefined : masked(value),
	);
	const hides = [one, other].some((text) => text?.includes(MASK));
	return {
		key: key === "" ? "all of it" : key,
		...(one !== undefined && other !== undefined
			? shownPair(one, other)
			: {
					...(one !== undefined && { left: shownText(one) }),
					...(other !== undefined && { right: shownText(other) }),
				}),
		isHidden: isHidden || hides,
	};
}

/** @param isQuoted beside a number or the like, for which a text could be taken */
function textOf(value: unknown, isQuoted: boolean): string {
	if (typeof value === "string")
		return isQuoted || value === "" ? `"${value}"` : value;
	if (typeof value === "bigint") return String(value);
	// A key may be a secret, too.
	return maskText(jsonOf(value));
}

/** As JSON, in which an integer may be of any size. */
export function jsonOf(value: unknown): string {
	const text = JSON.stringify(value, (_, one: unknown) =>
		typeof one === "bigint" ? String(one) : one,
	);
	return text ?? "";
}

function below(above: Place, name: string, text: string): Place {
	const { key, isHidden, depth } = above;
	const shown = shownKey(text, isHidden);
	return {
		key: cutWithin(
			printable(`${key}${key === "" ? shown.replace(/^[. ]/, "") : shown}`),
			LONGEST_KEY,
		),
		name: name === "" ? above.name : name,
		isHidden: isHidden || isSecretName(name),
		depth: depth + 1,
	};
}

/** In a file of secrets a key may be one itself: only what looks like a name is shown there. */
function shownKey(text: string, isSecret: boolean): string {
	const isName =
		/^\.[A-Za-z_][\w-]{0,39}$/.test(text) && !/\d{4}|[0-9a-f]{12}/i.test(text);
	if (isSecret && !isName) return text.startsWith(".") ? ".…" : "[…]";
	return maskText(text);
}
