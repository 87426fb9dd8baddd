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
import { type Part, partsOf } from "./parts-of-values.ts";
import { shownText } from "./shown.ts";

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
	const some: KeyDifference[] = [];
	let total = 0;
	const tell = (difference: KeyDifference) => {
		if (++total <= MOST) some.push(difference);
	};
	const file = { ...kind, hidden: hiddenIn([left, right]) };
	compare(left, right, { key: "", place: TOP, depth: 0, file }, tell);
	return { some, total };
}

function compare(
	left: unknown,
	right: unknown,
	at: Compared,
	tell: (difference: KeyDifference) => void,
): void {
	const parts = at.depth < DEEPEST ? partsOf(left, right) : undefined;
	if (parts === undefined) {
		if (!isSame(left, right)) tell(differenceAt(at, left, right));
		return;
	}
	for (const part of parts)
		compare(part.left, part.right, below(at, part), tell);
}

/** However deep they are: a call for each level would be too many. */
function isSame(left: unknown, right: unknown): boolean {
	const pairs: [unknown, unknown][] = [[left, right]];
	for (let pair = pairs.pop(); pair !== undefined; pair = pairs.pop()) {
		const [one, other] = pair;
		if (Object.is(one, other)) continue;
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
	{ key, place, file }: Compared,
	left: unknown,
	right: unknown,
): KeyDifference {
	const { isSecret, hidden } = file;
	const shown = (value: unknown) =>
		isSecret ? MASK : shownText(textOf(maskValue(value, place, { hidden })));
	const hides = [left, right].some(
		(value) => value !== undefined && shown(value).includes(MASK),
	);
	return {
		key: key === "" ? "all of it" : key,
		...(left !== undefined && { left: shown(left) }),
		...(right !== undefined && { right: shown(right) }),
		isHidden: isSecret || hides,
	};
}

function textOf(value: unknown): string {
	// A key may be a secret, too.
	return typeof value === "string"
		? value
		: maskText(JSON.stringify(value) ?? "");
}

function below(above: Compared, { name, text, entry }: Part): Compared {
	const { key, place, depth, file } = above;
	const isHidden = file.isSecret || isNamed(place.rank);
	const shown =
		isHidden && !isShownKey(text, file) ? hiddenKey(text) : maskText(text);
	return {
		key: shownText(
			`${key}${key === "" ? shown.replace(/^\./, "") : shown}`,
			120,
		),
		place: placeBelow(place, name, entry),
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
