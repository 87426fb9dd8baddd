import { errorCode, SnapshotError } from "../../errors.ts";
import { publishUndo, removeRemains } from "../apply/apply.ts";
import {
	type Journal,
	type JournalStep,
	stagedPath,
} from "../apply/journal.ts";
import type { DatabaseEntry } from "../capture/entry.ts";
import { hashingDatabase, hashingFile, Unreadable } from "../files/copy.ts";
import { readBeginning, syncDirectory, syncFile } from "../files/durable.ts";
import type { Agent } from "../home/agent.ts";
import { whyUnreadable } from "../reasons.ts";
import { stageAnew } from "../restore/new-content.ts";
import { inTurns, type Work } from "../work.ts";

type Arrival = Extract<JournalStep, { staged: string }>;

/**
 * What waits to be put in was read back by nobody since it was written, perhaps days ago: it is compared with its hash,
 * and what is not as it was captured is staged anew from the snapshot. Nothing in the home is changed.
 * @throws SnapshotError `recovery-blocked` when the snapshot does not have it any more either
 */
export async function renewStaged(
	agent: Agent,
	journal: Journal,
): Promise<void> {
	for (const step of journal.steps) {
		if (!("staged" in step)) continue;
		if (await isSound(agent, step)) {
			makeLasting(agent, step);
			continue;
		}
		try {
			await renewed(agent, journal, step);
		} catch (error) {
			const why = whyNotHad(agent, journal, error);
			if (why === undefined) throw error;
			publishUndo(agent, journal);
			throw cannotFinish(agent, journal, step, why, error);
		}
	}
}

/** What goes in through SQLite was not synced when it was staged, and may be moved in by now. */
function makeLasting({ system: { disk }, store }: Agent, step: Arrival): void {
	const staged = stagedPath(store, step.staged);
	if (step.do === "database" && disk.stat(staged)?.kind === "file")
		syncFile(disk, staged);
}

/** One that is gone was moved in, and is not needed. */
async function isSound(agent: Agent, step: Arrival): Promise<boolean> {
	const { disk } = agent.system;
	const read = <T>(work: Work<T>) =>
		inTurns(agent.system, agent.patience, work);
	const staged = stagedPath(agent.store, step.staged);
	agent.patience.progress?.at(step.path);
	const found = disk.stat(staged);
	if (found === undefined) return true;
	if (step.do === "link")
		return found.kind === "link" && disk.readLink(staged) === step.target;
	try {
		return step.do === "database"
			? await read(isDatabase(agent, staged, step.entry))
			: step.entry.sha256 === undefined ||
					(await read(hashingFile(disk, staged))).sha256 === step.entry.sha256;
	} catch (error) {
		// That the machine is short of something says nothing of the file.
		if (!(error instanceof Unreadable) || isShortage(error.cause)) throw error;
		return false;
	}
}

/** In its owner's journal mode, which the content does not tell, and which a flipped bit makes unreadable. */
function* isDatabase(
	{ system: { disk } }: Agent,
	staged: string,
	{ content, journalMode, parts }: DatabaseEntry,
): Work<boolean> {
	const found = yield* hashingDatabase(disk, staged, parts?.size);
	if (found.content !== content) return false;
	const version = journalMode === "wal" ? 2 : 1;
	const [write, read] = readBeginning(disk, staged, 100).subarray(18, 20);
	return write === version && read === version;
}

/** From the snapshot. */
async function renewed(
	agent: Agent,
	{ snapshot }: Journal,
	step: Arrival,
): Promise<void> {
	const { disk } = agent.system;
	const staged = stagedPath(agent.store, step.staged);
	const fresh = `${staged}.anew`;
	try {
		if (step.do !== "link")
			return await stageAnew(agent, snapshot, step.entry, staged);
		disk.removeTree(fresh);
		disk.link(step.target, fresh);
		disk.rename(fresh, staged);
		syncDirectory(disk, `${agent.store.restoring}/new`);
	} finally {
		removeRemains(disk, fresh);
	}
}

function isShortage(error: unknown): boolean {
	return ["EMFILE", "ENFILE", "ENOMEM"].includes(errorCode(error) ?? "");
}

/** Undefined for errors that do not speak of the snapshot. */
function whyNotHad(
	{ system: { disk }, store }: Agent,
	{ snapshot }: Journal,
	error: unknown,
): string | undefined {
	if (error instanceof SnapshotError && error.code === "damaged")
		return disk.stat(`${store.directory}/${snapshot}`) === undefined
			? "it is not there any more"
			: "it is damaged there, too";
	if (!(error instanceof Unreadable) || isShortage(error.cause))
		return undefined;
	const isGone = ["ENOENT", "ENOTDIR"].includes(errorCode(error.cause) ?? "");
	return isGone
		? "it is not there any more"
		: whyUnreadable(error.cause ?? error);
}

function cannotFinish(
	{ store }: Agent,
	{ snapshot, undo, startedAt }: Journal,
	{ path, staged }: Arrival,
	why: string,
	cause: unknown,
): SnapshotError {
	return new SnapshotError(
		"recovery-blocked",
		`A restore of ${snapshot} was interrupted (it began ${startedAt}) and cannot be finished: the new ${path}, which waits as ${stagedPath(store, staged)}, is damaged, and cannot be had from the snapshot again: ${why}. Nothing in the agent's home was changed now.`,
		{
			hint:
				undo === undefined
					? `Move ${store.restoring} away to go on without finishing that restore.`
					: `What was there before is in ${undo}. Go back to it: \`recover --back\`. The present is kept as a snapshot.`,
			cause,
		},
	);
}
