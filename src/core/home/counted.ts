import type { RowsWanted, TableRows } from "../../system/system.ts";
import type { Count, Entry } from "../capture/entry.ts";
import { namesFor } from "./coverage.ts";
import type { Counted, Host } from "./host.ts";
import { matches } from "./paths.ts";

/** What is counted in this file or database, in the home or a nested one. */
export function countedIn(host: Host, path: string): readonly Counted[] {
	const all = host.counted ?? [];
	if (all.length === 0) return all;
	const names = namesFor(host, path);
	return all.filter((one) => names.some((name) => matches(name, one.path)));
}

/** What the star of a pattern stands for: "telegram" of "pairing/telegram-approved.json". */
export function starOf(pattern: string, path: string): string {
	const [before = "", after = ""] = (pattern.split("/").at(-1) ?? "").split(
		"*",
	);
	const name = path.split("/").at(-1) ?? "";
	return name.slice(before.length, name.length - after.length);
}

/** Of a database: the tables to be asked for, and what their answers mean. */
export function rowsWanted(counted: readonly Counted[]): RowsWanted[] {
	return counted.flatMap(({ table }) => (table ? [table] : []));
}

/** @param rows as they were wanted; undefined: there is no such table */
export function countsOfRows(
	counted: readonly Counted[],
	rows: readonly (TableRows | undefined)[],
): Count[] {
	return counted
		.filter(({ table }) => table !== undefined)
		.flatMap(({ what }, index) => {
			const found = rows[index];
			if (found === undefined) return [];
			const newest = timeOf(found.newest);
			return [{ what, count: found.count, ...(newest && { newest }) }];
		});
}

/** Entries of lists and objects in a file of JSON. Of what is none, nothing is known. */
export function countsOfText(
	counted: readonly Counted[],
	text: string,
): Count[] {
	const inJson = counted.flatMap(({ what, at }) => (at ? [{ what, at }] : []));
	const parsed = inJson.length > 0 ? parsedOrNothing(text) : undefined;
	if (parsed === undefined) return [];
	return inJson.flatMap(({ what, at }) => {
		const found = at.reduce<unknown>(
			(value, key) => Object(value)[key],
			parsed.value,
		);
		return typeof found === "object" && found !== null
			? [{ what, count: Object.keys(found).length }]
			: [];
	});
}

function parsedOrNothing(text: string): { value: unknown } | undefined {
	try {
		return { value: JSON.parse(text) };
	} catch (error) {
		if (!(error instanceof SyntaxError)) throw error;
		return undefined;
	}
}

/** Of a whole snapshot: what it has of each, in the order in which they are first met. */
export function totalCounts(entries: readonly Entry[]): Count[] {
	const totals = new Map<string, Count>();
	for (const entry of entries) {
		for (const { what, count, newest = "" } of countsIn(entry)) {
			const before = totals.get(what);
			const last = [before?.newest ?? "", newest].sort().at(-1);
			const sum = (before?.count ?? 0) + count;
			totals.set(what, { what, count: sum, ...(last && { newest: last }) });
		}
	}
	return [...totals.values()];
}

function countsIn(entry: Entry): readonly Count[] {
	return "counts" in entry ? (entry.counts ?? []) : [];
}

/** Seconds or milliseconds since 1970, or a text. ISO 8601. */
export function timeOf(value: unknown): string | undefined {
	const isNumber = typeof value === "number" && Number.isFinite(value);
	// No agent is of before 1973, nor will one of these be read in the year 5138.
	const time = isNumber
		? Math.abs(value) < 1e11
			? value * 1000
			: value
		: typeof value === "string"
			? Date.parse(value)
			: Number.NaN;
	return Math.abs(time) < 8e15 ? new Date(time).toISOString() : undefined;
}
