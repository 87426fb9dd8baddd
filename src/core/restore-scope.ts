import type { Agent } from "./agent.ts";
import type { Captured } from "./capture.ts";
import { sameContent } from "./compare.ts";
import type { Manifest } from "./manifest.ts";
import type { RestoreRequest } from "./restore.ts";
import type { PlanRequest } from "./restore-plan.ts";
import { readManifest } from "./store.ts";

/** An undo puts back what the restore touched and nothing else. */
export function scopeOf(
	agent: Agent,
	{ undoes, entries, missed }: Manifest,
	present: Captured,
	{ target, include, only }: RestoreRequest,
): Pick<PlanRequest, "include" | "inScope" | "knownAbsent"> {
	const paths = only?.paths ?? (target === "undo" ? undoes?.paths : undefined);
	if (paths === undefined)
		return { include, inScope: () => true, knownAbsent: new Set() };
	const touched = new Set(paths);
	const there = new Set([...entries, ...missed].map(({ path }) => path));
	return {
		include:
			only?.paths ?? asRestored(agent, undoes?.snapshot ?? "", paths, present),
		inScope: (path) => touched.has(path),
		knownAbsent: new Set(only?.absent ?? touched.difference(there)),
	};
}

/**
 * Those that are still as the restore left them. A login token that the agent has renewed since is not among them:
 * an undo must not end that login.
 */
function asRestored(
	{ system, store }: Agent,
	restored: string,
	paths: readonly string[],
	{ entries }: Captured,
): string[] {
	if (system.disk.stat(`${store.directory}/${restored}`) === undefined)
		return [];
	const source = readManifest(system.disk, store, restored);
	const put = new Map(source.entries.map((entry) => [entry.path, entry]));
	const now = new Map(entries.map((entry) => [entry.path, entry]));
	return paths.filter((path) => {
		const [was, is] = [put.get(path), now.get(path)];
		return was === undefined ? is === undefined : is && sameContent(was, is);
	});
}
