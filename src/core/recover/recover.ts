import { SnapshotError } from "../../errors.ts";
import { applyJournal, dropSuspended, publishUndo } from "../apply/apply.ts";
import { dropArrived } from "../apply/apply-database.ts";
import {
	type Journal,
	type JournalStep,
	readJournal,
} from "../apply/journal.ts";
import type { MovedAside } from "../apply/moved-aside.ts";
import { putBackRemoved } from "../apply/remove-database.ts";
import { syncDirectory } from "../files/durable.ts";
import type { Agent } from "../home/agent.ts";
import { whyFailed } from "../reasons.ts";
import { LiveLocks } from "../restore/live-locks.ts";
import { waitingInstead } from "../restore/next-start.ts";
import { canTakeBack } from "../restore/restore-steps.ts";
import { type Finished, finishedFirst, NONE_INTERRUPTED } from "./finished.ts";
import {
	blocked,
	hintFor,
	onlyMovedBack,
	progressText,
	stillHalfWay,
} from "./half-way.ts";
import { agentFor } from "./journal-agent.ts";
import { type Changed, judgeAll } from "./judge-all.ts";
import { judgeFailed } from "./judge-failed.ts";
import { besideHolders } from "./recover-ways-in.ts";
import { lookAt, renewSeen } from "./renew-seen.ts";
import { renewStaged } from "./renew-staged.ts";

export { type Finished, finishedFirst, NONE_INTERRUPTED };

/**
 * Finishes an interrupted restore. The lock must be held.
 * @throws SnapshotError `recovery-blocked` when the agent has written on since
 */
export async function recoverLocked(own: Agent): Promise<Finished> {
	const { system, store } = own;
	resume(own);
	const journal = readJournal(system.disk, store);
	if (journal === undefined) {
		// It never reached its commit point: as if it had not been.
		system.disk.removeTree(store.restoring);
		return NONE_INTERRUPTED;
	}
	const forgotten = waitingInstead(system.disk, store, journal.snapshot);
	const agent = agentFor(own, journal);
	const locks = new LiveLocks(agent, journal.snapshot);
	try {
		const ready = await readied(agent, journal, locks).catch(
			stillHalfWay(journal),
		);
		const movedAside = await carryOn(agent, ready, locks);
		const { snapshot, undo, steps } = journal;
		const canUndo = undo === undefined ? undefined : canTakeBack(steps);
		return { snapshot, forgotten, movedAside, canUndo };
	} finally {
		await locks.release();
	}
}

async function readied(
	agent: Agent,
	journal: Journal,
	locks: LiveLocks,
): Promise<Journal> {
	dropArrived(agent, journal);
	const moved = putBackRemoved(agent, journal);
	return lockedAndJudged(agent, journal, locks)
		.catch(stillHalfWay(journal))
		.catch(onlyMovedBack(moved));
}

/** How often it is judged anew because something was written meanwhile. */
const ROUNDS = 4;

/**
 * Judges what is there, and takes the write locks of the databases. What was committed in between is in neither, so
 * that is looked for, as in a restore.
 */
async function lockedAndJudged(
	agent: Agent,
	journal: Journal,
	locks: LiveLocks,
): Promise<Journal> {
	const hint = `Stop ${agent.host.title} and run \`recover\` again.`;
	for (let round = 1; round <= ROUNDS; round++) {
		const before = lookAt(agent, journal);
		const { changed, known } = await judgeAll(agent, journal);
		if (changed.size > 0) throw asked(agent, journal, changed);
		if (round === 1) await renewStaged(agent, journal);
		const judged = renewSeen(journal, known, before);
		const ready = await besideHolders(agent, judged, hint);
		for (const step of ready.steps)
			await locks.take([step], hint).catch((error: unknown) => {
				// Sound when it was captured, and damaged now: it has been written to.
				const found = judgeFailed(agent, journal, step.path, error);
				throw asked(agent, journal, new Map([[step.path, found]]));
			});
		if (lookAt(agent, journal).text === before.text) return ready;
		await locks.release();
	}
	throw new SnapshotError(
		"busy-database",
		`${agent.host.title} is writing to its files, and the interrupted restore of ${journal.snapshot} waits. Nothing was changed.`,
		{ hint },
	);
}

/** Who chooses may want what was there before, and finds it in the list. */
function asked(
	agent: Agent,
	journal: Journal,
	changed: Changed,
): SnapshotError {
	publishUndo(agent, journal);
	return blocked(agent, journal, changed);
}

async function carryOn(
	agent: Agent,
	journal: Journal,
	locks: LiveLocks,
): Promise<MovedAside[]> {
	const done = new Set<JournalStep>();
	try {
		return await applyJournal(agent, journal, locks, (step) => done.add(step));
	} catch (error) {
		// Somebody has come in the last moment: it waits, as for what came before.
		const isLate =
			error instanceof SnapshotError && error.code === "busy-database";
		if (isLate) publishUndo(agent, journal);
		throw new SnapshotError(
			isLate ? "recovery-blocked" : "failed",
			`The interrupted restore of ${journal.snapshot} could not be finished: ${whyFailed(error)}. ${progressText(journal.steps, done)}`,
			{ hint: hintFor(error, journal.undo), cause: error },
		);
	}
}

/** A way back that died before its own journal was written has never been, and the restore behind it waits again. */
export function resume(agent: Agent): void {
	const { store } = agent;
	const { disk } = agent.system;
	if (disk.stat(store.suspended) === undefined) return;
	if (disk.stat(store.journal) !== undefined) {
		dropSuspended(agent);
		return;
	}
	disk.removeTree(store.restoring);
	disk.rename(store.suspended, store.restoring);
	syncDirectory(disk, store.directory);
}

/** With these the recovery waits: for a person, or for whoever has a database. */
const WAITING: readonly string[] = ["recovery-blocked", "busy-database"];

/** For commands that can go on beside a recovery that waits. */
export async function recoverIfClear(
	agent: Agent,
): Promise<Finished & { readonly isBlocked: boolean }> {
	try {
		return { ...(await recoverLocked(agent)), isBlocked: false };
	} catch (error) {
		if (error instanceof SnapshotError && WAITING.includes(error.code))
			return { ...NONE_INTERRUPTED, isBlocked: true };
		throw error;
	}
}
