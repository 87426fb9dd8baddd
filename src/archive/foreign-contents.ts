import type { Agent } from "../core/home/agent.ts";
import { neverTaken } from "../core/home/full-coverage.ts";
import type { Host } from "../core/home/host.ts";
import {
	ancestorsOf,
	isWithin,
	matches,
	STORE_NAME,
	whyUnsafe,
} from "../core/home/paths.ts";
import { SnapshotError } from "../errors.ts";
import type { Listed } from "./archive.ts";
import { pathInTree, treeOf } from "./archive-paths.ts";
import type { Contents } from "./contents.ts";
import { refuseLinks } from "./member-names.ts";
import type { Target } from "./unpack.ts";
import { below, whoseIs } from "./whose.ts";

/**
 * An archive that is none of ours: known by what it holds. Code, caches, snapshots and what tells of running processes stay
 * in it, as in a full archive of ours.
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
	const { placeOf, isOut } = placesIn(agent, host);
	const state = new Map<string, Target>();
	const left = new Set<string>();
	const coming: Listed[] = [];
	for (const member of members) {
		const inside = below(member.name, prefix);
		const path = inside && placeOf(inside);
		if (path !== undefined) coming.push(member);
		if (path === undefined) leave(left, member.name, prefix, isOut);
		else if (member.kind !== "file") left.add(member.name);
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
		left: [...left],
		linksOut: [],
		bytes: coming.reduce((total, { size }) => total + size, 0),
	};
}

/** By paths below the home that it is of. */
function placesIn(agent: Agent, host: Host) {
	const tree = treeOf(agent);
	const without = neverTaken(host);
	const isOut = (path: string) =>
		isWithin(path, STORE_NAME) ||
		without.some((pattern) => matches(path, pattern));
	const placeOf = (path: string) => {
		if (isOut(path)) return undefined;
		const place = pathInTree(tree, path);
		return place === undefined || whyUnsafe(place) !== undefined
			? undefined
			: place;
	};
	return { placeOf, isOut };
}

/** By the directory that is left out with it, where there is one: a store may hold ten thousand files. */
function leave(
	left: Set<string>,
	name: string,
	prefix: string,
	isOut: (path: string) => boolean,
): void {
	const above = [...ancestorsOf(name), name];
	if (above.some((one) => left.has(one))) return;
	const isLeft = (one: string) => {
		const inside = below(one, prefix);
		return inside === undefined ? !isWithin(prefix, one) : isOut(inside);
	};
	left.add(above.find(isLeft) ?? name);
}

function ofNobody(name: string): SnapshotError {
	return new SnapshotError(
		"failed",
		`${name} is no archive of an agent: it holds nothing that one would know. Nothing was changed.`,
		{ hint: "`hosts` names the agents that are known." },
	);
}
