import * as v from "valibot";
import { Size } from "../manifest/summary-schema.ts";
import { type Parts, partCount } from "../parts/parts.ts";

const Mode = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0o7777));
const Sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const common = {
	path: v.string(),
	mode: v.optional(Mode),
	mtime: v.optional(v.pipe(v.number(), v.minValue(-1e14), v.maxValue(1e14))),
};
const Count = v.object({
	/** See `Counted`. */
	what: v.pipe(v.string(), v.maxLength(50)),
	count: Size,
	/** When the newest of them came, ISO 8601. */
	newest: v.exactOptional(v.pipe(v.string(), v.isoTimestamp())),
});
export type Count = v.InferOutput<typeof Count>;

const stored = {
	size: Size,
	parts: v.exactOptional(
		v.object({
			size: v.pipe(Size, v.minValue(512)),
			sha256: v.pipe(v.array(Sha256), v.minLength(1), v.readonly()),
		}),
	),
	/** What the original looked like when it was captured: as long as it does, it is not read again. See `Look`. */
	look: v.exactOptional(v.pipe(v.string(), v.maxLength(500))),
	/** What people would miss of it, in numbers. Absent where the host names nothing in it. */
	counts: v.exactOptional(v.pipe(v.array(Count), v.readonly())),
};

export const PlainEntry = v.object({
	...common,
	...stored,
	kind: v.literal("file"),
	sha256: v.optional(Sha256),
});

export const DatabaseEntry = v.object({
	...common,
	...stored,
	kind: v.literal("database"),
	/** Absent when it is kept in parts, which have a hash each. */
	sha256: v.exactOptional(Sha256),
	/**
	 * Without the header fields that SQLite changes by itself: equal content, equal hash. SHA-256 of the file, or, kept in
	 * parts, of the hashes of its parts: see `ContentHash`.
	 */
	content: Sha256,
	journalMode: v.string(),
	/** All of it was searched for damage. Of what was not, a restore does so. */
	checked: v.boolean(),
	/** When all of it, or of one that it came from, was searched, ISO 8601: later captures have looked at the pages that changed. */
	checkedAt: v.exactOptional(v.pipe(v.string(), v.isoTimestamp())),
	/** How far into its log the content goes: see `RawContent.mark`. Of one in parts that was read raw. */
	logMark: v.exactOptional(v.pipe(v.string(), v.maxLength(100))),
	/** Of one in parts, of its tables and columns: see `schemaHash`. Equal: nobody need put it together to look. */
	schema: v.exactOptional(Sha256),
	/** The tables that are saved without rows, if any. */
	cleared: v.exactOptional(v.array(v.string())),
});
export type DatabaseEntry = v.InferOutput<typeof DatabaseEntry>;

export const Entry = v.variant("kind", [
	v.object({ ...common, kind: v.literal("directory") }),
	v.object({
		...common,
		kind: v.literal("link"),
		target: v.pipe(v.string(), v.excludes("\0")),
	}),
	PlainEntry,
	DatabaseEntry,
]);
/** One captured thing. `mode`, `mtime` and `sha256` are absent only in snapshots that Hermes made. */
export type Entry = v.InferOutput<typeof Entry>;
export type FileEntry = Extract<Entry, { kind: "file" | "database" }>;

export function isFile(entry: Entry): entry is FileEntry {
	return entry.kind === "file" || entry.kind === "database";
}

/** Bytes. */
export function totalOf(files: readonly { readonly size: number }[]): number {
	return files.reduce((sum, { size }) => sum + size, 0);
}

export function isDatabase(entry: Entry): entry is DatabaseEntry {
	return entry.kind === "database";
}

/** In words, what of its parts cannot be; undefined: all is well. */
export function whyWrongParts(entries: readonly Entry[]): string | undefined {
	for (const entry of entries) {
		if (!isFile(entry)) continue;
		const { path, size, parts, kind } = entry;
		const name = JSON.stringify(path);
		if (parts === undefined) {
			if (kind === "database" && entry.sha256 === undefined)
				return `names no hash of ${name}`;
		} else if (!isCounted(size, parts))
			return `names ${parts.sha256.length} parts of ${name}, which cannot be`;
	}
	return undefined;
}

function isCounted(size: number, { size: partSize, sha256 }: Parts): boolean {
	return sha256.length === partCount(size, partSize);
}
