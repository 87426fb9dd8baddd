import * as v from "valibot";
import { errorMessage, SnapshotError } from "../../errors.ts";
import { Entry, isFile, whyWrongParts } from "../capture/entry.ts";
import { Outside } from "../home/outside.ts";
import { ancestorsOf, whyUnsafe } from "../home/paths.ts";
import { hasLostItsChecksum, isAsWritten } from "./manifest-checksum.ts";
import { whyWrongPaths } from "./manifest-paths.ts";
import { namesIn, parseSummary } from "./manifest-summary.ts";
import { Foreign, Summary } from "./summary-schema.ts";
import { isUsualFile, UsualFile } from "./usual-file.ts";

/** The newest `formatVersion` we read. docs/format.md describes it. */
export const FORMAT_VERSION = 2;

/** Who cannot read large files in parts can read all that have none. */
export function formatVersionFor(entries: readonly Entry[]): number {
	return entries.some((entry) => isFile(entry) && entry.parts) ? 2 : 1;
}

/** Something that was there and is not in the snapshot. */
const Missed = v.object({
	path: v.string(),
	why: v.string(),
	/** False for what has no content to lose (a FIFO, a socket): such a snapshot is complete all the same. */
	lost: v.boolean(),
});
export type Missed = v.InferOutput<typeof Missed>;

/** By hand, because a schema takes as long for each of thousands of names as for all the rest. */
function isRecordOfNumbers(value: unknown): value is Record<string, number> {
	return (
		typeof value === "object" &&
		value !== null &&
		!Array.isArray(value) &&
		Object.values(value).every((one) => typeof one === "number")
	);
}

const Whole = v.object({
	...Summary.entries,
	files: v.custom<Record<string, number>>(
		isRecordOfNumbers,
		"must name a number for each file",
	),
	captured: v.optional(
		v.object({
			paths: v.array(v.string()),
			patterns: v.exactOptional(v.array(v.string())),
			except: v.array(v.string()),
		}),
	),
	entries: v.optional(
		v.array(v.lazy((entry) => (isUsualFile(entry) ? UsualFile : Entry))),
	),
	missed: v.optional(v.array(Missed), []),
	undoes: v.optional(
		v.object({ snapshot: v.string(), paths: v.array(v.string()) }),
	),
	/** Where the store lay in the directory that all paths are below; absent in Hermes' own, and in ours of before it was added. */
	store: v.optional(v.string()),
	/** Where what its names of other programs' directories stand for lies; absent where it has none, or they lie in the home. */
	outside: v.exactOptional(Outside),
	/** When all in it was last compared with a hash or with its original; absent where that was not recorded. */
	verifiedAt: v.exactOptional(v.pipe(v.string(), v.isoTimestamp())),
	/** A rendition of another one in which every file is whole, and may be changed by whoever likes: see export.ts. */
	plain: v.exactOptional(v.boolean()),
	/** Why it is pinned, in a person's words. Hermes may come to mean something else by it. */
	note: v.fallback(v.optional(v.string()), undefined),
	/** Since when the machine had been running: looks of entries hold as long as it is. Absent where that is not told. */
	boot: v.exactOptional(v.pipe(v.string(), v.maxLength(100))),
	tool: v.optional(v.string()),
	sqlite: v.optional(v.string()),
	/** Absent in Hermes' own, and in ours of before it was added. */
	checksum: v.optional(v.unknown()),
	...Foreign,
});

/** What was looked for: tells "was absent" from "was not looked for". */
export interface Coverage {
	/** Below the home, without "*". A directory stands for all below it. */
	readonly paths: readonly string[];
	/** Patterns with "*" that stood for some of these: what has come since was not there. Absent where there were none. */
	readonly patterns?: readonly string[];
	/** Patterns of what was left out below them. */
	readonly except: readonly string[];
}

export interface Manifest
	extends Omit<
		v.InferOutput<typeof Whole>,
		"entries" | "captured" | "checksum"
	> {
	readonly entries: readonly Entry[];
	/** Undefined in Hermes' own snapshots, which do not say what was absent. */
	readonly captured: Coverage | undefined;
}

/** A restore copies at most this much JSON into memory; 5,000 entries take about 1.5 MB. */
export const MANIFEST_LIMIT = 64 * 1024 * 1024;

/**
 * Parses a manifest, ours or Hermes', trusting nothing in it.
 * @param whyWrong says what paths it may not name; those of an archive are not yet those of a snapshot
 * @throws SnapshotError `damaged`, naming the reason; `what` names the file in the sentence.
 */
export function parseManifest(
	text: string,
	what: string,
	whyWrong = whyUnsafe,
): Manifest {
	// First: what else is new in it, this one does not know.
	refuseNewer(parseSummary(text)?.formatVersion, what);
	const { checksum, ...found } = parse(Whole, text, what);
	const isOther =
		checksum === undefined ? hasLostItsChecksum(text) : !isAsWritten(text);
	if (isOther)
		throw damaged(what, "is not as it was written: its checksum differs");
	const entries = found.entries ?? entriesFromFiles(found.files);
	const wrong =
		whyWrongPaths(entries, found.captured, whyWrong) ?? whyWrongParts(entries);
	if (wrong !== undefined) throw damaged(what, wrong);
	const failed = [
		...namesIn(found.failed_dbs),
		...namesIn(found.oversized_skipped),
	].map((path) => ({ path, why: "it was not saved then", lost: true }));
	const missed = [...found.missed, ...failed];
	return { ...found, entries, missed, captured: found.captured };
}

function refuseNewer(formatVersion: number | undefined, what: string): void {
	if ((formatVersion ?? 0) <= FORMAT_VERSION) return;
	throw damaged(
		what,
		`was written by a newer agent-snapshot (format ${formatVersion}, this one reads ${FORMAT_VERSION})`,
	);
}

/** Parses JSON that we did not write a moment ago. */
export function parse<Schema extends v.GenericSchema>(
	schema: Schema,
	text: string,
	what: string,
): v.InferOutput<Schema> {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch (error) {
		throw damaged(what, `is not JSON (${errorMessage(error)})`);
	}
	const result = v.safeParse(schema, value);
	if (result.success) return result.output;
	const [issue] = result.issues;
	throw damaged(what, whyInvalid(issue));
}

/** In words: that something was "Expected" and what was "received" is for programmers. */
function whyInvalid(issue: v.BaseIssue<unknown>): string {
	const at = v.getDotPath(issue);
	if (at !== null && issue.received === "undefined")
		return `is not valid: it has no ${at}`;
	const isOwn = !issue.message.startsWith("Invalid ");
	if (isOwn) return `is not valid: ${at ?? "it"} ${issue.message}`;
	return `is not valid at ${at ?? "its top"}: something else belongs there`;
}

export function damaged(what: string, why: string): SnapshotError {
	return new SnapshotError("damaged", `${what} ${why}. Nothing was changed.`, {
		hint: "Other snapshots are not affected: see `list`.",
	});
}

/** Hermes records files only: the directories above them are added, without a mode, so that they can be made. */
function entriesFromFiles(files: Readonly<Record<string, number>>): Entry[] {
	const paths = Object.keys(files);
	const above = new Set(paths.flatMap(ancestorsOf));
	return [
		...[...above].map((path): Entry => ({ path, kind: "directory" })),
		...Object.entries(files).map(
			([path, size]): Entry => ({ path, kind: "file", size }),
		),
	].sort((a, b) => (a.path < b.path ? -1 : 1));
}
