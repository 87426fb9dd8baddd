import { sameContent } from "./compare.ts";
import type { PutBack } from "./host.ts";
import type { Coverage, DatabaseEntry, Entry, Missed } from "./manifest.ts";
import { ancestorsOf, isWithin, matches } from "./paths.ts";

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
	  };

export interface LeftAlone {
	readonly path: string;
	readonly why: string;
	/** Worth naming in `include`, if the person knows that it must go back. */
	readonly onRequest: boolean;
}

export interface RestorePlan {
	readonly steps: readonly Step[];
	/** In the snapshot, different now, and not put back on purpose. */
	readonly leftAlone: readonly LeftAlone[];
}

export interface PlanRequest {
	readonly target: {
		readonly entries: readonly Entry[];
		readonly captured: Coverage | undefined;
		readonly missed: readonly Missed[];
	};
	/** The home now, looked at with the same coverage. */
	readonly present: {
		readonly entries: readonly Entry[];
		readonly missed: readonly Missed[];
	};
	readonly putBack: (path: string) => PutBack;
	/** For files that go back only when they are broken now. */
	readonly isBroken: (path: string) => boolean;
	/** Open in a running process: a database that came after the snapshot cannot be taken from it. */
	readonly isHeld: (path: string) => boolean;
	/** Paths, or directories, that go back whatever `putBack` says. */
	readonly include: readonly string[];
	readonly inScope: (path: string) => boolean;
	/** Not there when the target was captured, though it says nothing of them: directories that the restore made. */
	readonly knownAbsent: ReadonlySet<string>;
}

const OLD_TOKEN = "an old login token would end the login";
const IN_USE = "it came after the snapshot and is in use";
const PRIVATE_FILE = 0o600;
const PRIVATE_DIRECTORY = 0o700;

/** Works out what makes the home what the snapshot says, exactly within what was captured. Pure. */
export function planRestore(request: PlanRequest): RestorePlan {
	const { target, present, inScope } = request;
	const now = new Map(present.entries.map((entry) => [entry.path, entry]));
	const wanted = new Map(target.entries.map((entry) => [entry.path, entry]));
	const leftAlone: LeftAlone[] = [];
	const isLeftAlone = (path: string, why: string | undefined): boolean => {
		const onRequest = why === OLD_TOKEN;
		if (why !== undefined) leftAlone.push({ path, why, onRequest });
		return why !== undefined;
	};

	// Modes are put back whatever the content is.
	const sameNow = (path: string) => {
		const [one, other] = [now.get(path), wanted.get(path)];
		return one && other && sameContent(one, other);
	};

	const extras = present.entries.filter(
		({ path }) =>
			!wanted.has(path) &&
			(request.knownAbsent.has(path) || wasAbsent(target, path)),
	);
	const differing = target.entries.filter((entry) =>
		differs(now.get(entry.path), entry),
	);
	const going = extras
		.filter(({ path }) => inScope(path))
		.filter((entry) => !isLeftAlone(entry.path, whyKept(entry, request)));
	const coming = differing
		.filter(({ path }) => inScope(path))
		.filter(
			({ path }) =>
				sameNow(path) ||
				!isLeftAlone(path, whyNotPutBack(path, now.get(path), request)),
		);
	for (const { path, why, lost } of target.missed)
		if (lost && inScope(path))
			leftAlone.push({
				path,
				why: `not in the snapshot: ${why}`,
				onRequest: false,
			});
	const replaced = coming.flatMap((entry) =>
		obstacle(now.get(entry.path), entry),
	);
	const blocked = coming.filter(({ path }) =>
		present.missed.some((missed) => missed.path === path),
	);

	return {
		steps: [
			...opened(present.entries, [...going, ...coming]),
			...removals([...going, ...replaced]),
			...blocked.map(({ path }): Step => ({ do: "set-aside", path })),
			...coming.flatMap((entry) => arrival(entry, now.get(entry.path))),
			...coming
				.toReversed()
				.flatMap((entry) => modeOf(entry, now.get(entry.path))),
			...reclosed(present.entries, [...going, ...coming], wanted),
		],
		leftAlone,
	};
}

/** Why something that came after the snapshot stays. */
function whyKept(entry: Entry, request: PlanRequest): string | undefined {
	if (entry.kind === "database" && request.isHeld(entry.path)) return IN_USE;
	return whyNotPutBack(entry.path, entry, request);
}

function whyNotPutBack(
	path: string,
	present: Entry | undefined,
	{ putBack, isBroken, include }: PlanRequest,
): string | undefined {
	if (include.some((part) => isWithin(path, part))) return undefined;
	const rule = putBack(path);
	if (rule === "never") return "it describes running processes";
	if (
		rule === "always" ||
		present === undefined ||
		present.kind === "directory" ||
		isBroken(path)
	)
		return undefined;
	return OLD_TOKEN;
}

/** Looked for and not there. What was never looked for, or could not be captured, is left alone. */
function wasAbsent(
	{ captured, missed }: PlanRequest["target"],
	path: string,
): boolean {
	if (captured === undefined || missed.some((one) => isWithin(path, one.path)))
		return false;
	return (
		captured.paths.some((part) => isWithin(path, part)) &&
		!captured.except.some((pattern) => matches(path, pattern))
	);
}

function differs(now: Entry | undefined, entry: Entry): boolean {
	if (now === undefined || !sameContent(now, entry)) return true;
	if (entry.kind === "link") return false;
	if (entry.mode !== undefined && now.mode !== entry.mode) return true;
	return (
		entry.kind === "file" &&
		entry.mtime !== undefined &&
		now.mtime !== entry.mtime
	);
}

/** What has to go before this entry can take its place: a rename replaces files and links, nothing replaces a directory. */
function obstacle(now: Entry | undefined, entry: Entry): Entry[] {
	if (now === undefined || now.kind === entry.kind) return [];
	// A database goes with its sidecars, which a rename over it would leave behind.
	const inTheWay = now.kind === "database" || now.kind === "directory";
	return inTheWay || entry.kind === "directory" ? [now] : [];
}

/** Files first, then directories from the deepest up. */
function removals(entries: readonly Entry[]): Step[] {
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

/** Entries come sorted by path, so that a directory is made before what is in it. */
function arrival(entry: Entry, now: Entry | undefined): Step[] {
	const { path } = entry;
	const was = now?.kind === "directory" ? undefined : now;
	switch (entry.kind) {
		case "directory":
			return now?.kind === "directory"
				? []
				: [{ do: "make-directory", path, mode: PRIVATE_DIRECTORY }];
		case "link":
			return [{ do: "link", path, target: entry.target, was }];
		case "file":
			if (now !== undefined && sameContent(now, entry)) return [];
			return [
				{
					do: "write",
					path,
					entry: { ...entry, mode: entry.mode ?? now?.mode ?? PRIVATE_FILE },
					was,
				},
			];
		case "database":
			if (now !== undefined && sameContent(now, entry)) return [];
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
function modeOf(entry: Entry, now: Entry | undefined): Step[] {
	const { path, kind, mode, mtime } = entry;
	if (mode === undefined || kind === "link") return [];
	const already = now !== undefined && sameContent(now, entry);
	if (kind !== "directory" && !already) return [];
	return [
		{ do: "set-mode", path, mode, mtime: kind === "file" ? mtime : undefined },
	];
}

/** Directories that must be written in, and do not let their owner. */
function opened(present: readonly Entry[], touched: readonly Entry[]): Step[] {
	return locked(present, touched).map(({ path }) => ({
		do: "set-mode",
		path,
		mode: PRIVATE_DIRECTORY,
		mtime: undefined,
	}));
}

/** … and those of them that the snapshot does not speak of, or not differently, as they were. */
function reclosed(
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
