import type { Agent } from "../core/home/agent.ts";
import { otherStores } from "../core/home/coverage.ts";
import { NEVER } from "../core/home/full-coverage.ts";
import { rebuildableIn } from "../core/home/full-set.ts";
import type { Host } from "../core/home/host.ts";
import { matches, whyUnsafe } from "../core/home/paths.ts";
import { SnapshotError } from "../errors.ts";
import type { Listed } from "./archive.ts";
import { pathInTree, treeOf } from "./archive-paths.ts";
import type { Contents } from "./contents.ts";
import { refuseLinks } from "./member-names.ts";
import type { Target } from "./unpack.ts";
import { below, whoseIs } from "./whose.ts";

/**
 * An archive that is none of ours: known by what it holds. Code, caches and what tells of running processes stay in it, as in
 * a full archive of ours.
 * @throws SnapshotError `failed`
 */
export function foreignContents(
	agent: Agent,
	name: string,
	listed: readonly Listed[],
	{ hosts, isForced }: { hosts: readonly Host[]; isForced: boolean },
): Contents {
	const members = listed.filter(({ kind }) => kind !== "directory");
	const whose = whoseIs(
		members.map((member) => member.name),
		hosts,
	);
	if (whose === undefined) throw ofNobody(name);
	const { host, prefix } = whose;
	const tree = treeOf(agent);
	const without = [...rebuildableIn(host), ...NEVER, ...otherStores(host)];
	const state = new Map<string, Target>();
	const left: string[] = [];
	const coming: Listed[] = [];
	for (const member of members) {
		const inside = below(member.name, prefix) ?? "";
		const isLeft =
			whyUnsafe(inside) !== undefined ||
			without.some((pattern) => matches(inside, pattern));
		const path = isLeft ? undefined : pathInTree(tree, inside);
		const isFile = member.kind === "file";
		if (path !== undefined) coming.push(member);
		if (path === undefined || !isFile) left.push(member.name);
		else state.set(member.name, { path, entry: undefined });
	}
	if (!isForced) refuseLinks(name, coming);
	return {
		host,
		manifest: undefined,
		state,
		others: [],
		captured: undefined,
		missed: [],
		left,
		linksOut: [],
		bytes: coming.reduce((total, { size }) => total + size, 0),
	};
}

function ofNobody(name: string): SnapshotError {
	return new SnapshotError(
		"failed",
		`${name} is no archive of an agent: it holds nothing that one would know. Nothing was changed.`,
		{ hint: "`hosts` names the agents that are known." },
	);
}
