import { nameIn, namesBefore, programIn } from "../secrets/mask-value.ts";

/** One of what two values are made of. */
export interface Part {
	readonly name: string;
	/** What an entry of a list calls itself: by that its value may be a secret. */
	readonly entry?: string | undefined;
	/** What is called with it, if it is a list. */
	readonly program?: string | undefined;
	/** How it stands behind the key above it. */
	readonly text: string;
	readonly left: unknown;
	readonly right: unknown;
}

/** What two values of the same form are made of; undefined: they are to be compared as a whole. */
export function partsOf(
	left: unknown,
	right: unknown,
	program?: string,
): Part[] | undefined {
	if (isObject(left) && isObject(right)) {
		const names = [...new Set([...Object.keys(left), ...Object.keys(right)])];
		const called = programIn(right) ?? programIn(left);
		return names.map((name) => ({
			...{ name, program: called },
			text: `.${name}`,
			left: own(left, name),
			right: own(right, name),
		}));
	}
	if (!Array.isArray(left) || !Array.isArray(right)) return undefined;
	return (
		partsByName(left, right) ??
		partsByValue(left, right, program) ??
		partsByPlace(left, right, program)
	);
}

/** What lists call their entries, which so are known wherever they stand. */
const NAMES = ["id", "name", "key", "slug", "uuid"];

function partsByName(left: unknown[], right: unknown[]): Part[] | undefined {
	for (const key of NAMES) {
		const [one, other] = [namedBy(left, key), namedBy(right, key)];
		if (one === undefined || other === undefined) continue;
		const parts = [...new Set([...one.keys(), ...other.keys()])].map(
			(name) => ({
				name: "",
				entry: nameIn(one.get(name)) ?? nameIn(other.get(name)),
				text: `[${titleOf(one.get(name) ?? other.get(name)) ?? name}]`,
				left: one.get(name),
				right: other.get(name),
			}),
		);
		return [...parts, ...orderOf([...one.keys()], [...other.keys()])];
	}
	return undefined;
}

/** Of a list with names the agent may take the first: those that both have stand in another order. */
function orderOf(left: string[], right: string[]): Part[] {
	const common = new Set(left).intersection(new Set(right));
	const [one, other] = [left, right].map((names) =>
		names.filter((name) => common.has(name)).join(", "),
	);
	return one === other
		? []
		: [{ name: "", text: " (order)", left: one, right: other }];
}

/** Undefined: not all have one of their own. */
function namedBy(
	list: unknown[],
	key: string,
): Map<string, unknown> | undefined {
	const named = new Map<string, unknown>();
	for (const entry of list) {
		const name = isObject(entry) ? own(entry, key) : undefined;
		if (typeof name !== "string" && typeof name !== "number") return undefined;
		if (named.has(String(name))) return undefined;
		named.set(String(name), entry);
	}
	return named;
}

/** What a person calls an entry. */
function titleOf(entry: unknown): string | undefined {
	const name = isObject(entry)
		? (own(entry, "name") ?? own(entry, "title"))
		: undefined;
	return typeof name === "string" && name !== "" ? name : undefined;
}

/** Of lists of words, what one has and the other has not, and nothing of their order, unless that is all. */
function partsByValue(
	left: unknown[],
	right: unknown[],
	program?: string,
): Part[] | undefined {
	if (![...left, ...right].every(isWord)) return undefined;
	const [one, other] = [new Set(left), new Set(right)];
	const lone = [...one.symmetricDifference(other)];
	if (lone.length === 0) return partsByPlace(left, right, program);
	const [flags, others] = [left, right].map((list) =>
		flagsBefore(list, program),
	);
	return lone.map((value) => ({
		name: flags?.get(value) ?? others?.get(value) ?? "",
		text: "[]",
		left: one.has(value) ? value : undefined,
		right: other.has(value) ? value : undefined,
	}));
}

/** By the words behind them: of `["--api-key", "…"]`. */
function flagsBefore(list: unknown[], program?: string): Map<unknown, string> {
	const names = namesBefore(list, program);
	return new Map(
		list.flatMap((value, at): [unknown, string][] => {
			const flag = names[at];
			return flag === undefined ? [] : [[value, flag]];
		}),
	);
}

function partsByPlace(
	left: unknown[],
	right: unknown[],
	program?: string,
): Part[] {
	const [names, others] = [left, right].map((list) =>
		namesBefore(list, program),
	);
	const length = Math.max(left.length, right.length);
	return Array.from({ length }, (_, index) => ({
		name: names?.[index] ?? others?.[index] ?? "",
		entry: nameIn(left[index]) ?? nameIn(right[index]),
		text: `[${index + 1}]`,
		left: left[index],
		right: right[index],
	}));
}

function isWord(value: unknown): boolean {
	return ["string", "number", "bigint", "boolean"].includes(typeof value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
	// A time is one value.
	const isWhole = Array.isArray(value) || value instanceof Date;
	return typeof value === "object" && value !== null && !isWhole;
}

function own(value: Readonly<Record<string, unknown>>, name: string): unknown {
	return Object.hasOwn(value, name) ? value[name] : undefined;
}
