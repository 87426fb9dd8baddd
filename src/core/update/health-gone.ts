import { sameContent } from "../capture/compare.ts";
import { type Entry, type FileEntry, isFile } from "../capture/entry.ts";
import { namesFor, putBackOf } from "../home/coverage.ts";
import type { Host } from "../home/host.ts";
import { ancestorsOf, isWithin, matches } from "../home/paths.ts";
import type { Problem, State } from "./health.ts";
import { homeOf } from "./health-counts.ts";
import { type Elsewhere, leavesOf, TRIVIAL } from "./health-elsewhere.ts";
import { lookForEntries } from "./health-entries.ts";
import type { Changed, Content } from "./health-look.ts";

export interface Gone {
	readonly problems: readonly Problem[];
	/** Paths of what has moved, from which and to which: what is counted in it is there. */
	readonly moved: readonly string[];
}

interface Compared {
	readonly before: State;
	readonly after: State;
	readonly changed: readonly Changed[];
}

/** Files that are not there any more, nor what they said, nor their bytes. */
export function goneFrom(
	host: Host,
	{ before, after, changed }: Compared,
	came: Elsewhere["came"],
): Gone {
	const there = new Map(after.entries.map((entry) => [entry.path, entry]));
	const were = new Map(before.entries.map((entry) => [entry.path, entry]));
	const contents = new Map(changed.map((one) => [one.path, one.before]));
	const arrived = arrivedIn(host, were, after);
	const problems: Problem[] = [];
	const moved: string[] = [];
	for (const entry of before.entries.filter(isFile)) {
		const { path, kind } = entry;
		if (after.missed.some((one) => isWithin(path, one.path))) continue;
		if (isPassing(host, path)) continue;
		const now = there.get(path)?.kind;
		if (now === kind || (now !== undefined && now !== "directory")) {
			const isOther = kind === "database" && now === "file";
			if (isOther) problems.push({ path, what: "is no database any more" });
			continue;
		}
		const place = placeOf(host, entry, arrived);
		const content = contents.get(path);
		const isToldElsewhere = content && isSaidIn(host, path, content, came);
		if (place !== undefined) moved.push(path, place);
		else if (isToldElsewhere) moved.push(path);
		else if (now === "directory")
			problems.push({ path, what: "is a directory now" });
		else {
			// Of a directory that is gone not each file need be named.
			const above = ancestorsOf(path).find(
				(one) => were.has(one) && !there.has(one),
			);
			problems.push({ path: above ?? path, what: GONE });
		}
	}
	return { problems, moved };
}

/** It may have moved to where we do not look, which nobody can tell. */
const GONE = "is gone from where snapshots look";

/** By what they hold: files that came, or hold something else than before. */
type Arrived = ReadonlyMap<string, readonly FileEntry[]>;

function arrivedIn(
	host: Host,
	were: ReadonlyMap<string, Entry>,
	after: State,
): Arrived {
	const arrived = after.entries.filter(isFile).filter((entry) => {
		const was = were.get(entry.path);
		const isSame = was !== undefined && sameContent(was, entry);
		return !isSame && !ASIDE.test(entry.path) && !isPassing(host, entry.path);
	});
	return Map.groupBy(arrived, holdingOf);
}

/** Nobody reads it there. */
const ASIDE = /(\.(bak|backup|old|orig|save|broken|corrupt\w*)|~)$/i;

function holdingOf(entry: FileEntry): string {
	return `${entry.kind} ${entry.kind === "database" ? entry.content : entry.sha256}`;
}

/** Where the very same stands now, in the same home. */
function placeOf(
	host: Host,
	entry: FileEntry,
	arrived: Arrived,
): string | undefined {
	const home = homeOf(host, entry.path);
	return arrived
		.get(holdingOf(entry))
		?.find((one) => sameContent(one, entry) && homeOf(host, one.path) === home)
		?.path;
}

/** All that it said came somewhere else. */
function isSaidIn(
	host: Host,
	path: string,
	{ parsed, lines }: Content,
	came: Elsewhere["came"],
): boolean {
	if (lines !== undefined)
		return lines.length > 0 && lines.every((line) => came.lines.has(line));
	if (!parsed) return false;
	const said = leavesOf(parsed.value).filter(
		({ value }) => !TRIVIAL.test(value),
	);
	if (said.length === 0) return false;
	const { words } = came;
	const entries = lookForEntries(host, path, parsed.value, undefined, words);
	return entries?.isAll ?? said.every(({ value }) => words.has(value));
}

/** State of running processes is stale the moment it is saved, and nobody misses it. */
export function isPassing(host: Host, path: string): boolean {
	const names = namesFor(host, path);
	return (
		putBackOf(host, path) === "never" ||
		(host.passing ?? []).some((pattern) =>
			names.some((name) => matches(name, pattern)),
		)
	);
}
