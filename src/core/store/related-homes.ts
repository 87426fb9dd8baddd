import { errorCode } from "../../errors.ts";
import type { Disk } from "../../system/system.ts";
import { type Agent, agentAt } from "../home/agent.ts";
import { nestedHomesIn } from "../home/coverage.ts";
import type { Host } from "../home/host.ts";
import { matches } from "../home/paths.ts";
import { quoted } from "../words.ts";
import { isRecoveryPending, type StorePaths } from "./store.ts";

/** A home with a store of its own that has state in common with this one: the one around it, or one within it. */
export interface RelatedHome {
	/** That home, for what has to be done there as a command there would. */
	readonly agent: Agent;
	readonly isAround: boolean;
	/** A restore was interrupted there. */
	readonly isPending: boolean;
}

/**
 * Those in which a command of ours has ever been at work: it has made a lock there before it did anything. None where
 * the state lies in several directories, which are one tree then: see `Layout`.
 */
export function relatedHomes(agent: Agent): RelatedHome[] {
	const { host, home, system } = agent;
	const related = (at: string, isAround: boolean): RelatedHome[] => {
		const there = agentAt({ ...agent, home: at });
		const isPending = hasPending(system.disk, there.store);
		return isPending || isUsed(system.disk, there.store)
			? [{ agent: there, isAround, isPending }]
			: [];
	};
	return [
		...homesAround(host, home).flatMap((at) => related(at, true)),
		...homesWithin(agent).flatMap((at) => related(at, false)),
	];
}

/** In which of them a restore was interrupted. */
export function pendingElsewhere(agent: Agent): string[] {
	return relatedHomes(agent)
		.filter(({ isPending }) => isPending)
		.map((related) => related.agent.home);
}

/** What is typed in a terminal to work on that home, wherever one is. */
export function commandFor({ host, home }: Agent, words: string): string {
	return `agent-snapshot --host ${host.name} --home ${quoted(home)} ${words}`;
}

function homesAround({ nestedHomes }: Host, home: string): string[] {
	const names = home.split("/");
	return nestedHomes
		.map((pattern) => ({ pattern, depth: pattern.split("/").length }))
		.filter(
			({ pattern, depth }) =>
				names.length > depth + 1 &&
				matches(names.slice(-depth).join("/"), pattern),
		)
		.map(({ depth }) => names.slice(0, -depth).join("/"));
}

function homesWithin({ system: { disk }, home, host }: Agent): string[] {
	return unlessClosed([], () => nestedHomesIn(disk, home, host))
		.map((path) => `${home}/${path}`)
		.filter((path) => isDirectory(disk, path));
}

function isUsed(disk: Disk, { directory, lock }: StorePaths): boolean {
	return isDirectory(disk, directory) && kindOf(disk, lock) === "file";
}

function hasPending(disk: Disk, store: StorePaths): boolean {
	const look = () => isRecoveryPending(disk, store);
	return isDirectory(disk, store.directory) && unlessClosed(false, look);
}

/** And no link: nothing is ever captured or restored through one. */
function isDirectory(disk: Disk, path: string): boolean {
	return kindOf(disk, path) === "directory";
}

function kindOf(disk: Disk, path: string): string | undefined {
	return unlessClosed(undefined, () => disk.stat(path)?.kind);
}

/** Where another user lets nobody look we have nothing to share: no file there is read, and none written. */
function unlessClosed<T>(otherwise: T, look: () => T): T {
	try {
		return look();
	} catch (error) {
		if (!["EACCES", "EPERM"].includes(errorCode(error) ?? "")) throw error;
		return otherwise;
	}
}
