import * as v from "valibot";

/** Bytes, or a count. */
export const Size = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** A damaged or hostile manifest may name any number, and others must still be made: see `nameSnapshot`. */
export const HIGHEST_SEQUENCE = 1e12;

/** What `list` needs: the first lines of the file, read without the rest. */
export const Summary = v.object({
	id: v.string(),
	timestamp: v.string(),
	label: v.nullish(v.string(), null),
	file_count: v.optional(Size, 0),
	total_size: v.optional(Size, 0),
	formatVersion: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
	sequence: v.optional(
		v.pipe(
			v.number(),
			v.integer(),
			v.minValue(0),
			v.maxValue(HIGHEST_SEQUENCE),
		),
	),
	createdAt: v.optional(v.pipe(v.string(), v.isoTimestamp())),
	reason: v.optional(v.string(), "manual"),
	host: v.optional(v.string()),
	hostVersion: v.optional(v.pipe(v.string(), v.maxLength(100))),
	complete: v.optional(v.boolean(), true),
	coherent: v.optional(v.boolean()),
	pinned: v.optional(v.boolean(), false),
});
export type ManifestSummary = v.InferOutput<typeof Summary>;

/** What Hermes could not save. */
export const Foreign = {
	failed_dbs: v.optional(v.unknown()),
	oversized_skipped: v.optional(v.unknown()),
};

/** Parses the beginning of a manifest: all that `list` shows. Undefined when it is not one. */
export function parseSummary(beginning: string): ManifestSummary | undefined {
	const end = filesKeyIn(beginning);
	try {
		const result = v.safeParse(
			Summary,
			JSON.parse(end < 0 ? beginning : `${beginning.slice(0, end)}}`),
		);
		return result.success ? result.output : undefined;
	} catch (error) {
		if (!(error instanceof SyntaxError)) throw error;
		return undefined;
	}
}

/** A manifest of Hermes', read whole: one whose databases failed lacks something. Undefined when it is not one. */
export function parseForeignSummary(text: string): ManifestSummary | undefined {
	const schema = v.object({ ...Summary.entries, ...Foreign });
	const result = v.safeParse(schema, jsonOrUndefined(text));
	if (!result.success) return undefined;
	const { failed_dbs, oversized_skipped, ...summary } = result.output;
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
