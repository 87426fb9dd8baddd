import { type Drill, readDrills } from "../drill/drills.ts";
import type { Agent } from "../home/agent.ts";
import { type Run, readRuns } from "../schedule/run-log.ts";
import { totalOf } from "../sizes/sizes.ts";
import { isGood, listSnapshots, type SnapshotInfo } from "../store/listing.ts";
import { pendingElsewhere } from "../store/related-homes.ts";
import { looksSound } from "../verify/verify.ts";

/** How an agent stands with its snapshots, told without reading them. */
export interface Standing {
	readonly snapshots: readonly SnapshotInfo[];
	/** Complete, not found damaged, and as it was left. */
	readonly newestGood: SnapshotInfo | undefined;
	/** Milliseconds. */
	readonly age: number | undefined;
	/** When a scheduled run last found that nothing has changed since it, after it was made. */
	readonly unchangedAt: Date | undefined;
	/** Found damaged, or with a manifest that cannot be read; ids. */
	readonly damaged: readonly string[];
	/** Newer than the newest good one, and not as they were left; ids. */
	readonly suspect: readonly string[];
	/** Bytes of the disk; `isAll` false: there was no time to look at more. */
	readonly onDisk: { readonly bytes: number; readonly isAll: boolean };
	readonly lastDrill: Drill | undefined;
	/** Of those that came to an end. */
	readonly lastRun: Run | undefined;
	readonly recoveryPending: boolean;
	/** Related homes in which a restore was interrupted. */
	readonly pendingElsewhere: readonly string[];
}

export function standingOf(agent: Agent): Standing {
	const { system, store } = agent;
	const listing = listSnapshots(system.disk, store);
	const { snapshots, recoveryPending } = listing;
	const suspect: string[] = [];
	const newestGood = snapshots.filter(isGood).find(({ id }) => {
		const isSound = looksSound(agent, id);
		if (!isSound) suspect.push(id);
		return isSound;
	});
	const now = system.clock.now().getTime();
	const runs = readRuns(agent);
	const marked = snapshots.filter(({ mark }) => mark).map(({ id }) => id);
	return {
		snapshots,
		newestGood,
		unchangedAt: newestGood && unchangedAt(runs, newestGood, now),
		// One from the future was made by another clock.
		age: newestGood && Math.max(0, now - newestGood.createdAt.getTime()),
		damaged: [...marked, ...listing.damaged],
		suspect,
		onDisk: totalOf(agent, snapshots),
		lastDrill: readDrills(agent).at(-1),
		lastRun: runs.findLast(({ ok }) => ok !== undefined),
		recoveryPending,
		pendingElsewhere: pendingElsewhere(agent),
	};
}

function unchangedAt(
	runs: readonly Run[],
	{ id, createdAt }: SnapshotInfo,
	now: number,
): Date | undefined {
	const found = runs.findLast(
		({ at, steps }) =>
			Date.parse(at) <= now &&
			steps.some((step) => step.step === "snapshot" && step.id === id),
	);
	const at = found && new Date(found.at);
	return at !== undefined && at > createdAt ? at : undefined;
}
