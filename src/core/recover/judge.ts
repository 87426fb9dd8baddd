import { isFilled } from "../apply/giving-way.ts";
import {
	type Journal,
	type JournalStep,
	stagedPath,
} from "../apply/journal.ts";
import { isOwnersLog, strangeLog } from "../apply/log-files.ts";
import { setAsideBy } from "../apply/quarantine.ts";
import { arrivalAt, isStillThere } from "../apply/removal.ts";
import { isStill } from "../apply/still.ts";
import { UNREAD } from "../capture/capture-databases.ts";
import type { Entry } from "../capture/entry.ts";
import { databaseSignature, isUnmoved } from "../capture/signatures.ts";
import { hashingFile } from "../files/copy.ts";
import type { Agent } from "../home/agent.ts";
import { isStillBehind } from "../home/behind-links.ts";
import { linkAbove } from "../restore/obstacles.ts";
import { inTurns } from "../work.ts";
import { judgeFailed } from "./judge-failed.ts";

/** `unrecorded`: a database whose old content nobody knows, so that it may be that or something that came since. */
export type Judgement = "pending" | "done" | "foreign" | "unrecorded";

/**
 * Whether what is there now is the old or the new form of it, or something that came after the crash.
 * @throws SnapshotError `busy-database` when that cannot be seen now
 */
export async function judge(
	agent: Agent,
	journal: Journal,
	step: JournalStep,
): Promise<Judgement> {
	try {
		const link = linkAbove(agent.system.disk, agent.home, step.path);
		return link === undefined
			? await judgeReadable(agent, journal, step)
			: judgeBehind(link, agent, journal, step);
	} catch (error) {
		return judgeFailed(agent, journal, step.path, error);
	}
}

/** Nothing is read through a link. It is judged itself where it is one that has still to go, or that has come. */
function judgeBehind(
	link: string,
	agent: Agent,
	{ steps }: Journal,
	step: JournalStep,
): Judgement {
	const { disk } = agent.system;
	const isOurs = steps.some(
		({ path, do: what }) =>
			path === link && ["link", "remove", "set-aside"].includes(what),
	);
	const isMovedIn =
		"staged" in step &&
		disk.stat(stagedPath(agent.store, step.staged)) === undefined;
	return isOurs && !isMovedIn && isStillBehind(agent, steps, step)
		? "pending"
		: "foreign";
}

async function judgeReadable(
	agent: Agent,
	journal: Journal,
	step: JournalStep,
): Promise<Judgement> {
	const { disk } = agent.system;
	const { steps } = journal;
	const now = disk.stat(`${agent.home}/${step.path}`);
	if (strangeLog(agent, steps, step) !== undefined) return "foreign";
	switch (step.do) {
		case "make-directory":
			return (now?.kind ?? "directory") === "directory" ? "pending" : "foreign";
		case "set-mode":
			if (now === undefined && !mayBeGone(steps, step.path)) return "foreign";
			return (await isContentStill(agent, step)) ? "pending" : "foreign";
		case "set-aside":
		case "remove":
			if (now === undefined) return "done";
			// What a later step has put there is judged by that one.
			if (!isStillThere(agent, steps, step))
				return arrivalAt(steps, step.path) === undefined ? "foreign" : "done";
			if (step.do === "set-aside")
				return isStillMissed(agent, step) ? "pending" : "foreign";
			if (step.was.kind === "directory")
				return isFilled(agent, steps, step.path) ? "foreign" : "pending";
			return isAsSeen(agent, step) ||
				((await isStill(agent, step.was)) && isStillBehind(agent, steps, step))
				? "pending"
				: otherThan(step.was);
		case "link":
			if (
				await isStill(agent, {
					kind: "link",
					path: step.path,
					target: step.target,
				})
			)
				return "done";
			break;
		case "database":
			if (now !== undefined && isUntouched(agent, steps, step))
				return "pending";
			if (await isStill(agent, step.entry)) return "done";
			break;
		case "write":
			if (await isStill(agent, step.entry)) return "done";
	}
	// A staged file that is gone was moved in, and then changed or deleted.
	const waiting = disk.stat(stagedPath(agent.store, step.staged)) !== undefined;
	if (!waiting) return "foreign";
	if (now === undefined)
		return step.was === undefined ||
			mayBeGone(steps, step.path) ||
			setAsideBy(agent, journal, step.path).length > 0
			? "pending"
			: "foreign";
	if (step.was === undefined)
		return isOwnersLog(agent, steps, step.path) ? "pending" : "foreign";
	return (await isStill(agent, step.was)) && isStillBehind(agent, steps, step)
		? "pending"
		: otherThan(step.was);
}

function otherThan(was: Entry): Judgement {
	const isUnread = was.kind === "database" && was.content === UNREAD;
	return isUnread ? "unrecorded" : "foreign";
}

/** What an agent has made in the place of something that nobody could read is his work, and in no snapshot. */
function isStillMissed(
	{ system: { disk }, home }: Agent,
	{ path, seen }: Extract<JournalStep, { do: "set-aside" }>,
): boolean {
	return seen !== undefined && isUnmoved(disk, `${home}/${path}`, seen);
}

/** A database that is to be removed, as it was before the commit point. */
function isAsSeen(
	{ system: { disk }, home }: Agent,
	{ path, was, seen }: Extract<JournalStep, { do: "remove" }>,
): boolean {
	return (
		was.kind === "database" &&
		seen === databaseSignature(disk, `${home}/${path}`)
	);
}

/** A step of ours takes it away or makes it, so that there may be nothing for a while. Else it was deleted since. */
function mayBeGone(steps: readonly JournalStep[], path: string): boolean {
	return steps.some(
		(step) =>
			step.path === path &&
			["make-directory", "remove", "set-aside"].includes(step.do),
	);
}

/** A file that only gets its mode and time back. */
async function isContentStill(
	agent: Agent,
	{ path, sha256 }: Extract<JournalStep, { do: "set-mode" }>,
): Promise<boolean> {
	if (sha256 === undefined) return true;
	const { system, patience } = agent;
	const { disk } = system;
	const live = `${agent.home}/${path}`;
	if (disk.stat(live)?.kind !== "file") return false;
	const work = hashingFile(disk, live);
	return (await inTurns(system, patience, work)).sha256 === sha256;
}

/** As the journal found it, or with its sidecars removed and the new file not yet moved in. */
function isUntouched(
	agent: Agent,
	steps: readonly JournalStep[],
	step: Extract<JournalStep, { do: "database" }>,
): boolean {
	const { disk } = agent.system;
	if (!isStillBehind(agent, steps, step)) return false;
	const now = databaseSignature(disk, `${agent.home}/${step.path}`);
	if (now === step.signature) return true;
	const waiting = disk.stat(stagedPath(agent.store, step.staged)) !== undefined;
	const [main] = step.signature.split(" ");
	return waiting && step.how === "rename" && now === `${main} - -`;
}
