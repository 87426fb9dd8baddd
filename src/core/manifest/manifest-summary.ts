import type * as v from "valibot";
import type { Summary } from "./summary-schema.ts";

/** Made beside a restore so that it can be undone: listed without a number. */
export const UNDO_REASON = "before-restore";
/** Of one that holds what an update has broken: kept, so that nothing is lost, and what nobody goes back to by a number. */
export const UNHEALTHY_REASON = "unhealthy";
/** Of one that came back from a repository elsewhere. */
export const PULLED_REASON = "pulled";
/** Made of an archive, to be restored from. */
export const IMPORTED_REASON = "imported";

/** A damaged or hostile manifest may name any number, and others must still be made: see `nameSnapshot`. */
export const HIGHEST_SEQUENCE = 1e12;

/** What `list` needs: the first lines of the file, read without the rest. */
export type ManifestSummary = v.InferOutput<typeof Summary>;

interface Rule {
	/** Of a key that is there. */
	readonly is: (value: unknown) => boolean;
	/** Of one that is not; without it the key may not be missing, or is left out (`mayLack`). */
	readonly otherwise?: unknown;
	readonly mayLack?: true;
}

/*
 * Each is what its namesake of summary-schema.ts says. By hand: a schema and its library take as long to begin as all of
 * `list`, and a store may hold a thousand.
 */
const RULES: Readonly<Record<keyof ManifestSummary, Rule>> = {
	id: { is: isText },
	timestamp: { is: isText },
	label: { is: (value) => value === null || isText(value), otherwise: null },
	file_count: { is: isSize, otherwise: 0 },
	total_size: { is: isSize, otherwise: 0 },
	formatVersion: {
		is: (value) => Number.isInteger(value) && Number(value) >= 1,
		mayLack: true,
	},
	sequence: { is: isSequence, mayLack: true },
	createdAt: { is: isTime, mayLack: true },
	reason: { is: isText, otherwise: "manual" },
	host: { is: isText, mayLack: true },
	hostVersion: {
		is: (value) => typeof value === "string" && value.length <= 100,
		mayLack: true,
	},
	complete: { is: isFlag, otherwise: true },
	coherent: { is: isFlag, mayLack: true },
	pinned: { is: isFlag, otherwise: false },
};
const KEYS = Object.keys(RULES) as (keyof ManifestSummary)[];

/** Undefined when it is no beginning of a manifest. */
export function summaryOf(value: unknown): ManifestSummary | undefined {
	if (typeof value !== "object" || value === null) return undefined;
	const given = value as Readonly<Record<string, unknown>>;
	const found: Record<string, unknown> = {};
	for (const key of KEYS) {
		const { is, otherwise, mayLack } = RULES[key];
		const one = key in given ? given[key] : otherwise;
		if (one === undefined && mayLack) continue;
		if (!is(one)) return undefined;
		found[key] = one;
	}
	return found as ManifestSummary;
}

function isText(value: unknown): boolean {
	return typeof value === "string";
}

function isFlag(value: unknown): boolean {
	return typeof value === "boolean";
}

/** Bytes, or a count. */
export function isSize(value: unknown): boolean {
	return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isSequence(value: unknown): boolean {
	return isSize(value) && Number(value) <= HIGHEST_SEQUENCE;
}

/** ISO 8601, as valibot reads it. */
function isTime(value: unknown): boolean {
	return typeof value === "string" && TIME.test(value);
}

const TIME =
	/^\d{4}-(?:0[1-9]|1[0-2])-(?:[12]\d|0[1-9]|3[01])[T ](?:0\d|1\d|2[0-3])(?::[0-5]\d){2}(?:\.\d{1,9})?(?:Z| ?[+-](?:0\d|1\d|2[0-3])(?::?[0-5]\d)?)$/u;

/** Parses the beginning of a manifest: all that `list` shows. Undefined when it is not one. */
export function parseSummary(beginning: string): ManifestSummary | undefined {
	const end = filesKeyIn(beginning);
	return summaryOf(
		jsonOrUndefined(end < 0 ? beginning : `${beginning.slice(0, end)}}`),
	);
}

/** A manifest of Hermes', read whole: one whose databases failed lacks something. Undefined when it is not one. */
export function parseForeignSummary(text: string): ManifestSummary | undefined {
	const whole: unknown = jsonOrUndefined(text);
	const summary = summaryOf(whole);
	if (summary === undefined) return undefined;
	const { failed_dbs, oversized_skipped } = whole as Record<string, unknown>;
	const failed = [...namesIn(failed_dbs), ...namesIn(oversized_skipped)];
	return { ...summary, complete: summary.complete && failed.length === 0 };
}

/** Hermes writes a list of names; whatever else stands there means that something failed. */
export function namesIn(value: unknown): string[] {
	if (value === undefined || value === null || value === "") return [];
	if (Array.isArray(value)) return value.map(nameOf);
	return typeof value === "object" ? Object.keys(value) : [nameOf(value)];
}

/** Not `String`, which fails on objects with a `toString` of their own and on lists as deep as the stack. */
function nameOf(value: unknown): string {
	return typeof value === "object" ? "something without a name" : String(value);
}

function jsonOrUndefined(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch (error) {
		if (!(error instanceof SyntaxError)) throw error;
		return undefined;
	}
}

/** Where the comma before the key "files" stands, or -1. By hand: a pattern for it takes quadratic time on white space. */
function filesKeyIn(text: string): number {
	for (
		let at = text.indexOf('"files"');
		at >= 0;
		at = text.indexOf('"files"', at + 1)
	) {
		let after = at + '"files"'.length;
		while (/\s/.test(text[after] ?? "")) after++;
		if (text[after] !== ":") continue;
		return text.slice(0, at).trimEnd().replace(/,$/, "").length;
	}
	return -1;
}
