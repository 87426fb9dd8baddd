import { SnapshotError } from "../../errors.ts";
import { type Journal, readJournal } from "../apply/journal.ts";
import type { Agent } from "../home/agent.ts";
import { NONE_INTERRUPTED, recoverIfClear } from "../recover/recover.ts";

/** The one behind a way out that died before it had a journal of its own is the one that waits again: see `resume`. */
export function pendingJournal({ system: { disk }, store }: Agent) {
	return readJournal(disk, store) ?? readJournal(disk, store, store.suspended);
}

/** Both ways out of an interrupted restore. */
export function neededBy(journal: Journal | undefined): string[] {
	return [journal?.snapshot, journal?.undo].filter((id) => id !== undefined);
}

/** A recovery may wait for the very room that a removal makes. Blocked: it cannot be done now, whatever the reason. */
export async function recoverIfPossible(
	agent: Agent,
): ReturnType<typeof recoverIfClear> {
	try {
		return await recoverIfClear(agent);
	} catch (error) {
		if (error instanceof SnapshotError && error.code === "failed")
			return { ...NONE_INTERRUPTED, isBlocked: true };
		throw error;
	}
}
