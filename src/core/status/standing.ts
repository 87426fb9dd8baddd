import { baseFrom } from "../capture/base.ts";
import { type Drill, readDrills } from "../drill/drills.ts";
import type { Agent } from "../home/agent.ts";
import { hasLog } from "../schedule/last-failure.ts";
import { type Run, readRuns } from "../schedule/run-log.ts";
import { totalOf } from "../sizes/sizes.ts";
import { isGood, listSnapshots, type SnapshotInfo } from "../store/listing.ts";
import { pendingElsewhere } from "../store/related-homes.ts";
import { readManifest } from "../store/store.ts";
import { looksSound } from "../verify/as-left.ts";
import {
	type LastVerified,
	readVerifications,
} from "../verify/verifications.ts";
import { failedAmong, type Tried, type Unfit } from "./unfit.ts";

/** How an agent stands with its snapshots, told without reading them. */
export interface Standing {
	readonly snapshots: readonly SnapshotInfo[];
	/** Complete, not found damaged, as it was left, and good by its last verification and drill, if there were any. */
	readonly newestGood: SnapshotInfo | undefined;
	/** When all of that one was last read or restored to be looked at; undefined: never. */
	readonly lastTried: Tried | undefined;
	/** Milliseconds. */
	readonly age: number | undefined;
	/** When a scheduled run last found that nothing has changed since it, after it was made. */
	readonly unchangedAt: Date | undefined;
	/** Found damaged, or with a manifest that cannot be read or is gone; ids. */
	readonly damaged: readonly string[];
	/** Newer than the newest good one, and not as they were left; ids. */
	readonly suspect: readonly string[];
	/** What else cannot be relied on: all that failed, and those that lack something and are newer than the newest good one. */
	readonly unfit: readonly Unfit[];
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
	const verified = readVerifications(system.disk, store);
	const drills = readDrills(agent);
	const failed = failedAmong(snapshots);
	const suspect: string[] = [];
	const newestGood = snapshots.filter(isGood).find(({ id }) => {
		const isSound = looksSound(agent, id);
		if (!isSound) suspect.push(id);
		return isSound;
	});
	const now = system.clock.now().getTime();
	const runs = hasLog(system.disk, store) ? readRuns(agent) : [];
	const marked = snapshots.filter(({ mark }) => mark).map(({ id }) => id);
	return {
		snapshots,
		newestGood,
		unchangedAt: newestGood && unchangedAt(runs, newestGood, now),
		lastTried: newestGood && lastTried(agent, newestGood, verified, drills),
		// One from the future was made by another clock.
		age: newestGood && Math.max(0, now - newestGood.createdAt.getTime()),
		damaged: [...marked, ...listing.damaged, ...listing.lost],
		suspect,
		unfit: [
			...failed,
			...lackingBefore(snapshots, newestGood).filter(
				({ id }) => !failed.some((one) => one.id === id),
			),
		],
		onDisk: totalOf(agent, snapshots),
		lastRun: runs.findLast(({ ok }) => ok !== undefined),
		lastDrill: drills.at(-1),
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

type LastOf = ReadonlyMap<string, LastVerified>;

function lastTried(
	agent: Agent,
	{ id }: SnapshotInfo,
	verified: LastOf,
	drills: readonly Drill[],
): Tried | undefined {
	const manifest = readManifest(agent.system.disk, agent.store, id);
	// A create reads what it shares with it, and notes so.
	const { verifiedAt } = baseFrom(agent, manifest);
	const isRead = verifiedAt !== undefined && verifiedAt !== manifest.verifiedAt;
	const drilled = drills.findLast((drill) => drill.id === id && drill.ok)?.at;
	const all: (Tried | undefined)[] = [
		isRead ? { at: verifiedAt, by: "verify" } : undefined,
		tried(verified.get(id)?.at, "verify"),
		tried(drilled, "drill"),
	];
	const now = agent.system.clock.now().getTime();
	return (
		all
			.filter((one) => one !== undefined)
			// One from the future is another clock's, and says nothing.
			.filter(({ at }) => Date.parse(at) <= now)
			.sort((a, b) => Date.parse(a.at) - Date.parse(b.at))
			.at(-1)
	);
}

function tried(at: string | undefined, by: Tried["by"]): Tried | undefined {
	return at === undefined ? undefined : { at, by };
}

/** Newest first. */
function lackingBefore(
	snapshots: readonly SnapshotInfo[],
	newestGood: SnapshotInfo | undefined,
): Unfit[] {
	const first = snapshots.findIndex(({ id }) => id === newestGood?.id);
	const newer = first < 0 ? snapshots : snapshots.slice(0, first);
	return newer
		.filter(({ complete, number }) => !complete && number !== undefined)
		.map(({ id, createdAt }) => {
			const at = createdAt.toISOString();
			return { id, by: "create", at, why: undefined };
		});
}
