import { sameContent } from "../capture/compare.ts";
import { type Entry, type FileEntry, isFile } from "../capture/entry.ts";
import type { Host } from "../home/host.ts";
import { isWithin } from "../home/paths.ts";
import { homeOf } from "./health-counts.ts";
import { isPassing } from "./health-gone.ts";
import type { Changed } from "./health-look.ts";

/** A nested home that stands elsewhere now, where the agent finds it. */
export interface MovedHome {
	readonly from: string;
	readonly to: string;
}

/** Whole ones: each file is there under its name below the new one, and most of them as they were. */
export function movedHomes(
	host: Host,
	before: readonly Entry[],
	after: readonly Entry[],
): MovedHome[] {
	const [were, are] = [before, after].map((entries) => homesIn(host, entries));
	const came = [...(are ?? [])].filter(([home]) => !were?.has(home));
	const taken = new Set<string>();
	return [...(were ?? [])].flatMap(([from, files]) => {
		if (from === "" || are?.has(from)) return [];
		const found = came.find(
			([to, now]) => !taken.has(to) && isWhole(host, { from, to }, files, now),
		);
		if (found === undefined) return [];
		taken.add(found[0]);
		return [{ from, to: found[0] }];
	});
}

function homesIn(
	host: Host,
	entries: readonly Entry[],
): Map<string, FileEntry[]> {
	return Map.groupBy(entries.filter(isFile), ({ path }) => homeOf(host, path));
}

function isWhole(
	host: Host,
	moved: MovedHome,
	files: readonly FileEntry[],
	now: readonly FileEntry[],
): boolean {
	const there = new Map(now.map((entry) => [entry.path, entry]));
	const staying = files.filter(({ path }) => !isPassing(host, path));
	const pairs = staying.map((entry) => ({
		entry,
		is: there.get(newPath(entry.path, [moved])),
	}));
	const same = pairs.filter(({ entry, is }) => is && sameContent(entry, is));
	return (
		pairs.every(({ entry, is }) => is?.kind === entry.kind) &&
		same.length * 2 > pairs.length
	);
}

function newPath(path: string, moved: readonly MovedHome[]): string {
	const home = moved.find(({ from }) => isWithin(path, from));
	return home === undefined ? path : home.to + path.slice(home.from.length);
}

/** As if they had been there before. */
export function movedEntries<T extends { readonly path: string }>(
	entries: readonly T[],
	moved: readonly MovedHome[],
): readonly T[] {
	if (moved.length === 0) return entries;
	return entries.map((one) => ({ ...one, path: newPath(one.path, moved) }));
}

/** What was seen at the old place and at the new one is of one file. */
export function movedLooks(
	changed: readonly Changed[],
	moved: readonly MovedHome[],
): readonly Changed[] {
	if (moved.length === 0) return changed;
	const gone = changed.filter(({ path }) =>
		moved.some(({ from }) => isWithin(path, from)),
	);
	const were = new Map(
		gone.map(({ path, before }) => [newPath(path, moved), before]),
	);
	return changed
		.filter((one) => !gone.includes(one))
		.map((one) => ({ ...one, before: were.get(one.path) ?? one.before }));
}
