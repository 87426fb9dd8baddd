import { afterDoing, SnapshotError } from "../../errors.ts";
import { removeRemains } from "../apply/apply.ts";
import type { MovedAside } from "../apply/moved-aside.ts";
import { type Committed, commit } from "../apply/restore-commit.ts";
import { readyBehind } from "../apply/undo-snapshot.ts";
import { betweenForms } from "../compact/compacting.ts";
import type { Agent } from "../home/agent.ts";
import { withSaidOutside } from "../home/said-outside.ts";
import { UNDO_REASON } from "../manifest/manifest-summary.ts";
import { type Finished, finishedFirst } from "../recover/recover.ts";
import { recoverAll } from "../recover/recover-related.ts";
import { findSnapshot } from "../store/find-snapshot.ts";
import {
	isKnownDamaged,
	listSnapshots,
	type SnapshotInfo,
} from "../store/listing.ts";
import { withLock } from "../store/lock.ts";
import { pendingElsewhere } from "../store/related-homes.ts";
import { isRecoveryPending, readManifest } from "../store/store.ts";
import { notingDamage } from "../verify/noting-damage.ts";
import { isWayOut, refuseMarked } from "../verify/refuse-marked.ts";
import { lookAtSnapshot } from "../verify/verify.ts";
import { type Beside, besideOf, inHomeOf } from "./beside.ts";
import { forgetNextStart, waitingSnapshot } from "./next-start.ts";
import { refuseOtherTree } from "./other-tree.ts";
import type { RestorePlan } from "./restore-plan.ts";
import { prepare } from "./restore-prepare.ts";
import { isUndo, isWanted, refuseUnknown } from "./restore-scope.ts";
import { Staging } from "./staging.ts";
import { type Undone, undoneBy } from "./undone.ts";

export interface RestoreRequest {
	/** What the person typed, "undo" for the newest undo snapshot, or the id of one. */
	readonly target:
		| { readonly ref: string }
		| "undo"
		| { readonly undo: string };
	readonly dryRun: boolean;
	/** Paths that go back although they would be left alone. */
	readonly include: readonly string[];
	/** Files and directories of the snapshot that are wanted; none = all of it. */
	readonly select: readonly string[];
	/** Takes an undo snapshot first. */
	readonly undo: boolean;
	/** Uses the last of the disk if it must. */
	readonly ignoreReserve?: boolean;
	/** Snapshots that are not to be pruned behind it, besides its own two. */
	readonly inUse?: readonly string[];
	/** The command that was typed, where that is no restore: it knows no `--no-undo`, and cannot wait for the next start. */
	readonly typed?: string;
	/** Nothing is put beside the home: it is not the one that the agent uses. */
	readonly onlyHome?: boolean;
	/** Exactly these, tokens among them included; undefined = all. */
	readonly only?: {
		readonly paths: readonly string[];
		/** Those of them that were not there, whether or not the snapshot looked for them. */
		readonly absent: readonly string[];
	};
}

export interface RestoreOutcome {
	readonly snapshot: SnapshotInfo;
	readonly plan: RestorePlan;
	/** Other programs' directories that it speaks of. */
	readonly beside: readonly Beside[];
	/** Those directories, absolute, that come into the home, because the snapshot has them beside another one. */
	readonly inHome: readonly string[];
	/** Only these were wanted; none = all of it. */
	readonly selected: readonly string[];
	/** The undo snapshot that was made; undefined when nothing had to change, or none was wanted. */
	readonly undo: string | undefined;
	/** Undefined: nothing was pruned, because nothing changed or the present could not be saved whole. */
	readonly pruned: Committed["pruned"];
	/** What came while it was done, or could not be read: it is in no snapshot. */
	readonly movedAside: readonly MovedAside[];
	/** An interrupted restore that was finished first. */
	readonly recovered: Finished | undefined;
	/** The snapshot whose restore waited for the next start, and does not any more: this one has taken its place. */
	readonly forgotten: string | undefined;
	/** For `undo`: the snapshot whose restore was taken back; an undo snapshot itself when that was an undo. */
	readonly undone: Undone | undefined;
}

/**
 * Makes the home what the snapshot says, all of it or nothing.
 *
 * Verify → capture the present into what becomes the undo snapshot → plan → stage the new files and take the write
 * locks of held databases → make sure that nothing moved meanwhile → journal (the commit point) → apply.
 * Until the journal is written all of it lies in `.restore`, and a crash or an error leaves no trace.
 */
export async function restoreSnapshot(
	agent: Agent,
	request: RestoreRequest,
): Promise<RestoreOutcome> {
	return notingDamage(agent, () =>
		withNothingPending(agent, request, () => restoreLocked(agent, request)),
	);
}

/** With the lock, and what was interrupted finished. */
export async function withNothingPending<
	Outcome extends { readonly forgotten: string | undefined },
>(
	agent: Agent,
	request: RestoreRequest,
	work: () => Promise<Outcome>,
): Promise<Outcome & { readonly recovered: Finished }> {
	if (request.dryRun) refusePending(agent);
	refuseUnfound(agent, request);
	readyBehind(agent);
	return withLock(agent, "restore", async () => {
		const recovered = await recoverAll(agent);
		const outcome = await afterDoing(finishedFirst(recovered), work);
		const forgotten = outcome.forgotten ?? recovered.forgotten;
		return { ...outcome, recovered, forgotten };
	});
}

/** A look must not finish what was interrupted. */
export function refusePending(agent: Agent): void {
	const [there] = pendingElsewhere(agent);
	const isOwn = isRecoveryPending(agent.system.disk, agent.store);
	if (!isOwn && there === undefined) return;
	throw new SnapshotError(
		"recovery-blocked",
		`A restore was interrupted${isOwn ? "" : ` in ${there}`} and has to be finished before anything can be planned. Nothing was changed.`,
		{ hint: "Finish it: `recover`." },
	);
}

/**
 * Before a lock is made in a home that has no store. Behind an interrupted restore the list is not what it will be: the
 * undo snapshot that is meant may have still to enter it.
 * @throws SnapshotError `not-found`, `ambiguous`
 */
export function refuseUnfound(agent: Agent, request: RestoreRequest): void {
	const { system, store } = agent;
	if (listSnapshots(system.disk, store).recoveryPending) return;
	if (betweenForms(system.disk, store).length > 0) return;
	chooseTarget(agent, request);
}

/** As `restoreSnapshot`, with the lock held and nothing to recover. */
export async function restoreLocked(
	own: Agent,
	request: RestoreRequest,
): Promise<RestoreOutcome> {
	const snapshot = chooseTarget(own, request);
	refuseMarked(own, snapshot, request);
	const read = readManifest(own.system.disk, own.store, snapshot.id);
	refuseOtherTree(own, read);
	const agent = request.onlyHome ? own : withSaidOutside(own, read.outside);
	const { system, store } = agent;
	refuseUnknown(read, request);
	const doubt = isWayOut(request)
		? "none"
		: isKnownDamaged(snapshot)
			? "all"
			: "touched";
	const manifest = await lookAtSnapshot(agent, read, isWanted(request), doubt);
	system.disk.makeDirectory(store.restoring, 0o700);
	const staging = new Staging(agent, manifest);
	const waiting = waitingSnapshot(system.disk, store);
	try {
		const ready = await prepare(agent, manifest, request, staging);
		const isDone = request.dryRun || ready.plan.steps.length === 0;
		const { undo, pruned, movedAside } = isDone
			? { undo: undefined, pruned: undefined, movedAside: [] }
			: await commit(agent, manifest, request, ready, staging);
		if (!request.dryRun) forgetNextStart(system.disk, store); // that there was nothing to do is an answer, too
		return {
			snapshot,
			plan: ready.plan,
			beside: agent.outside
				? besideOf(agent, agent.outside, manifest, ready)
				: [],
			inHome: manifest.outside ? inHomeOf(agent, ready.plan) : [],
			selected: request.select,
			undo,
			pruned,
			movedAside,
			recovered: undefined,
			forgotten: request.dryRun ? undefined : waiting,
			undone: isUndo(request) ? undoneBy(agent, manifest) : undefined,
		};
	} finally {
		await staging.locks.release();
		// After the commit point the journal owns the folder until it is closed.
		if (system.disk.stat(store.journal) === undefined)
			removeRemains(system.disk, store.restoring);
	}
}

/** @throws SnapshotError `not-found`, `ambiguous` */
export function chooseTarget(
	{ system, store }: Agent,
	{ target }: RestoreRequest,
): SnapshotInfo {
	const listing = listSnapshots(system.disk, store);
	if (target !== "undo")
		return findSnapshot(listing, "ref" in target ? target.ref : target.undo);
	if (system.disk.stat(store.noUndo) !== undefined)
		throw new SnapshotError(
			"not-found",
			"The last restore was made without an undo snapshot, so it cannot be taken back. Nothing was changed.",
			{
				hint: "An older one can be, by the id of its undo snapshot: see `list`.",
			},
		);
	const newest = listing.snapshots.find(({ reason }) => reason === UNDO_REASON);
	if (newest !== undefined) return newest;
	throw new SnapshotError(
		"not-found",
		"There is no restore to undo. Nothing was changed.",
		{ hint: "See `list`." },
	);
}
