import { stayingDirectories } from "../apply/staying-directories.ts";
import { sameContent } from "../capture/compare.ts";
import type { Entry } from "../capture/entry.ts";
import type { PutBack } from "../home/host.ts";
import { familyOf, ownerOfLog } from "../home/paths.ts";
import type { Coverage, Missed } from "../manifest/manifest.ts";
import {
	type LeftAlone,
	leftAs,
	lostOnes,
	wasAbsent,
	whyKept,
	whyModeStays,
	whyNotPutBack,
} from "./left-alone.ts";
import {
	arrival,
	modeOf,
	obstacle,
	opened,
	reclosed,
	removals,
	type Step,
} from "./restore-steps.ts";

export interface RestorePlan {
	readonly steps: readonly Step[];
	/** In the snapshot, different now, and not put back on purpose. */
	readonly leftAlone: readonly LeftAlone[];
}

/** How a mode or time is set where the content stays: "not" leaves it alone. */
export type ModeChange = "in place" | "by a copy" | "not";

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
	/** Open in a running process as a database: what came after the snapshot cannot be taken from it, nor the link to it. */
	readonly isHeld: (path: string) => boolean;
	/** For what has the content of the snapshot already. */
	readonly modeChange: (entry: Entry) => ModeChange;
	/** Paths, or directories, that go back whatever `putBack` says. */
	readonly include: readonly string[];
	readonly inScope: (path: string) => boolean;
	/** Something right in a directory of `present` that was never captured. */
	readonly uncapturedIn: (directory: string) => string | undefined;
	/** Not there when the target was captured, though it says nothing of them: directories that the restore made. */
	readonly knownAbsent: ReadonlySet<string>;
}

/** Works out what makes the home what the snapshot says, exactly within what was captured. Pure. */
export function planRestore(request: PlanRequest): RestorePlan {
	const { target, present, inScope } = request;
	const now = new Map(present.entries.map((entry) => [entry.path, entry]));
	const wanted = new Map(target.entries.map((entry) => [entry.path, entry]));
	const leftAlone: LeftAlone[] = [];
	const isLeftAlone = (path: string, why: string | undefined): boolean => {
		if (why !== undefined) leftAlone.push(leftAs(path, why));
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
	const isDifferent = (entry: Entry) => differs(now.get(entry.path), entry);
	// A file and its logs are of one moment. Those that stay are steps, too: a recovery looks whether they have stayed.
	const moving = new Set(
		[...extras, ...target.entries.filter(isDifferent)]
			.filter(({ path }) => inScope(path))
			.flatMap(({ path }) => familyOf(path)),
	);
	const differing = target.entries.filter(
		(entry) =>
			isDifferent(entry) ||
			(moving.has(entry.path) && request.modeChange(entry) !== "not"),
	);
	const removable = extras
		.filter(({ path }) => inScope(path))
		.filter((entry) => !isLeftAlone(entry.path, whyKept(entry, request)));
	const coming = differing
		.filter(({ path }) => inScope(path))
		.filter((entry) => {
			const { path } = entry;
			const why = sameNow(path)
				? whyModeStays(entry, request)
				: whyNotPutBack(path, now.get(path), request);
			return !isLeftAlone(path, why);
		});
	leftAlone.push(...lostOnes(request));
	const arriving = new Set(
		coming.filter(({ path }) => sameNow(path) !== true).map(({ path }) => path),
	);
	// A log that nobody could read must not lie beside another file than its own.
	const blocked = present.missed.filter(
		({ path }) =>
			coming.some((entry) => entry.path === path) ||
			arriving.has(ownerOfLog(path) ?? ""),
	);
	// An old log beside a new file would be taken for that one's by whoever opens it in this moment.
	const isOldLog = (path: string) =>
		arriving.has(path) && arriving.has(ownerOfLog(path) ?? "");
	const replaced = coming.flatMap((entry) => {
		const before = now.get(entry.path);
		return before?.kind === "file" && isOldLog(entry.path)
			? [before]
			: obstacle(before, entry);
	});

	const staying = stayingDirectories(removable, replaced, request);
	for (const [path, holds] of staying) isLeftAlone(path, holds);
	const going = removable.filter(({ path }) => !staying.has(path));

	const asCopy = (entry: Entry) =>
		sameNow(entry.path) === true && request.modeChange(entry) === "by a copy";

	return {
		steps: [
			...opened(present.entries, [...going, ...coming]),
			...removals([...going, ...replaced]),
			...blocked.map(({ path }): Step => ({ do: "set-aside", path })),
			...coming.flatMap((entry) =>
				arrival(entry, now.get(entry.path), asCopy(entry)),
			),
			...coming
				.toReversed()
				.filter((entry) => !asCopy(entry))
				.flatMap((entry) => modeOf(entry, now.get(entry.path))),
			...reclosed(present.entries, [...going, ...coming], wanted),
		],
		leftAlone,
	};
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
