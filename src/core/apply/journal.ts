import * as v from "valibot";
import { errorCode, SnapshotError } from "../../errors.ts";
import type { Disk } from "../../system/system.ts";
import { DatabaseEntry, Entry, PlainEntry } from "../capture/entry.ts";
import { readText, writeDurably } from "../files/durable.ts";
import { Outside } from "../home/outside.ts";
import { isWithin, whyUnsafe } from "../home/paths.ts";
import { damaged, MANIFEST_LIMIT, parse } from "../manifest/manifest.ts";
import { isOtherTree, type StorePaths } from "../store/store.ts";

const JOURNAL_VERSION = 1;
const STAGED = v.pipe(v.string(), v.regex(/^\d{6}$/));
const Path = v.pipe(
	v.string(),
	v.check(
		(path) => whyUnsafe(path) === undefined,
		"is not a path below the home",
	),
);
const Mode = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0o7777));
const Was = v.optional(Entry);
/** Signature of the database that a link at this path, or above it, leads to: what is written there since is not overtaken. */
const Behind = v.optional(v.string());

const JournalStep = v.variant("do", [
	v.object({
		do: v.literal("remove"),
		path: Path,
		was: Entry,
		/** As of a `write`, of a database with its log: what came since is moved aside, not removed. */
		seen: v.optional(v.string()),
		behind: Behind,
	}),
	v.object({
		do: v.literal("set-aside"),
		path: Path,
		/** Signature of what could not be captured, of a database with its logs: nothing else is moved away. */
		seen: v.optional(v.string()),
	}),
	v.object({ do: v.literal("make-directory"), path: Path, mode: Mode }),
	v.object({
		do: v.literal("write"),
		path: Path,
		/** Signature of what stood there when the present was captured: what came since is moved aside, not written over. */
		seen: v.optional(v.string()),
		entry: PlainEntry,
		was: Was,
		behind: Behind,
		staged: STAGED,
	}),
	v.object({
		do: v.literal("link"),
		path: Path,
		/** As of a `write`. */
		seen: v.optional(v.string()),
		target: v.string(),
		was: Was,
		behind: Behind,
		staged: STAGED,
	}),
	v.object({
		do: v.literal("database"),
		path: Path,
		entry: DatabaseEntry,
		was: Was,
		behind: Behind,
		staged: STAGED,
		how: v.picklist(["rename", "through"]),
		/** Of the live database and its log when the journal was written. */
		signature: v.string(),
	}),
	v.object({
		do: v.literal("set-mode"),
		path: Path,
		mode: Mode,
		mtime: v.optional(v.number()),
		/** Of a file, whose content stays. */
		sha256: v.optional(v.string()),
	}),
]);

const Journal = v.object({
	formatVersion: v.literal(
		JOURNAL_VERSION,
		"was written by another version of agent-snapshot",
	),
	/** The snapshot that is being put back. */
	snapshot: v.string(),
	/** The undo snapshot's id, unless there is none. It lies in `.restore/undo` until the first step moves it out. */
	undo: v.optional(v.pipe(v.string(), v.regex(/^\d{8}-\d{6}[A-Za-z0-9_-]*$/))),
	startedAt: v.string(),
	/** The folder in `quarantine` that is its own; absent in journals of before it was added. */
	quarantine: v.optional(
		v.pipe(v.string(), v.regex(/^[+-]?\d{4,6}-\d\d-\d\dT\d{9}Z(-\d{1,9})?$/)),
	),
	/** As in a manifest. */
	store: v.optional(v.string()),
	outside: v.exactOptional(Outside),
	steps: v.array(JournalStep),
});

/**
 * A step of the plan with where its new content lies in `.restore/new`, how it gets in if it is a database, and what was
 * seen there when the present was captured.
 */
export type JournalStep = v.InferOutput<typeof JournalStep>;

/** Once this is on disk, the restore happens, whatever comes in between. */
export type Journal = v.InferOutput<typeof Journal>;

export function writeJournal(
	disk: Disk,
	store: StorePaths,
	journal: Omit<Journal, "formatVersion" | "store">,
): void {
	writeDurably(
		disk,
		store.journal,
		JSON.stringify(
			{ formatVersion: JOURNAL_VERSION, store: store.below, ...journal },
			undefined,
			1,
		),
	);
}

/** Undefined when no restore was interrupted. @throws SnapshotError `recovery-blocked` for one that cannot be read */
export function readJournal(
	disk: Disk,
	store: StorePaths,
	folder = store.restoring,
): Journal | undefined {
	const path = `${folder}/journal.json`;
	const what = "The journal of an interrupted restore";
	try {
		const text = readText(disk, path, MANIFEST_LIMIT);
		if (text === undefined) return undefined;
		const journal = parse(Journal, text, what);
		if (isOtherTree(store, journal.store)) throw ofOtherTree(what);
		if (journal.steps.some((step) => isWithin(step.path, store.below)))
			throw damaged(what, "names a path in the snapshot store");
		const staged = journal.steps.flatMap((step) =>
			"staged" in step ? [step.staged] : [],
		);
		if (new Set(staged).size < staged.length)
			throw damaged(what, "names a staged file twice");
		return journal;
	} catch (error) {
		if (error instanceof SnapshotError && error.code === "recovery-blocked")
			throw error;
		const why = WHY_UNREADABLE[errorCode(error) ?? ""];
		const known = why === undefined ? error : damaged(what, why);
		if (!(known instanceof SnapshotError)) throw error;
		throw new SnapshotError("recovery-blocked", known.message, {
			hint: `It is ${path}; move ${folder} away to go on without finishing that restore.`,
			cause: error,
		});
	}
}

function ofOtherTree(what: string): SnapshotError {
	return new SnapshotError(
		"recovery-blocked",
		`${what} was written when a variable had another of the agent's directories elsewhere. Nothing was changed.`,
		{ hint: "Set it as it was then, and `recover`." },
	);
}

const WHY_UNREADABLE: Readonly<Record<string, string>> = {
	EFBIG: `is larger than ${MANIFEST_LIMIT} bytes`,
	EISDIR: "is a directory",
	ELOOP: "is a link",
};

export function stagedPath(store: StorePaths, name: string): string {
	return `${store.restoring}/new/${name}`;
}
