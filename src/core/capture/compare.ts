import type { Entry } from "./entry.ts";

/** Paths that differ between two captured states, sorted. */
export interface Differences {
	readonly changed: readonly string[];
	readonly added: readonly string[];
	readonly removed: readonly string[];
	readonly none: boolean;
}

/** Compares contents, kinds and modes; not times, which move when nothing else does. */
export function compareEntries(
	before: readonly Entry[],
	after: readonly Entry[],
	matters: (entry: Entry) => boolean = () => true,
): Differences {
	// Most are the same, and whether those matter need not be known.
	const gone = new Map(before.map((entry) => [entry.path, entry]));
	const added: string[] = [];
	const changed: string[] = [];
	for (const entry of after) {
		const { path } = entry;
		const was = gone.get(path);
		gone.delete(path);
		if (was && sameContent(was, entry) && was.mode === entry.mode) continue;
		if (matters(entry)) (was ? changed : added).push(path);
	}
	const removed = [...gone.values()].filter(matters).map(({ path }) => path);
	return {
		changed,
		added,
		removed,
		none: changed.length + added.length + removed.length === 0,
	};
}

/** Equal kind and content. A database is equal when its pages are, whatever SQLite counts in its header. */
export function sameContent(a: Entry, b: Entry): boolean {
	if (a.kind === "file" && b.kind === "file")
		return a.sha256 !== undefined && a.sha256 === b.sha256;
	if (a.kind === "database" && b.kind === "database")
		return a.content === b.content;
	if (a.kind === "link" && b.kind === "link") return a.target === b.target;
	return a.kind === "directory" && b.kind === "directory";
}
