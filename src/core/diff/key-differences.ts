import { isSecretName, MASK, maskText, maskValue } from "../secrets/secrets.ts";
import { partsOf } from "./parts-of-values.ts";
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
	const some: KeyDifference[] = [];
	let total = 0;
	const tell = (difference: KeyDifference) => {
		if (++total <= MOST) some.push(difference);
	};
	const top = { key: "", name: "", isHidden: isSecret, depth: 0 };
	compare(left, right, top, tell);
	return { some, total };
}

function compare(
	left: unknown,
	right: unknown,
	place: Place,
	tell: (difference: KeyDifference) => void,
): void {
	const parts = place.depth < DEEPEST ? partsOf(left, right) : undefined;
	if (parts === undefined) {
		if (!isSame(left, right)) tell(differenceAt(place, left, right));
		return;
	}
	for (const { name, text, left: one, right: other } of parts)
		compare(one, other, below(place, name, text), tell);
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
	{ key, name, isHidden }: Place,
	left: unknown,
	right: unknown,
): KeyDifference {
	const shown = (value: unknown) =>
		isHidden ? MASK : shownText(textOf(maskValue(value, name)));
	const hides = [left, right].some(
		(value) => value !== undefined && shown(value).includes(MASK),
	);
	return {
		key: key === "" ? "all of it" : key,
		...(left !== undefined && { left: shown(left) }),
		...(right !== undefined && { right: shown(right) }),
		isHidden: isHidden || hides,
	};
}

function textOf(value: unknown): string {
	// A key may be a secret, too.
	return typeof value === "string"
		? value
		: maskText(JSON.stringify(value) ?? "");
}

function below(above: Place, name: string, text: string): Place {
	const { key, isHidden, depth } = above;
	const shown = shownKey(text, isHidden);
	return {
		key: shownText(
			`${key}${key === "" ? shown.replace(/^\./, "") : shown}`,
			120,
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
