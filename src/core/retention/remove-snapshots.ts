import { syncDirectory } from "../files/durable.ts";
import type { Agent } from "../home/agent.ts";
import { type StoredFile, storedFiles } from "../sizes/disk-use.ts";
import { noteRemoved } from "../sizes/sizes.ts";
import type { SnapshotInfo } from "../store/listing.ts";

/**
 * Takes snapshots out of the store, durably. The lock must be held.
 * @param all that were there
 * @param files of those that go: see `filesIn`
 */
export function removeSnapshots(
	agent: Agent,
	all: readonly SnapshotInfo[],
	gone: readonly SnapshotInfo[],
	files: readonly StoredFile[],
): void {
	const { store, system, patience } = agent;
	const { disk } = system;
	patience.progress?.begin("removing");
	for (const { id } of gone) {
		patience.progress?.at(id);
		// Out of the list in one step: a half removed folder with a manifest would still look like a snapshot.
		disk.removeTree(store.going);
		disk.rename(`${store.directory}/${id}`, store.going);
		disk.removeTree(store.going);
	}
	syncDirectory(disk, store.directory);
	noteRemoved(agent, all, gone, files);
}

/** All that lies in a snapshot. */
export function filesIn(
	{ system: { disk }, store }: Agent,
	id: string,
): StoredFile[] {
	return [...storedFiles(disk, `${store.directory}/${id}`)];
}
