import { isFile } from "../core/capture/entry.ts";
import { type Agent, loadSettings, rulesOf } from "../core/home/agent.ts";
import { publishSnapshot, sealSnapshot } from "../core/manifest/assemble.ts";
import { formatVersionFor, type Manifest } from "../core/manifest/manifest.ts";
import { PULLED_REASON } from "../core/manifest/manifest-summary.ts";
import { neededBy, pendingJournal } from "../core/retention/in-use.ts";
import { pruneAfterwards } from "../core/retention/prune.ts";
import { noteCreated } from "../core/sizes/sizes.ts";
import { listSnapshots, type SnapshotInfo } from "../core/store/listing.ts";
import { withLock } from "../core/store/lock.ts";

/** Puts a snapshot that came back, durable and compared with its hashes, into the list. Returns its id. */
export function publishPulled(
	agent: Agent,
	manifest: Manifest,
	folder: string,
): Promise<string> {
	const { system, store } = agent;
	const { disk } = system;
	return withLock(agent, "remote pull", async () => {
		const { snapshots } = listSnapshots(disk, store);
		const isTaken = (id: string) =>
			disk.stat(`${store.directory}/${id}`) !== undefined;
		let id = manifest.id;
		for (let copy = 2; isTaken(id); copy++) id = `${manifest.id}-${copy}`;
		// In its place comes the manifest as it is from now on.
		disk.unlink(`${folder}/manifest.json`);
		sealSnapshot(agent, folder, pulledManifest(agent, manifest, id, snapshots));
		publishSnapshot(agent, folder, {
			above: store.directory,
			folder: `${store.directory}/${id}`,
		});
		noteCreated(agent, snapshots, { id });
		const inUse = [id, ...neededBy(pendingJournal(agent))];
		pruneAfterwards(agent, rulesOf(loadSettings(agent)), inUse);
		return id;
	});
}

/** It stands in the list by the moment that it is of: what is newest here stays so. */
function pulledManifest(
	{ system }: Agent,
	manifest: Manifest,
	id: string,
	snapshots: readonly SnapshotInfo[],
): Manifest {
	const { undoes, note, boot, createdAt, ...said } = manifest;
	const time = Date.parse(createdAt ?? "");
	const before = snapshots.find(
		(one) => one.sequence !== undefined && !(one.createdAt.getTime() > time),
	);
	const entries = manifest.entries.map((entry) => {
		if (!isFile(entry)) return entry;
		// What it looked like it did on another disk.
		const { look, ...rest } = entry;
		return rest;
	});
	return {
		...said,
		...(createdAt !== undefined && { createdAt }),
		id,
		reason: PULLED_REASON,
		formatVersion: formatVersionFor(entries),
		sequence: before?.sequence ?? 0,
		pinned: false,
		verifiedAt: system.clock.now().toISOString(),
		entries,
	};
}
