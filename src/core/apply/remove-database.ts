import { databaseSignature } from "../capture/signatures.ts";
import type { Agent } from "../home/agent.ts";
import { parentOf, SIDECARS } from "../home/paths.ts";
import { linkAbove } from "../restore/obstacles.ts";
import type { Journal } from "./journal.ts";
import {
	cameMeanwhile,
	moveWhereNothingIs,
	refuseInUse,
} from "./late-comers.ts";
import { dropMovedLogs, removeLeftLogs, sidecarsOf } from "./left-logs.ts";
import {
	leaveQuarantine,
	type Owner,
	placeAside,
	setAsideBy,
	sweepQuarantine,
} from "./quarantine.ts";

/**
 * Out of reach first, looked at once more, and only then removed: what is committed between a look and a removal would
 * be gone. `seen` is its signature when the present was captured. Dying in between: see `putBackRemoved`.
 */
export function removeDatabase(
	agent: Agent,
	journal: Owner,
	path: string,
	seen: string | undefined,
): void {
	const { system, home } = agent;
	const { disk } = system;
	const live = `${home}/${path}`;
	const sidecars = sidecarsOf(disk, live);
	if (seen === undefined) {
		disk.unlink(live);
		removeLeftLogs(agent, journal, path, seen, sidecars);
		return;
	}
	refuseInUse(agent, path, [seen]);
	const moved = placeAside(agent, journal, path);
	disk.rename(live, moved);
	const [, ...logs] = databaseSignature(disk, live).split(" ");
	const now = [databaseSignature(disk, moved).split(" ")[0], ...logs].join(" ");
	// Nobody can open it any more; one who had opened it goes on with it where it was.
	const holders = system.processes.holders([moved])?.get(moved) ?? [];
	if (now !== seen || holders.length > 0) {
		moveWhereNothingIs(agent, moved, path);
		leaveQuarantine(agent, moved);
		throw cameMeanwhile(path);
	}
	disk.unlink(moved);
	leaveQuarantine(agent, moved);
	// Another one now is that of an agent who makes the database anew, and would miss it.
	removeLeftLogs(agent, journal, path, seen, sidecars);
}

/**
 * One that was out of reach when the restore died had not been looked at, and an agent who had it open may have gone on:
 * it is judged, and removed, where it was.
 * @returns the paths of those that were moved
 */
export function putBackRemoved(agent: Agent, journal: Journal): string[] {
	const { disk } = agent.system;
	const moved: string[] = [];
	for (const step of journal.steps) {
		if (step.do !== "remove" || step.was.kind !== "database") continue;
		if (linkAbove(disk, agent.home, step.path) !== undefined) continue;
		for (const aside of setAsideBy(agent, journal, step.path))
			if (putBack(agent, aside, step.path)) moved.push(step.path);
		dropMovedLogs(agent, journal, step.path, step.seen);
	}
	sweepQuarantine(agent, journal);
	return moved;
}

/** Whether it is there again by that. */
function putBack(agent: Agent, aside: string, path: string): boolean {
	const { disk } = agent.system;
	const live = `${agent.home}/${path}`;
	const [moved, now] = [disk.stat(aside), disk.stat(live)];
	// Died as it was put back: both are names of the same file.
	const isBoth = now?.inode === moved?.inode && now?.device === moved?.device;
	// With its log beside it, it was no removal that took it there.
	const hasLog = SIDECARS.some((one) => disk.stat(`${aside}${one}`));
	const isOpen = disk.stat(parentOf(live) ?? agent.home)?.kind === "directory";
	const isMoved = !isBoth && now === undefined && isOpen && !hasLog;
	if (isBoth) disk.unlink(aside);
	else if (isMoved) moveWhereNothingIs(agent, aside, path);
	return isMoved;
}
