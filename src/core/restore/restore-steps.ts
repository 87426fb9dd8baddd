import { sameContent } from "../capture/compare.ts";
import type { DatabaseEntry, Entry } from "../capture/entry.ts";
import { ancestorsOf } from "../home/paths.ts";

/** One change to the home. Steps are in the order in which they are done; each can be done again after a crash. */
export type Step =
	| { readonly do: "remove"; readonly path: string; readonly was: Entry }
	/** Something that could not be captured is in the way: it is moved to `state-snapshots/quarantine`. */
	| { readonly do: "set-aside"; readonly path: string }
	| {
			readonly do: "make-directory";
			readonly path: string;
			readonly mode: number;
	  }
	| {
			readonly do: "write";
			readonly path: string;
			readonly entry: Extract<Entry, { kind: "file" }>;
			readonly was: Entry | undefined;
	  }
	| {
			readonly do: "link";
			readonly path: string;
			readonly target: string;
			readonly was: Entry | undefined;
	  }
	| {
			readonly do: "database";
			readonly path: string;
			readonly entry: DatabaseEntry;
			readonly was: Entry | undefined;
	  }
	| {
			readonly do: "set-mode";
			readonly path: string;
			readonly mode: number;
			readonly mtime: number | undefined;
			/** Of a file, whose content stays. */
			readonly sha256?: string | undefined;
	  };

const PRIVATE_FILE = 0o600;
const PRIVATE_DIRECTORY = 0o700;

/** Whether anything can be taken back: what was moved aside, because nobody could read it, is in no undo snapshot. */
export function canTakeBack(
	steps: readonly Pick<Step, "do" | "path">[],
): boolean {
	const aside = new Set(
		steps.filter((step) => step.do === "set-aside").map(({ path }) => path),
	);
	return steps.some(({ path }) => !aside.has(path));
}

/** What has to go before this entry can take its place: a rename replaces files and links, nothing replaces a directory. */
export function obstacle(now: Entry | undefined, entry: Entry): Entry[] {
	if (now === undefined || now.kind === entry.kind) return [];
	// A database goes with its sidecars, which a rename over it would leave behind.
	const inTheWay = now.kind === "database" || now.kind === "directory";
	return inTheWay || entry.kind === "directory" ? [now] : [];
}

/** Files first, then directories from the deepest up. */
export function removals(entries: readonly Entry[]): Step[] {
	const deepestFirst = entries.toSorted((a, b) => (a.path < b.path ? 1 : -1));
	const [directories, others] = [
		deepestFirst.filter(isDirectory),
		deepestFirst.filter((entry) => !isDirectory(entry)),
	];
	return [...others, ...directories].map(
		(was): Step => ({ do: "remove", path: was.path, was }),
	);
}

function isDirectory({ kind }: Entry): boolean {
	return kind === "directory";
}

/**
 * Entries come sorted by path, so that a directory is made before what is in it.
 * @param asCopy puts it there although it is there already, for its mode and time
 */
export function arrival(
	entry: Entry,
	now: Entry | undefined,
	asCopy = false,
): Step[] {
	const { path } = entry;
	const isThere = now !== undefined && sameContent(now, entry) && !asCopy;
	const was = now?.kind === "directory" ? undefined : now;
	switch (entry.kind) {
		case "directory":
			return now?.kind === "directory"
				? []
				: [{ do: "make-directory", path, mode: PRIVATE_DIRECTORY }];
		case "link":
			return [{ do: "link", path, target: entry.target, was }];
		case "file":
			if (isThere) return [];
			return [
				{
					do: "write",
					path,
					entry: { ...entry, mode: entry.mode ?? now?.mode ?? PRIVATE_FILE },
					was,
				},
			];
		case "database":
			if (isThere) return [];
			return [
				{
					do: "database",
					path,
					entry: { ...entry, mode: entry.mode ?? now?.mode ?? PRIVATE_FILE },
					was,
				},
			];
	}
}

/** Directories get their mode last: one that may not be written to could not be filled. */
export function modeOf(entry: Entry, now: Entry | undefined): Step[] {
	const { path, kind, mode, mtime } = entry;
	if (mode === undefined || kind === "link") return [];
	const already = now !== undefined && sameContent(now, entry);
	if (kind !== "directory" && !already) return [];
	if (entry.kind !== "file")
		return [{ do: "set-mode", path, mode, mtime: undefined }];
	return [{ do: "set-mode", path, mode, mtime, sha256: entry.sha256 }];
}

/** Directories that must be written in, and do not let their owner. */
export function opened(
	present: readonly Entry[],
	touched: readonly Entry[],
): Step[] {
	return locked(present, touched).map(({ path }) => ({
		do: "set-mode",
		path,
		mode: PRIVATE_DIRECTORY,
		mtime: undefined,
	}));
}

/** … and those of them that the snapshot does not speak of, or not differently, as they were. */
export function reclosed(
	present: readonly Entry[],
	touched: readonly Entry[],
	wanted: ReadonlyMap<string, Entry>,
): Step[] {
	const again = locked(present, touched).filter(
		({ path }) => !touched.some((entry) => entry.path === path),
	);
	return again.map(({ path, mode }) => ({
		do: "set-mode",
		path,
		mode: wanted.get(path)?.mode ?? mode ?? PRIVATE_DIRECTORY,
		mtime: undefined,
	}));
}

function locked(present: readonly Entry[], touched: readonly Entry[]): Entry[] {
	const above = new Set(touched.flatMap(({ path }) => ancestorsOf(path)));
	return present.filter(
		({ kind, path, mode }) =>
			kind === "directory" &&
			above.has(path) &&
			((mode ?? 0o700) & 0o300) !== 0o300,
	);
}
