import { posix } from "node:path";
import { sameContent } from "../capture/compare.ts";
import { type Entry, isFile } from "../capture/entry.ts";
import { ancestorsOf, isWithin } from "../home/paths.ts";

type ByPath = ReadonlyMap<string, Entry>;

/**
 * What was a file before and can be had through a link now, as if it stood there: whoever opens it reads what a snapshot has. What
 * a link leads to outside of it, or what says something else, is not told.
 * @param home absolute, links resolved; undefined: only links from one place in it to another are followed
 */
export function throughLinks(
	before: readonly Entry[],
	after: readonly Entry[],
	home = "/\0",
): readonly Entry[] {
	const there = new Map(after.map((entry) => [entry.path, entry]));
	if (!after.some(({ kind }) => kind === "link")) return after;
	for (const entry of before.filter(isFile)) {
		if (linkOnTheWay(there, entry.path) === undefined) continue;
		const end = there.get(endOf(there, entry.path, home) ?? "");
		if (end !== undefined && sameContent(entry, end))
			there.set(entry.path, entry);
	}
	return [...there.values()];
}

/** Its own path, or the uppermost above it; undefined: there is no link. */
export function linkOnTheWay(there: ByPath, path: string): string | undefined {
	return [...ancestorsOf(path), path].find(
		(one) => there.get(one)?.kind === "link",
	);
}

/** As many links as Linux follows. */
const MOST_LINKS = 40;

/** Undefined: outside, or in a circle. */
function endOf(there: ByPath, path: string, home: string): string | undefined {
	let place = path;
	for (let links = 0; links < MOST_LINKS; links++) {
		const link = linkOnTheWay(there, place);
		const entry = there.get(link ?? "");
		if (link === undefined || entry?.kind !== "link") return place;
		const target = posix.resolve(home, link, "..", entry.target);
		const end = posix.join(target, place.slice(link.length));
		if (end === home || !isWithin(end, home)) return undefined;
		place = end.slice(home.length + 1);
	}
	return undefined;
}
