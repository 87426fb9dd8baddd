import { afterDoing, SnapshotError } from "../../errors.ts";
import type { Agent } from "../home/agent.ts";
import {
	type Finished,
	finishedFirst,
	NONE_INTERRUPTED,
} from "../recover/recover.ts";
import { recoverAll } from "../recover/recover-related.ts";
import { listSnapshots, type SnapshotInfo } from "../store/listing.ts";
import { withLock } from "../store/lock.ts";
import { pendingElsewhere } from "../store/related-homes.ts";
import { readManifest } from "../store/store.ts";
import { verifySnapshot } from "../verify/verify.ts";
import {
	forgetNextStart,
	type NextStart,
	readNextStart,
	waitingSnapshot,
	writeNextStart,
} from "./next-start.ts";
import { refuseOtherTree } from "./other-tree.ts";
import {
	chooseTarget,
	type RestoreOutcome,
	type RestoreRequest,
	refuseUnfound,
	restoreLocked,
} from "./restore.ts";
import { isUndo, isWanted, refuseUnknown } from "./restore-scope.ts";

export interface Postponed {
	readonly snapshot: SnapshotInfo;
	/** The snapshot that waited before this one. */
	readonly replaced: string | undefined;
	/** An interrupted restore that was finished first. */
	readonly recovered: Finished;
}

/**
 * Has a restore wait until the agent is stopped. The snapshot is checked now, while somebody is there to be told;
 * the present is captured when the restore is done, so that its undo loses nothing of what comes until then.
 */
export function postponeRestore(
	agent: Agent,
	request: RestoreRequest,
): Promise<Postponed> {
	refuseUnfound(agent, request);
	return withLock(agent, "restore --at-next-start", async () => {
		const recovered = await recoverAll(agent);
		return afterDoing(finishedFirst(recovered), async () => ({
			...(await postponeLocked(agent, request)),
			recovered,
		}));
	});
}

async function postponeLocked(
	agent: Agent,
	request: RestoreRequest,
): Promise<Pick<Postponed, "snapshot" | "replaced">> {
	const { system, store } = agent;
	const snapshot = chooseTarget(agent, request);
	const manifest = readManifest(system.disk, store, snapshot.id);
	refuseOtherTree(agent, manifest);
	refuseUnknown(manifest, request);
	await verifySnapshot(agent, manifest, isWanted(request));
	const replaced = waitingSnapshot(system.disk, store);
	writeNextStart(system.disk, store, {
		snapshot: snapshot.id,
		isUndo: isUndo(request),
		select: [...request.select],
		include: [...request.include],
		undo: request.undo,
		requestedAt: system.clock.now().toISOString(),
	});
	return { snapshot, replaced };
}

export interface Recovered extends Finished {
	/** The restore that waited for this moment. */
	readonly outcome: RestoreOutcome | undefined;
}

/** What has to be done before the agent opens its files: an interrupted restore finished, one that waits carried out. */
export async function recover(agent: Agent): Promise<Recovered> {
	const { system, store } = agent;
	if (
		system.disk.stat(store.directory) === undefined &&
		pendingElsewhere(agent).length === 0
	)
		return { ...NONE_INTERRUPTED, outcome: undefined };
	return withLock(agent, "recover", async () => {
		const finished = await recoverAll(agent);
		const waiting = readNextStart(system.disk, store);
		const outcome =
			waiting === undefined
				? undefined
				: await afterDoing(finishedFirst(finished), () =>
						carryOut(agent, waiting),
					);
		return { ...finished, outcome };
	});
}

/** Undefined: none was waiting. */
export async function cancelNextStart(
	agent: Agent,
): Promise<string | undefined> {
	const { system, store } = agent;
	if (system.disk.stat(store.nextStart) === undefined) return undefined;
	return withLock(agent, "recover --cancel", async () => {
		const waiting = waitingSnapshot(system.disk, store);
		forgetNextStart(system.disk, store);
		return waiting;
	});
}

/** Until its journal is closed the request stays, and with it the wish. */
async function carryOut(
	agent: Agent,
	{ snapshot, isUndo: isAnUndo, select, include, undo }: NextStart,
): Promise<RestoreOutcome> {
	const target = isAnUndo ? { undo: snapshot } : { ref: snapshot };
	try {
		return await restoreLocked(agent, {
			target,
			dryRun: false,
			include,
			select,
			undo,
		});
	} catch (error) {
		if (!(error instanceof SnapshotError)) throw error;
		if (isFinishedByRecovery(agent)) throw error;
		throw new SnapshotError(
			error.code,
			`The restore of ${snapshot} that waits for the next start of ${agent.host.title} could not be done: ${error.message}`,
			{
				hint: `${error.code === "failed" && error.hint ? error.hint : `Stop ${agent.host.title} and run \`recover\` again.`} \`recover --cancel\` forgets it.`,
				cause: error,
			},
		);
	}
}

function isFinishedByRecovery({ system, store }: Agent): boolean {
	return listSnapshots(system.disk, store).recoveryPending;
}
