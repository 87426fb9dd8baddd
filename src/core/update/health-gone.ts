import { sameContent } from "../capture/compare.ts";
import { type Entry, type FileEntry, isFile } from "../capture/entry.ts";
import { namesFor, putBackOf } from "../home/coverage.ts";
import type { Host } from "../home/host.ts";
import { ancestorsOf, isWithin, matches } from "../home/paths.ts";
import type { Missed } from "../manifest/manifest.ts";
import { maskText } from "../secrets/secrets.ts";
import type { Compared, Problem, State } from "./health.ts";
import { homeOf } from "./health-counts.ts";
import { type Elsewhere, leavesOf, TRIVIAL } from "./health-elsewhere.ts";
import { lookForEntries } from "./health-entries.ts";
import { linkOnTheWay } from "./health-links.ts";
import type { Changed, Content } from "./health-look.ts";

/** Files that are not there any more, nor what they said, nor their bytes. */
export function goneFrom(
	host: Host,
	{ before, after, changed }: Compared,
	came: Elsewhere["came"],
): Problem[] {
	const there = new Map(after.entries.map((entry) => [entry.path, entry]));
	const were = new Map(before.entries.map((entry) => [entry.path, entry]));
	const contents = new Map(changed.map((one) => [one.path, one.before]));
	const arrived = arrivedIn(host, were, after);
	return before.entries.filter(isFile).flatMap((entry): Problem[] => {
		const { path, kind } = entry;
		const now = there.get(path)?.kind;
		if (now === kind || isPassing(host, path)) return [];
		const link = linkOnTheWay(there, path);
		if (link !== undefined) return [{ path: link, what: LINKED }];
		const missed = after.missed.find((one) => isWithin(path, one.path));
		if (missed) return missed.lost ? [] : [noneAnyMore(were, missed)];
		if (now !== undefined && now !== "directory")
			return kind === "database"
				? [{ path, what: "is no database any more" }]
				: [];
		const { own, other } = placeOf(host, entry, arrived);
		const content = contents.get(path);
		const isSaid = content && isSaidIn(host, path, content, came, changed);
		if (own !== undefined || isSaid) return [];
		if (other !== undefined) return [{ path, what: movedText(host, other) }];
		if (now === "directory") return [{ path, what: "is a directory now" }];
		// Of a directory that is gone not each file need be named.
		const above = ancestorsOf(path).find(
			(one) => were.has(one) && !there.has(one),
		);
		return [{ path: above ?? path, what: GONE }];
	});
}

function movedText({ title }: Host, place: string): string {
	return `has moved to ${maskText(place)}, in another home of ${title}`;
}

const LINKED = "is a link now, which snapshots do not follow";

/** A FIFO or the like is where it was, or where a directory above it was. */
function noneAnyMore(
	were: ReadonlyMap<string, Entry>,
	{ path, why }: Missed,
): Problem {
	const kind = were.get(path)?.kind ?? "file";
	return { path, what: `is no ${kind} any more: ${maskText(why)}` };
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

/** Where the very same stands now: in the same home, and in another. */
function placeOf(
	host: Host,
	entry: FileEntry,
	arrived: Arrived,
): { own: string | undefined; other: string | undefined } {
	const home = homeOf(host, entry.path);
	const places = (arrived.get(holdingOf(entry)) ?? [])
		.filter((one) => sameContent(one, entry))
		.map(({ path }) => path);
	const own = places.find((path) => homeOf(host, path) === home);
	return { own, other: places[0] };
}

/** All that it said came somewhere else. */
function isSaidIn(
	host: Host,
	path: string,
	{ parsed, lines }: Content,
	came: Elsewhere["came"],
	changed: readonly Changed[],
): boolean {
	if (lines !== undefined)
		return lines.length > 0 && lines.every((line) => came.lines.has(line));
	if (!parsed) return false;
	const said = leavesOf(parsed.value).filter(
		({ value }) => !TRIVIAL.test(value),
	);
	if (said.length === 0) return false;
	const { words } = came;
	const sought = { before: parsed.value, after: undefined, changed, words };
	const entries = lookForEntries(host, path, sought);
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
