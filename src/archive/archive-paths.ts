import type { Entry } from "../core/capture/entry.ts";
import type { Agent } from "../core/home/agent.ts";
import type { Host } from "../core/home/host.ts";
import { nameInHome, pathOutside } from "../core/home/outside.ts";
import { isWithin } from "../core/home/paths.ts";
import type { Coverage } from "../core/manifest/manifest.ts";
import { EXTERNAL } from "./archive.ts";

/**
 * An archive says where things lie in the agent's own home, and what lies outside of it below the user's: so it comes to the
 * right places on a machine where both are called otherwise.
 */
export interface Tree {
	/** The agent's own home, below the directory that all paths of a snapshot are below; "" is that itself. */
	readonly own: string;
	/** The user's; undefined: it lies elsewhere. */
	readonly user: string | undefined;
	/** Names other programs' directories. */
	readonly host: Pick<Host, "external">;
}

export function treeOf({ home, store, system, host }: Agent): Tree {
	const below = (path: string) =>
		isWithin(path, home) ? path.slice(home.length + 1) : undefined;
	return {
		own: below(store.home) ?? "",
		user: below(system.disk.realPath(system.programs.userHome)),
		host,
	};
}

/** Undefined: it has no place in an archive. Of a pattern, too. */
export function pathInArchive(tree: Tree, path: string): string | undefined {
	const inside = stripped(path, tree.own);
	if (inside !== undefined)
		return inside === "" ? undefined : own(tree, inside);
	const outside =
		tree.user === undefined ? undefined : stripped(path, tree.user);
	return outside ? `${EXTERNAL}/${outside}` : undefined;
}

/** What the home calls as an archive calls what lies outside of it stands in there under that name once more. */
function own({ host }: Tree, path: string): string {
	const outside = pathOutside(host, path);
	if (outside !== undefined) return `${EXTERNAL}/${outside}`;
	return isWithin(path, EXTERNAL) ? `${EXTERNAL}/${path}` : path;
}

/** Undefined: it has no place in that tree. */
export function pathInTree(tree: Tree, path: string): string | undefined {
	if (pathOutside(tree.host, path) !== undefined) return undefined;
	if (!isWithin(path, EXTERNAL)) return joined(tree.own, path);
	const outside = path.slice(EXTERNAL.length + 1);
	if (outside === "") return undefined;
	if (isWithin(outside, EXTERNAL)) return joined(tree.own, outside);
	const named = nameInHome(outside);
	if (pathOutside(tree.host, named) !== undefined)
		return joined(tree.own, named);
	if (tree.user === undefined) return undefined;
	const there = joined(tree.user, outside);
	// What is in the home is said without going outside.
	return tree.own === "" || isWithin(there, tree.own) ? undefined : there;
}

function stripped(path: string, directory: string): string | undefined {
	if (directory === "") return path;
	return isWithin(path, directory)
		? path.slice(directory.length + 1)
		: undefined;
}

function joined(directory: string, path: string): string {
	return directory === "" ? path : `${directory}/${path}`;
}

/** Those that have a place, there. */
export function moved(
	entries: readonly Entry[],
	where: (path: string) => string | undefined,
): Entry[] {
	return entries.flatMap((entry) => {
		const path = where(entry.path);
		return path === undefined ? [] : [{ ...entry, path }];
	});
}

/** Patterns of what lies anywhere stay as they are. */
export function movedCoverage(
	{ paths, patterns, except }: Coverage,
	where: (path: string) => string | undefined,
): Coverage {
	const all = (some: readonly string[]) =>
		some.flatMap((one) => (one.startsWith("**/") ? one : (where(one) ?? [])));
	return {
		paths: all(paths),
		...(patterns && { patterns: all(patterns) }),
		except: all(except),
	};
}
