import { SnapshotError } from "../errors.ts";
import type { Agent } from "./agent.ts";
import { applyJournal, publishUndo } from "./apply.ts";
import { createLocked } from "./create.ts";
import { syncDirectory } from "./durable.ts";
import { type Journal, readJournal } from "./journal.ts";
import type { SnapshotInfo } from "./listing.ts";
import { withLock } from "./lock.ts";
import { besideHolders, resume } from "./recover.ts";
import { restoreLocked } from "./restore.ts";

export interface Settled {
	/** The snapshot whose restore had been interrupted. */
	readonly restored: string;
	/** The present as it was found, in which nothing that came after the crash is lost. */
	readonly present: SnapshotInfo;
}

/**
 * Ends an interrupted restore after which the agent has written on: `finish` goes on with it, `back` returns to what
 * was there before it. The present becomes a snapshot first, either way.
 */
export function settle(
	agent: Agent,
	direction: "finish" | "back",
): Promise<Settled> {
	return withLock(agent, `recover --${direction}`, async () => {
		resume(agent);
		const journal = readJournal(agent.system.disk, agent.store);
		if (journal === undefined)
			throw new SnapshotError(
				"not-found",
				"No restore was interrupted. Nothing was changed.",
			);
		if (direction === "back" && journal.undo === undefined)
			throw new SnapshotError(
				"not-found",
				"That restore was made without an undo snapshot, so there is no way back. Nothing was changed.",
				{ hint: "Go on with it: `recover --finish`." },
			);
		const label = `before recover --${direction}`;
		const request = { label, reason: "manual", force: true };
		const { snapshot: present } = await createLocked(agent, request);
		if (direction === "finish")
			await applyJournal(agent, besideHolders(agent, journal));
		else await goBack(agent, journal);
		return { restored: journal.snapshot, present };
	});
}

async function goBack(agent: Agent, journal: Journal): Promise<void> {
	const { store } = agent;
	const { disk } = agent.system;
	publishUndo(agent, journal);
	// Until the way back has a journal of its own, the old one must be found again after a crash.
	disk.rename(store.restoring, store.suspended);
	syncDirectory(disk, store.directory);
	await restoreLocked(agent, {
		target: "undo",
		dryRun: false,
		include: [],
		undo: true,
	});
	disk.removeTree(store.suspended);
}
