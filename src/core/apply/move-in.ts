import { errorCode } from "../../errors.ts";
import type { Disk } from "../../system/system.ts";
import { makeLink } from "../files/make-link.ts";
import type { Agent } from "../home/agent.ts";
import { type Journal, type JournalStep, stagedPath } from "./journal.ts";
import { cameMeanwhile, NO_HARD_LINKS } from "./late-comers.ts";
import { type Owner, placeAside, setAside } from "./quarantine.ts";
import { isAsSeen } from "./still.ts";

type Arrival = Extract<JournalStep, { do: "write" | "link" }>;

/**
 * Puts a new file or link in its place. What was written there since the present was captured is in no snapshot, so it is
 * moved aside; where nothing was, nothing is written over. A reader finds the old one or the new one at any moment. Can be
 * done again after a crash. Only who renames another file there between our last two calls is overtaken.
 */
export function moveIn(agent: Agent, journal: Owner, step: Arrival): void {
	const { disk } = agent.system;
	keepOld(agent, journal, step); // of one that died
	const waiting = stagedPath(agent.store, step.staged);
	while (disk.stat(waiting) !== undefined)
		arrive(agent, journal, step, waiting);
	keepOld(agent, journal, step);
}

/** Once more when it is still waiting. */
function arrive(
	agent: Agent,
	journal: Owner,
	step: Arrival,
	waiting: string,
): void {
	const { disk } = agent.system;
	const live = `${agent.home}/${step.path}`;
	const now = disk.stat(live);
	if (step.seen !== undefined && now === undefined) {
		arriveWhereNothingIs(agent, step, waiting);
	} else if (step.seen !== undefined && isThere(agent, step, waiting)) {
		disk.unlink(waiting);
	} else if (
		step.seen !== undefined &&
		(now?.kind === "file" || now?.kind === "link") &&
		!isKnown(disk, live, step)
	) {
		setAside(agent, journal, step.path);
	} else {
		if (step.seen !== undefined && now?.kind === "file")
			nameTwice(agent, live, oldOf(agent, step));
		takePlace(agent, step, waiting);
	}
}

/** Nothing replaces a directory, which somebody has made there. */
function takePlace(
	{ system: { disk }, home }: Agent,
	{ path }: Arrival,
	waiting: string,
): void {
	try {
		disk.rename(waiting, `${home}/${path}`);
	} catch (error) {
		throw errorCode(error) === "EISDIR" ? cameMeanwhile(path) : error;
	}
}

/** Unlike a rename, both calls fail when something is there. */
function arriveWhereNothingIs(
	agent: Agent,
	step: Arrival,
	waiting: string,
): void {
	const { home, system } = agent;
	const { disk } = system;
	const live = `${home}/${step.path}`;
	try {
		if (step.do === "link") makeLink(agent, step.target, live);
		else disk.hardLink(waiting, live);
	} catch (error) {
		const code = errorCode(error) ?? "";
		if (code === "EEXIST") return;
		if (!NO_HARD_LINKS.includes(code)) throw error;
		disk.rename(waiting, live);
		return;
	}
	disk.unlink(waiting);
}

/** It has arrived, and died before the waiting one was gone. */
function isThere(
	{ system: { disk }, home }: Agent,
	step: Arrival,
	waiting: string,
): boolean {
	const live = `${home}/${step.path}`;
	const [now, staged] = [disk.stat(live), disk.stat(waiting)];
	return step.do === "link"
		? now?.kind === "link" && disk.readLink(live) === step.target
		: now?.inode === staged?.inode && now?.device === staged?.device;
}

/** So that what is written to it as the new one takes its place can still be found. */
function nameTwice(
	{ system: { disk } }: Agent,
	live: string,
	old: string,
): void {
	try {
		disk.hardLink(live, old);
	} catch (error) {
		// ENOENT: it was deleted meanwhile.
		if (!["ENOENT", ...NO_HARD_LINKS].includes(errorCode(error) ?? ""))
			throw error;
	}
}

/** What died with a restore that is settled otherwise. */
export function keepAllOld(agent: Agent, journal: Journal): void {
	for (const step of journal.steps)
		if (step.do === "write" || step.do === "link")
			keepOld(agent, journal, step);
}

function keepOld(agent: Agent, journal: Owner, step: Arrival): void {
	const { disk } = agent.system;
	const old = oldOf(agent, step);
	const found = disk.stat(old);
	if (found === undefined) return;
	const now = disk.stat(`${agent.home}/${step.path}`);
	const isStill = now?.inode === found.inode && now.device === found.device;
	if (isStill || isKnown(disk, old, step)) disk.unlink(old);
	else disk.rename(old, placeAside(agent, journal, step.path));
}

/** Nothing is lost with it: it is what was seen, or says what the new one says, as where both were copied after a crash. */
function isKnown(disk: Disk, path: string, step: Arrival): boolean {
	return (
		isAsSeen(disk, path, step) ||
		(step.do === "write" && isAsSeen(disk, path, { was: step.entry }))
	);
}

function oldOf({ store }: Agent, { staged }: Arrival): string {
	return `${stagedPath(store, staged)}.old`;
}
