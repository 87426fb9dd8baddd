import { errorCode, SnapshotError } from "../../errors.ts";
import type { Transfer } from "../../system/system.ts";
import { markUndo, publishUndo } from "../apply/apply.ts";
import {
	type Before,
	noteUndo,
	pruneBehind,
	sealUndo,
} from "../apply/undo-snapshot.ts";
import { syncDirectory } from "../files/durable.ts";
import type { Agent } from "../home/agent.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { whyFailed } from "../reasons.ts";
import type { PruneOutcome } from "../retention/prune.ts";

interface Committed {
	readonly undo: string | undefined;
	readonly pruned: PruneOutcome | { readonly problem: string } | undefined;
}

/**
 * SQLite's commit is the commit point. The undo snapshot enters the list right before it: who dies in between leaves one more
 * snapshot of the present, and nobody ever has the rows without a way back.
 */
export async function commitTransfer(
	agent: Agent,
	transfer: Transfer,
	{
		before,
		path,
		manifest,
	}: { before: Before | undefined; path: string; manifest: Manifest },
): Promise<Committed> {
	const { store } = agent;
	const { disk } = agent.system;
	const undoes = { snapshot: manifest.id, paths: [path] };
	const sealed = before && sealUndo(agent, before, undoes);
	const undo = sealed?.id;
	const wasMarked = disk.stat(store.noUndo) !== undefined;
	if (undo === undefined) markUndo(disk, store, { undo });
	else publishUndo(agent, { undo });
	try {
		await transfer.commit();
	} catch (error) {
		// It may stand in the log all the same, so its undo snapshot stays, too.
		if (/^SQLITE_IOERR/.test(errorCode(error) ?? "")) throw uncertain(error);
		withdraw(agent, undo, wasMarked);
		throw error;
	}
	markUndo(disk, store, { undo });
	if (before === undefined || sealed === undefined)
		return { undo, pruned: undefined };
	noteUndo(agent, sealed, before);
	const pruned = pruneBehind(agent, before.present, [manifest.id, undo]);
	return { undo, pruned };
}

/** There was nothing to be taken back. */
function withdraw(
	{ system: { disk }, store }: Agent,
	undo: string | undefined,
	wasMarked: boolean,
): void {
	if (undo === undefined) {
		if (!wasMarked) disk.removeTree(store.noUndo);
		return;
	}
	disk.rename(`${store.directory}/${undo}`, `${store.restoring}/undo`);
	syncDirectory(disk, store.directory);
}

function uncertain(error: unknown): SnapshotError {
	return new SnapshotError(
		"failed",
		`It may have been brought back or not: ${whyFailed(error)}.`,
		{
			hint: "Remove the cause and repeat the command: what is there already stays as it is.",
			cause: error,
		},
	);
}
