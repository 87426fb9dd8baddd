import { saysAnything } from "../home/configuration.ts";
import { PASSING } from "./health-database.ts";
import { leavesOf } from "./health-elsewhere.ts";

/** An entry of a list or an object that is counted. */
export type Row = Readonly<Record<string, unknown>>;

/** Some were on, and all that are there are off, or many more than before. What has run its course has ended by itself. */
export function whyOff(
	what: string,
	was: readonly Row[],
	is: readonly Row[],
): string | undefined {
	const on = was.filter((row) => !isOff(row) && !hasEnded(row)).length;
	const areOff = (rows: readonly Row[]) =>
		rows.filter((row) => isOff(row) && !hasEnded(row)).length;
	const off = areOff(is);
	if (on === 0 || off === 0) return undefined;
	if (is.every(isOff))
		return `${on} ${what}${on === 1 ? " was" : "s were"} on, none is now`;
	const switched = off - areOff(was);
	return switched >= 2 && switched * 2 >= on
		? `${on} ${what}s were on, ${switched} of them are off now`
		: undefined;
}

function isOff(row: Row): boolean {
	return Object.entries(row).some(
		([key, value]) =>
			(/^(is_?)?(enabled|active)$/i.test(key) && isFalse(value)) ||
			(/^(is_?)?(disabled|paused)$/i.test(key) && !isFalse(value)) ||
			(/^(state|status)$/i.test(key) &&
				/^(paused|disabled|off|inactive)$/i.test(String(value))),
	);
}

function isFalse(value: unknown): boolean {
	return value === false || value === 0 || value === null;
}

function hasEnded(row: Row): boolean {
	return Object.entries(row).some(
		([key, value]) =>
			/^(state|status)$/i.test(key) &&
			/^(complete|finish|done|end|expire)/i.test(String(value)),
	);
}

/** What most said under a key, none says any more, and that stands nowhere else. */
export function whySilent(
	what: string,
	was: readonly Row[],
	is: readonly Row[],
	words: ReadonlySet<string>,
): string | undefined {
	if (is.length === 0) return undefined;
	const silent = Object.keys(Object.assign({}, ...was)).find((key) => {
		const said = saidAt(was, key);
		const telling = new Set(said.flatMap((value) => [...tellingIn(value)]));
		const there = [...telling].filter((word) => words.has(word));
		return (
			!PASSING.test(key) &&
			said.length * 2 >= was.length &&
			telling.size > 0 &&
			saidAt(is, key).length === 0 &&
			there.length * 2 <= telling.size
		);
	});
	return silent && `${silent} is empty in all ${what}s now`;
}

/** Texts and lists that are not empty, and objects that say more than what kind they are. */
function saidAt(rows: readonly Row[], key: string): unknown[] {
	return rows
		.map((row) => row[key])
		.filter((value) =>
			typeof value === "string"
				? value.trim() !== ""
				: saysAnything(value) &&
					(Array.isArray(value) ||
						leavesOf(value).some(
							({ keys }) => !/^(kind|type)$/i.test(keys[0] ?? ""),
						)),
		);
}

/** What it says, without the names of its keys, which all have. */
export function tellingIn(value: unknown): Set<string> {
	if (typeof value === "object" && value !== null)
		return new Set(Object.values(value).flatMap((one) => [...tellingIn(one)]));
	const text = String(value ?? "").trim();
	const isTelling =
		typeof value === "number" ? value > 999 : typeof value === "string";
	return new Set(isTelling && text.length >= 3 ? [text] : []);
}
