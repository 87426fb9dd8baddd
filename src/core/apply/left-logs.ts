import { errorCode } from "../../errors.ts";
import type { Disk } from "../../system/system.ts";
import type { Agent } from "../home/agent.ts";
import { SIDECARS } from "../home/paths.ts";
import { linkAbove } from "../restore/obstacles.ts";
import { moveWhereNothingIs } from "./late-comers.ts";
import {
	leaveQuarantine,
	type Owner,
	placeAside,
	setAsideBy,
} from "./quarantine.ts";

type Suffix = (typeof SIDECARS)[number];

/** A file that SQLite keeps beside a database, as it was at one moment. */
interface Sidecar {
	readonly suffix: Suffix;
	readonly inode: string;
}

export function sidecarsOf(disk: Disk, live: string): Sidecar[] {
	return SIDECARS.flatMap((suffix) => {
		const found = disk.stat(`${live}${suffix}`);
		return found === undefined ? [] : [{ suffix, inode: found.inode }];
	});
}

/**
 * Takes away what lies beside a database that is gone: SQLite might replay it over the next one. Whoever makes that one
 * at this very moment has files of the same names, and disks give a number again, so each is moved out of the way before
 * it is looked at, and put back if the database has come. A log that was not captured stays in the quarantine.
 * @param seen signature of the database and its log when they were captured
 * @param left what lay there before anybody looked whether the database is gone
 */
export function removeLeftLogs(
	agent: Agent,
	journal: Owner,
	path: string,
	seen: string | undefined,
	left = sidecarsOf(agent.system.disk, `${agent.home}/${path}`),
): void {
	const { disk } = agent.system;
	const live = `${agent.home}/${path}`;
	if (disk.stat(live) !== undefined) return;
	// Behind a link it lies beside another one.
	if (linkAbove(disk, agent.home, path) !== undefined) return;
	for (const { suffix, inode } of left) {
		if (disk.stat(`${live}${suffix}`)?.inode !== inode) continue;
		const aside = moveAway(agent, journal, `${path}${suffix}`);
		if (aside === undefined) continue;
		const isKnown = isOf(disk, aside, suffix, seen);
		if (disk.stat(live) === undefined) {
			if (isKnown || isWorthless(disk, aside, suffix)) disk.unlink(aside);
		} else if (!isKnown) moveWhereNothingIs(agent, aside, `${path}${suffix}`);
		leaveQuarantine(agent, aside);
	}
}

/** Dying between a log that was moved out of the way and its removal leaves it in the quarantine. */
export function dropMovedLogs(
	agent: Agent,
	journal: Owner,
	path: string,
	seen: string | undefined,
): void {
	const { disk } = agent.system;
	if (disk.stat(`${agent.home}/${path}`) !== undefined) return;
	for (const suffix of SIDECARS)
		for (const aside of setAsideBy(agent, journal, `${path}${suffix}`))
			if (isOf(disk, aside, suffix, seen) || isWorthless(disk, aside, suffix))
				disk.unlink(aside);
}

/** Undefined: its owner has taken it away meanwhile. */
function moveAway(
	agent: Agent,
	journal: Owner,
	path: string,
): string | undefined {
	const aside = placeAside(agent, journal, path);
	try {
		agent.system.disk.rename(`${agent.home}/${path}`, aside);
		return aside;
	} catch (error) {
		leaveQuarantine(agent, aside);
		if (errorCode(error) !== "ENOENT") throw error;
		return undefined;
	}
}

/** The log of the database that was captured: what it says is in the undo snapshot. */
function isOf(
	disk: Disk,
	aside: string,
	suffix: Suffix,
	seen: string | undefined,
): boolean {
	const [, log, journal] = seen?.split(" ") ?? [];
	const known = { "-wal": log, "-journal": journal, "-shm": undefined }[suffix];
	return known !== undefined && disk.stat(aside)?.signature === known;
}

/** It holds no commit. */
function isWorthless(disk: Disk, aside: string, suffix: Suffix): boolean {
	return suffix === "-shm" || disk.stat(aside)?.size === 0;
}
