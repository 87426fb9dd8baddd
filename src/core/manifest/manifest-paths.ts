import type { Entry } from "../capture/entry.ts";
import { ancestorsOf, isWithin, parentOf, whyUnsafe } from "../home/paths.ts";
import type { Coverage } from "./manifest.ts";

type Paths = readonly Pick<Entry, "path" | "kind">[];

/** What is wrong with the paths that a manifest names, or undefined. `captured`: what was looked for, if it says so. */
export function whyWrongPaths(
	entries: Paths,
	captured: Pick<Coverage, "paths" | "patterns"> | undefined,
	whyWrong = whyUnsafe,
): string | undefined {
	const { paths = [], patterns = [] } = captured ?? {};
	return (
		unsafe(
			[...entries.map(({ path }) => path), ...paths, ...patterns],
			whyWrong,
		) ??
		misplaced(entries) ??
		(captured && uncovered(entries, paths))
	);
}

/** Two names that a disk which ignores case takes for one. On a disk that does not, both are as good as any. */
export function clashingNames(
	entries: Paths,
): readonly [string, string] | undefined {
	const seen = new Map<string, string>();
	for (const { path } of entries) {
		const folded = path.normalize("NFC").toLowerCase();
		const other = seen.get(folded);
		if (other !== undefined) return [other, path];
		seen.set(folded, path);
	}
	return undefined;
}

function unsafe(
	paths: readonly string[],
	whyWrong: typeof whyUnsafe,
): string | undefined {
	for (const path of paths) {
		const why = whyWrong(path);
		if (why !== undefined)
			return `names the path ${JSON.stringify(path)}, which ${why}`;
	}
	return undefined;
}

function misplaced(entries: Paths): string | undefined {
	const kinds = new Map(entries.map(({ path, kind }) => [path, kind]));
	if (kinds.size !== entries.length) return "names a path twice";
	const sound = new Set<string | undefined>();
	for (const { path } of entries) {
		const parent = parentOf(path);
		if (sound.has(parent)) continue;
		const above = ancestorsOf(path).find(
			(ancestor) => (kinds.get(ancestor) ?? "directory") !== "directory",
		);
		if (above !== undefined)
			return `puts ${JSON.stringify(path)} below ${JSON.stringify(above)}, which is not a directory`;
		sound.add(parent);
	}
	return undefined;
}

/** Nothing is put back that was not looked for, but for the directories on the way. */
function uncovered(
	entries: Paths,
	covered: readonly string[],
): string | undefined {
	// Thousands lie side by side in one directory: that of the one before is tried first.
	let last = "";
	const isCovered = (path: string) => {
		const isBy = (part: string) => isWithin(path, part) || isWithin(part, path);
		if (last !== "" && isBy(last)) return true;
		last = covered.find(isBy) ?? "";
		return last !== "";
	};
	const stray = entries.find(({ path }) => !isCovered(path));
	return stray === undefined
		? undefined
		: `holds ${JSON.stringify(stray.path)}, which it says was not looked for`;
}
