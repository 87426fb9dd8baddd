import { errorMessage, SnapshotError } from "../errors.ts";
import { type Agent, loadSettings, policyOf } from "./agent.ts";
import { applyJournal, closeJournal, NothingApplied } from "./apply.ts";
import { manifestOf, nameSnapshot, sealSnapshot } from "./assemble.ts";
import { syncDirectory } from "./durable.ts";
import { type Journal, writeJournal } from "./journal.ts";
import { listSnapshots } from "./listing.ts";
import { type Manifest, UNDO_REASON } from "./manifest.ts";
import { pruneAfterwards } from "./prune.ts";
import type { RestoreRequest } from "./restore.ts";
import type { Ready } from "./restore-prepare.ts";
import type { Staging } from "./staging.ts";

/** Writes the journal and does what it says. Returns the undo snapshot's id. */
export async function commit(
	agent: Agent,
	manifest: Manifest,
	request: RestoreRequest,
	ready: Ready,
	staging: Staging,
): Promise<string | undefined> {
	const { system, store } = agent;
	const undo = request.undo ? sealUndo(agent, manifest, ready) : undefined;
	if (undo === undefined) system.disk.removeTree(`${store.restoring}/undo`);
	syncDirectory(system.disk, store.restoring);
	syncDirectory(system.disk, store.directory);
	const journal = {
		snapshot: manifest.id,
		undo,
		startedAt: system.clock.now().toISOString(),
		steps: [...ready.steps],
	};
	writeJournal(system.disk, store, journal);
	await finish(agent, { formatVersion: 1, ...journal }, staging);
	const inUse = [manifest.id, ...(undo === undefined ? [] : [undo])];
	pruneAfterwards(agent, policyOf(loadSettings(agent)), inUse);
	return undo;
}

function sealUndo(
	agent: Agent,
	manifest: Manifest,
	{ present, coverage, steps }: Ready,
): string {
	const { system, store } = agent;
	const now = system.clock.now();
	const isTaken = (id: string) =>
		system.disk.stat(`${store.directory}/${id}`) !== undefined;
	const snapshots = listSnapshots(system.disk, store).snapshots;
	const naming = nameSnapshot(snapshots, isTaken, {
		label: "before restore",
		reason: UNDO_REASON,
		now,
	});
	const paths = [...new Set(steps.map(({ path }) => path))];
	const undo = manifestOf(agent, naming, present, coverage, {
		snapshot: manifest.id,
		paths,
	});
	sealSnapshot(agent, `${store.restoring}/undo`, undo);
	return naming.id;
}

async function finish(
	agent: Agent,
	journal: Journal,
	staging: Staging,
): Promise<void> {
	try {
		await applyJournal(agent, journal, staging);
	} catch (error) {
		if (error instanceof NothingApplied) {
			closeJournal(agent);
			throw error.cause;
		}
		throw new SnapshotError(
			"failed",
			`The restore was stopped half-way: ${errorMessage(error)}.`,
			{
				hint: "Remove the cause and run `recover`, which finishes it. Do not start the agent before.",
				cause: error,
			},
		);
	}
}
