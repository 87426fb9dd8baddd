import { join } from "node:path";
import type { Entry } from "../core/capture/entry.ts";
import type { Agent } from "../core/home/agent.ts";
import { itemFor } from "../core/home/coverage.ts";
import { directoriesOf } from "../core/home/full-set.ts";
import type { KnownAgent } from "../core/home/known-agent.ts";
import { pathOutside } from "../core/home/outside.ts";
import { isWithin, parentOf } from "../core/home/paths.ts";
import type { Coverage } from "../core/manifest/manifest.ts";
import { treeOf } from "./archive-paths.ts";

/**
 * Whether something may lie there, below `agent.home`. That may be the user's whole home directory, and an archive names what
 * it likes: only the agent's own directories, and the files that it is known to have elsewhere, are written or taken away.
 */
export function placesOfAgent(
	agent: Agent,
	known: KnownAgent,
): (path: string) => boolean {
	if (treeOf(agent).own === "") return () => true;
	const own = directoriesOf(agent, known).map(({ path }) =>
		path.slice(agent.home.length + 1),
	);
	return (path) =>
		own.some((directory) => isWithin(path, directory)) ||
		itemFor(agent.host, path) !== undefined;
}

/** What of that may be looked for, and so taken away, here. */
export function coverageWithin(
	{ paths, patterns = [], except }: Coverage,
	isOwn: (path: string) => boolean,
): Coverage {
	// One for what lies anywhere would reach out of them.
	const kept = patterns.filter(
		(pattern) => !pattern.startsWith("**") && isOwn(pattern),
	);
	return {
		paths: paths.filter(isOwn),
		...(kept.length > 0 && { patterns: kept }),
		except,
	};
}

/** A link of the manifest that leads to where nothing of the agent lies: there it may write through it. */
export function leadsOut(
	agent: Agent,
	entry: Entry,
	isOwn: (path: string) => boolean,
): boolean {
	if (entry.kind !== "link") return false;
	const { home, host, outside } = agent;
	const above = parentOf(realPlace(agent, entry.path)) ?? "/";
	const to = join(above, entry.target);
	const target = entry.target.startsWith("/") ? join(entry.target) : to;
	const isBeside = host.external?.some(
		(directory) => outside && isWithin(target, `${outside.user}/${directory}`),
	);
	if (isBeside) return false;
	return !isWithin(target, home) || !isOwn(target.slice(home.length + 1));
}

/** Of what lies beside the home, where that is. */
function realPlace(
	{ home, store, host, outside }: Agent,
	path: string,
): string {
	const inHome = `${home}/${path}`.slice(store.home.length + 1);
	const beside = outside && pathOutside(host, inHome);
	return beside === undefined
		? `${home}/${path}`
		: `${outside?.user}/${beside}`;
}
