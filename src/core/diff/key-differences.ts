import {
	hiddenIn,
	maskValue,
	type Place,
	placeBelow,
	TOP,
} from "../secrets/mask-value.ts";
import { isName, isPlainKey } from "../secrets/secret-keys.ts";
import { isNamed } from "../secrets/secret-names.ts";
import { MASK, maskText } from "../secrets/secrets.ts";
import { cutWithin, printable } from "../words.ts";
import { type Part, partsOf } from "./parts-of-values.ts";
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

/** So many are told of a file, unless more are asked for. */
const MOST = 200;
const DEEPEST = 50;
const LONGEST_KEY = 120;

interface Compared {
	/** As it is shown. */
	readonly key: string;
	/** By the names on the way a value may be a secret. */
	readonly place: Place;
	readonly depth: number;
	readonly file: File;
}

export interface FileKind {
	/** Nothing but names is shown. */
	readonly isSecret: boolean;
	/** Its keys are names of variables, and no codes. */
	readonly isOfVariables: boolean;
	/** Keys that are told. */
	readonly most?: number | undefined;
}

interface File extends FileKind {
	/** What is hidden anywhere in it. */
	readonly hidden: ReadonlySet<string>;
}

export function keyDifferences(
	left: unknown,
	right: unknown,
	kind: FileKind,
): KeyDifferences {
	const told = { some: [] as KeyDifference[], total: 0 };
	if (isSame(left, right)) return told;
	const file = { ...kind, hidden: hiddenIn([left, right]) };
	compare(left, right, { key: "", place: TOP, depth: 0, file }, told);
	return told;
}

function compare(
	left: unknown,
	right: unknown,
	at: Compared,
	told: { readonly some: KeyDifference[]; total: number },
): void {
	const { most = MOST } = at.file;
	const parts =
		at.depth < DEEPEST ? partsOf(left, right, at.place.program) : undefined;
	if (parts === undefined) {
		if (told.total++ < most) told.some.push(differenceAt(at, left, right));
		return;
	}
	for (const part of parts) {
		const { left: one, right: other } = part;
		if (isSame(one, other)) continue;
		// To make a key fit to be shown takes longer than to compare it.
		const isShown = told.total < most;
		const inner = isShown ? below(at, part) : { ...at, depth: at.depth + 1 };
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
		// To the millisecond, and in TOML with its time zone.
		const isTime = one instanceof Date || other instanceof Date;
		if (isTime && jsonOf(one) !== jsonOf(other)) return false;
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
	{ key, place, file }: Compared,
	left: unknown,
	right: unknown,
): KeyDifference {
	const { isSecret, hidden } = file;
	const isBoth = left !== undefined && right !== undefined;
	const isUnlike = isBoth && typeof left !== typeof right;
	const masked = (value: unknown) =>
		isSecret ? MASK : textOf(maskValue(value, place, { hidden }), isUnlike);
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
		isHidden: isSecret || hides,
	};
}

/** @param isQuoted beside a number or the like, for which a text could be taken */
function textOf(value: unknown, isQuoted: boolean): string {
	if (typeof value === "string")
		return isQuoted || value === "" ? `"${value}"` : value;
	if (typeof value === "bigint") return String(value);
	if (isBeyondJson(value)) return beyondJson(value);
	// A key may be a secret, too.
	return maskText(jsonOf(value));
}

/** Infinity, or no number: JSON knows neither. */
function isBeyondJson(value: unknown): value is number {
	return typeof value === "number" && !Number.isFinite(value);
}

/** As TOML writes it. */
function beyondJson(value: number): string {
	return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
}

/** As JSON, in which an integer may be of any size. */
export function jsonOf(value: unknown): string {
	const text = JSON.stringify(value, (_, one: unknown) =>
		typeof one === "bigint"
			? String(one)
			: isBeyondJson(one)
				? beyondJson(one)
				: one,
	);
	return text ?? "";
}

function below(
	above: Compared,
	{ name, text, entry, program }: Part,
): Compared {
	const { key, place, depth, file } = above;
	const isHidden = file.isSecret || isNamed(place.rank);
	const shown =
		isHidden && !isShownKey(text, file) ? hiddenKey(text) : maskText(text);
	return {
		key: cutWithin(
			printable(`${key}${key === "" ? shown.replace(/^[. ]/, "") : shown}`),
			LONGEST_KEY,
		),
		place: { ...placeBelow(place, name, entry), program },
		depth: depth + 1,
		file,
	};
}

/** In a file of secrets a key may be one itself: only what looks like a name is shown there. */
function isShownKey(text: string, { isOfVariables }: File): boolean {
	const key = text.slice(1);
	return (
		text.startsWith(".") && (isOfVariables ? isName(key) : isPlainKey(key))
	);
}

function hiddenKey(text: string): string {
	return text.startsWith(".") ? ".…" : "[…]";
}
