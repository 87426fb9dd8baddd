import { afterDoing, SnapshotError } from "../../errors.ts";
import { writeDurably } from "../files/durable.ts";
import type { Agent } from "../home/agent.ts";
import { UNDO_REASON } from "../manifest/manifest-summary.ts";
import { type Finished, finishedFirst } from "../recover/recover.ts";
import { readNextStart } from "../restore/next-start.ts";
import { freedBy } from "../sizes/disk-use.ts";
import { findSnapshot } from "../store/find-snapshot.ts";
import { isGood, listSnapshots, type SnapshotInfo } from "../store/listing.ts";
import { withLock } from "../store/lock.ts";
import { neededBy, pendingJournal, recoverIfPossible } from "./in-use.ts";
import { isDamaged } from "./prune.ts";
import { filesIn, removeSnapshots } from "./remove-snapshots.ts";

export interface RemoveRequest {
	/** As people type it. */
	readonly ref: string;
	/** The last good one, too. */
	readonly force: boolean;
	/** Only says what would go. */
	readonly dryRun: boolean;
}

export interface Removed {
	/** As it was. */
	readonly snapshot: SnapshotInfo;
	/** Bytes of the disk that it took, and that no other one needs. */
	readonly freed: number;
	/** How many are left, or would be. */
	readonly left: number;
	/** An interrupted restore that was finished first. */
	readonly recovered?: Finished;
}

/**
 * Removes one snapshot that a person named.
 * @throws SnapshotError `not-found`, `ambiguous`, `failed` for one that is pinned, in use, or the last good one
 */
export async function removeSnapshot(
	agent: Agent,
	request: RemoveRequest,
): Promise<Removed> {
	// Before the lock: who waits for another command means what its number was. And no store is made to say that it is empty.
	const listing = listSnapshots(agent.system.disk, agent.store);
	const { id } = findSnapshot(listing, request.ref);
	const meant = { ...request, ref: id };
	if (request.dryRun) return planRemoval(agent, meant);
	return withLock(agent, "remove", async () => {
		const { isBlocked, ...recovered } = await recoverIfPossible(agent);
		return afterDoing(finishedFirst(recovered), async () => {
			const plan = await planRemoval(agent, meant);
			carryOut(agent, plan);
			return { ...plan, recovered };
		});
	});
}

async function planRemoval(
	agent: Agent,
	{ ref, force }: RemoveRequest,
): Promise<Removed> {
	const listing = listSnapshots(agent.system.disk, agent.store);
	const snapshot = findSnapshot(listing, ref);
	refusePinned(snapshot);
	refuseInUse(agent, snapshot);
	if (!force) await refuseLastGood(agent, snapshot, listing.snapshots);
	const freed = freedBy(filesIn(agent, snapshot.id));
	return { snapshot, freed, left: listing.snapshots.length - 1 };
}

function carryOut(agent: Agent, { snapshot }: Removed): void {
	const { system, store } = agent;
	const { snapshots } = listSnapshots(system.disk, store);
	const lastUndo = snapshots.find(({ reason }) => reason === UNDO_REASON);
	// Else the next `undo` would take back the restore before.
	if (lastUndo?.id === snapshot.id) writeDurably(system.disk, store.noUndo, "");
	const files = filesIn(agent, snapshot.id);
	removeSnapshots(agent, snapshots, [snapshot], files);
}

function refusePinned({ id, pinned }: SnapshotInfo): void {
	if (pinned)
		throw refusal(
			`${id} is pinned.`,
			`First take the pin off: \`unpin ${id}\``,
		);
}

function refuseInUse(agent: Agent, { id }: SnapshotInfo): void {
	if (neededBy(pendingJournal(agent)).includes(id))
		throw refusal(
			`An interrupted restore needs ${id}.`,
			"`recover` finishes it, or says what stands in the way.",
		);
	const { system, store } = agent;
	if (readNextStart(system.disk, store)?.snapshot === id)
		throw refusal(
			`A restore of ${id} waits for the next start.`,
			"`recover --cancel` forgets it.",
		);
}

async function refuseLastGood(
	agent: Agent,
	snapshot: SnapshotInfo,
	all: readonly SnapshotInfo[],
): Promise<void> {
	if (!isGood(snapshot)) return;
	for (const other of all)
		if (mayReplace(other, snapshot) && !(await isDamaged(agent, other.id)))
			return;
	if (await isDamaged(agent, snapshot.id)) return;
	const { id } = snapshot;
	throw refusal(
		`${id} is the last good snapshot: no other one is complete and sound.`,
		`Make another with \`create\`. To remove it all the same: \`remove ${id} --force --yes\``,
	);
}

/** Hermes' own have no hashes that say they can be restored. */
function mayReplace(other: SnapshotInfo, one: SnapshotInfo): boolean {
	const isSure = other.sequence !== undefined || one.sequence === undefined;
	return other.id !== one.id && isGood(other) && isSure;
}

function refusal(message: string, hint: string): SnapshotError {
	return new SnapshotError("failed", `${message} Nothing was changed.`, {
		hint,
	});
}
