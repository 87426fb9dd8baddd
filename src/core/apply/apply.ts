import { errorCode } from "../../errors.ts";
import type { Disk } from "../../system/system.ts";
import { totalOf } from "../capture/entry.ts";
import { syncDirectory, writeDurably } from "../files/durable.ts";
import { setModeDurably } from "../files/set-mode.ts";
import type { Agent } from "../home/agent.ts";
import { ownerOfLog, parentOf } from "../home/paths.ts";
import type { LiveLocks, Replaced } from "../restore/live-locks.ts";
import { forgetNextStart } from "../restore/next-start.ts";
import { linkAbove } from "../restore/obstacles.ts";
import type { StorePaths } from "../store/store.ts";
import { letIn } from "../work.ts";
import { replaceDatabase } from "./apply-database.ts";
import { hasToGiveWay } from "./giving-way.ts";
import type { Journal, JournalStep } from "./journal.ts";
import { cameMeanwhile } from "./late-comers.ts";
import { removeLeftLogs } from "./left-logs.ts";
import { moveIn } from "./move-in.ts";
import { type MovedAside, movedAside } from "./moved-aside.ts";
import { setAside } from "./quarantine.ts";
import { isStillThere } from "./removal.ts";
import { removeDatabase } from "./remove-database.ts";
import { setAsideMissed } from "./set-aside.ts";
import { isAsSeen } from "./still.ts";
import { refuseLateBehind } from "./taken-away.ts";

/**
 * Does all that the journal says, then closes it. Every step can be done again: after a crash
 * this runs once more from the top.
 * @param tell called with every step that is done
 * @returns what was moved aside, in this run or in one that died
 */
export async function applyJournal(
	agent: Agent,
	journal: Journal,
	locked?: Pick<LiveLocks, "replace">,
	tell: (done: JournalStep) => void = () => {},
): Promise<MovedAside[]> {
	const { home } = agent;
	const { disk } = agent.system;
	const { progress } = agent.patience;
	dropSuspended(agent);
	const files = journal.steps.flatMap((step) =>
		"entry" in step ? [step.entry] : [],
	);
	progress?.begin("restoring", totalOf(files));
	const touched = new Set<string>();
	for (const step of journal.steps) {
		progress?.at(step.path);
		await applyStep(
			agent,
			step,
			journal,
			async () => (await locked?.replace(step.path)) ?? "not-locked",
		);
		tell(step);
		// What goes in through SQLite tells of its bytes itself.
		const isTold = step.do === "database" && step.how === "through";
		if ("entry" in step && !isTold) progress?.add(step.entry.size);
		// Whoever presses Ctrl-C is told that it goes on.
		await letIn(agent.system, agent.patience);
		touched.add(parentOf(`${home}/${step.path}`) ?? home);
	}
	for (const directory of touched)
		if (disk.stat(directory)?.kind === "directory")
			syncDirectory(disk, directory);
	publishUndo(agent, journal);
	const moved = movedAside(agent, journal);
	closeJournal(agent, journal);
	return moved;
}

/**
 * This journal has taken the place of a suspended one, which must be gone before this one is closed. It goes in one
 * step: half removed, its own journal first, it could not be returned to when this one is taken back.
 */
export function dropSuspended({ system: { disk }, store }: Agent): void {
	if (disk.stat(store.suspended) === undefined) return;
	disk.removeTree(store.going);
	disk.rename(store.suspended, store.going);
	syncDirectory(disk, store.directory);
	removeRemains(disk, store.going);
}

/** From here on there is nothing to recover. */
function closeJournal(
	{ system: { disk }, store }: Agent,
	journal: Journal,
): void {
	// Before the journal: a crash in between does this again, and the one that waited never overtakes this one.
	forgetNextStart(disk, store);
	markUndo(disk, store, journal);
	disk.unlink(store.journal);
	// Without its journal the restore is done, and must not be said to have stopped half-way.
	ignoringDisk(() => syncDirectory(disk, store.restoring));
	removeRemains(disk, store.restoring);
}

/** A restore without an undo snapshot is not to be taken back, and nor is the one before it in its stead. */
export function markUndo(
	disk: Disk,
	store: StorePaths,
	{ undo }: Pick<Journal, "undo">,
): void {
	if (undo === undefined) writeDurably(disk, store.noUndo, "");
	else disk.removeTree(store.noUndo);
}

/** The next writing command removes what cannot be removed now. */
export function removeRemains(disk: Disk, path: string): void {
	ignoringDisk(() => disk.removeTree(path));
}

function ignoringDisk(work: () => void): void {
	try {
		work();
	} catch (error) {
		if (errorCode(error) === undefined) throw error; // not the disk: a bug
	}
}

/** The undo snapshot enters the list only now: a restore that never happened leaves none. */
export function publishUndo(
	{ system: { disk }, store }: Agent,
	{ undo }: Pick<Journal, "undo">,
): void {
	if (undo === undefined || disk.stat(`${store.restoring}/undo`) === undefined)
		return;
	disk.rename(`${store.restoring}/undo`, `${store.directory}/${undo}`);
	syncDirectory(disk, store.directory);
	syncDirectory(disk, store.restoring);
}

async function applyStep(
	agent: Agent,
	step: JournalStep,
	journal: Journal,
	replaceLocked: () => Promise<Replaced>,
): Promise<void> {
	const { disk } = agent.system;
	const { steps } = journal;
	const path = `${agent.home}/${step.path}`;
	const link = linkAbove(disk, agent.home, step.path);
	// Done again after a crash: what was to be removed went with its directory, and a link of ours took that place.
	if (link !== undefined && (step.do === "remove" || step.do === "set-aside"))
		return;
	if (link !== undefined)
		throw new Error(
			`${link} has become a link, and nothing is written through one`,
		);
	refuseLateBehind(agent, steps, step);
	switch (step.do) {
		case "remove":
			// Dying after the file and before its log leaves the log: whatever stands there now made its own.
			if (step.was.kind === "database" && disk.stat(path) === undefined)
				return removeLeftLogs(agent, journal, step.path, step.seen);
			if (!isStillThere(agent, steps, step)) return;
			return step.was.kind === "directory"
				? removeDirectory(agent, steps, step.path)
				: removeFile(agent, journal, step);
		case "set-aside":
			if (!isStillThere(agent, steps, step)) return;
			return setAsideMissed(agent, journal, step);
		case "make-directory":
			if (disk.stat(path) === undefined) makeDirectory(agent, path, step.mode);
			return;
		case "write":
		case "link":
			return moveIn(agent, journal, step);
		case "database":
			return replaceDatabase(agent, journal, step, replaceLocked);
		case "set-mode":
			setModeDurably(disk, path, step);
	}
}

/** A file that was written to since the present was captured is in no snapshot, and so it is only moved away. */
function removeFile(
	agent: Agent,
	journal: Journal,
	step: Extract<JournalStep, { do: "remove" }>,
): void {
	const { disk } = agent.system;
	const { path, was, seen } = step;
	const live = `${agent.home}/${path}`;
	if (was.kind === "database") removeDatabase(agent, journal, path, seen);
	else if (seen === undefined || isAsSeen(disk, live, step)) disk.unlink(live);
	// Moved away from its file, it would be lost to whoever writes there.
	else if (ownerOfLog(path) !== undefined) throw cameMeanwhile(path);
	else setAside(agent, journal, path);
}

function removeDirectory(
	{ system: { disk }, home }: Agent,
	steps: readonly JournalStep[],
	path: string,
): void {
	try {
		disk.removeDirectory(`${home}/${path}`);
	} catch (error) {
		const code = errorCode(error) ?? "";
		if (FILLED.includes(code) && hasToGiveWay(steps, path))
			throw cameMeanwhile(path);
		// Gone already, or it holds what was never looked for, which stays.
		if (!["ENOENT", "ENOTDIR", ...FILLED].includes(code)) throw error;
	}
}

const FILLED: readonly string[] = ["ENOTEMPTY", "EEXIST"];

function makeDirectory(
	{ system, store }: Agent,
	path: string,
	mode: number,
): void {
	system.disk.makeDirectory(path, mode);
	const owner = system.disk.stat(store.home);
	if (owner !== undefined && system.processes.canSetOwner)
		system.disk.setOwner(path, owner.uid, owner.gid);
}
