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
	const old = new Map(
		before.filter(matters).map((entry) => [entry.path, entry]),
	);
	const now = new Map(
		after.filter(matters).map((entry) => [entry.path, entry]),
	);
	const added = [...now.keys()].filter((path) => !old.has(path));
	const removed = [...old.keys()].filter((path) => !now.has(path));
	const changed = [...now.values()]
		.filter((entry) => {
			const was = old.get(entry.path);
			return (
				was !== undefined &&
				!(sameContent(was, entry) && was.mode === entry.mode)
			);
		})
		.map(({ path }) => path);
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
