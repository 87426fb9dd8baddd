import { listSnapshots } from "../core/listing.ts";
import { waitingSnapshot } from "../core/next-start.ts";
import { overviewOf } from "../core/overview.ts";
import { pendingElsewhere } from "../core/related-homes.ts";
import { totalOf } from "../core/sizes.ts";
import type { Handler } from "./handler.ts";
import { runningText } from "./hosts.ts";
import { elsewhereText, waitingText } from "./list.ts";
import { snapshotData } from "./reply.ts";
import { bytesText, countText, printable, someOf, whenText } from "./text.ts";

/** Changes nothing, and waits for nobody. */
export const status: Handler = (invocation) => {
	const { prefix } = invocation;
	const agent = invocation.agent();
	const { system, store, host } = agent;
	const { snapshots, damaged, recoveryPending } = listSnapshots(
		system.disk,
		store,
	);
	const waiting = waitingSnapshot(system.disk, store);
	const elsewhere = pendingElsewhere(agent);
	const { bytes, files, running } = overviewOf(agent);
	// An undo snapshot holds what somebody wanted to be rid of.
	const newest = snapshots.find(
		({ complete, number }) => complete && number !== undefined,
	);
	const now = system.clock.now();
	const kept = snapshots.reduce((sum, snapshot) => sum + snapshot.bytes, 0);
	const { bytes: onDisk, isAll } = totalOf(agent, snapshots);
	return {
		text: [
			...(recoveryPending
				? [`A restore was interrupted: ${prefix} recover finishes it.`]
				: []),
			...elsewhereText(elsewhere, prefix),
			...waitingText(waiting, invocation),
			newest === undefined
				? `No complete snapshot yet. Make one with: ${prefix} create [label]`
				: `Newest complete snapshot: ${printable(newest.id)}, ${whenText(newest.createdAt, now)}.`,
			`${countText(snapshots.length, "snapshot")} of ${bytesText(kept)} in all, which take ${isAll ? "" : "more than "}${bytesText(onDisk)} of the disk, in ${printable(store.directory)}.`,
			...(damaged.length > 0
				? [`Damaged, and not to be restored: ${someOf(damaged)}.`]
				: []),
			`${host.title} has ${countText(files, "file")} of ${bytesText(bytes)} to keep. Running: ${runningText(running)}.`,
		].join("\n"),
		data: {
			newest: newest === undefined ? null : snapshotData(newest),
			total: snapshots.length,
			bytes: kept,
			onDisk: isAll ? onDisk : null,
			damaged,
			recoveryPending,
			pendingElsewhere: elsewhere,
			atNextStart: waiting ?? null,
			running: running ?? null,
		},
	};
};
