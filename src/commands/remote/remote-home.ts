import { resolve } from "node:path";
import type { Agent } from "../../core/home/agent.ts";
import { hasHome, type KnownAgent } from "../../core/home/known-agent.ts";
import { realPath } from "../../core/home/layout.ts";
import { makeHome } from "../../core/home/new-home.ts";
import { STORE_NAME } from "../../core/home/paths.ts";
import type { Disk } from "../../system/system.ts";
import { usageError } from "../call/grammar.ts";
import { type Invocation, waitOf } from "../call/handler.ts";
import { printable } from "../text/text.ts";

export interface WithHome {
	readonly agent: Agent;
	/** There was none. */
	readonly isMade: boolean;
	/** Removes what was made, if nothing has come into it. */
	unmake(): void;
}

/** Opens an agent's home, and makes it on a machine that has none: what is elsewhere is to come into it. */
export function agentWithHome(
	invocation: Invocation,
	known: KnownAgent,
): WithHome {
	const { disk } = invocation.system;
	const made = hasHome(disk, known)
		? []
		: makeHome(invocation.system, known.places.home);
	const agent = invocation.agentOf(known, { wait: waitOf(invocation) });
	return {
		agent,
		isMade: made.length > 0,
		unmake() {
			if (made.length === 0) return;
			const { directory } = agent.store;
			const isEmpty = (path: string) => disk.names(path).length === 0;
			if (disk.stat(directory) !== undefined && isEmpty(directory))
				disk.removeDirectory(directory);
			for (const path of made.toReversed()) {
				if (!isEmpty(path)) return;
				disk.removeDirectory(path);
			}
		},
	};
}

/** A home that something is to come into. @throws SnapshotError `usage`: snapshots lie there, or it is all of the disk */
export function outOfStores(
	{ system: { disk }, verb }: Invocation,
	into: string,
): string {
	const path = realPath(disk, absolutePath(disk, into));
	if (path === "/")
		throw usageError(
			verb,
			`${printable(into)} is the root of the disk, which is no agent's home.`,
		);
	if (!path.split("/").includes(STORE_NAME)) return into;
	throw usageError(
		verb,
		`${printable(into)} lies in a store of snapshots, which takes no home.`,
	);
}

/** Settings outlast the directory that a command was typed in. */
export function absolutePath(disk: Disk, path: string): string {
	return path.startsWith("/")
		? resolve(path)
		: resolve(disk.realPath("."), path);
}
