import type { Survey } from "../capture/survey.ts";
import type { Agent } from "../home/agent.ts";
import type { SnapshotInfo } from "../store/listing.ts";
import { MANY } from "../store/listing-noted.ts";
import {
	freedBy,
	ownCost,
	ownCostOf,
	type StoredFile,
	storedFiles,
	takenBy,
} from "./disk-use.ts";
import {
	type Noted,
	noteDown,
	notedSizes,
	type Sizes,
	stampOfNote,
} from "./known-sizes.ts";
import { giveToNeighbours, neighboursOf } from "./neighbours.ts";
import {
	addedUp,
	CATCH_UP,
	lookedUp,
	PATIENCE,
	unlessDiskFails,
} from "./sizes-by-looking.ts";

export type { Sizes };

/** For display: from what the last writing command noted, and of what that does not know by looking, for a while. */
export function sizesOf(
	agent: Agent,
	snapshots: readonly SnapshotInfo[],
	wanted: readonly SnapshotInfo[] = snapshots,
): Sizes {
	const before = stampOfNote(agent);
	const noted = notedSizes(agent, snapshots);
	const alone = lookedUp(agent, wanted, noted.alone);
	const found = alone.size - noted.alone.size;
	const isLast = alone.size === snapshots.length;
	if (found >= MANY || (found > 0 && isLast && snapshots.length >= MANY))
		noteLooked(agent, snapshots, { ...noted, alone }, before);
	return { ...noted, alone };
}

/**
 * Nobody shall wait for it twice. Without the lock: not beside a writing command, nor when one has noted something since
 * `before`, which knows better.
 */
function noteLooked(
	agent: Agent,
	snapshots: readonly SnapshotInfo[],
	{ alone, total, isVain }: Noted,
	before: string,
): void {
	const { system, store } = agent;
	unlessDiskFails(() => {
		if (system.disk.glance(store.lockHolder) !== undefined) return;
		if (stampOfNote(agent) !== before) return;
		noteDown(agent, snapshots, alone, total ?? (isVain ? null : undefined));
	});
}

/** All of the store, every file once; `isAll` false: there was no time to look at more. */
export function totalOf(
	agent: Agent,
	snapshots: readonly SnapshotInfo[],
): { readonly bytes: number; readonly isAll: boolean } {
	const { total } = notedSizes(agent, snapshots);
	return total === undefined
		? addedUp(agent, snapshots, 5 * PATIENCE)
		: { bytes: total, isAll: true };
}

interface Created {
	readonly id: string;
	/** What the new one shares files with; if that is not known, the newest of ours is looked at again. */
	readonly base?: string | undefined;
	/** Of all in it but its manifest, where somebody has looked already. */
	readonly survey?: Survey | undefined;
}

/**
 * Behind a writing command: notes what has come. Never makes what was done look failed.
 * @param before what was there
 */
export function noteCreated(
	agent: Agent,
	before: readonly SnapshotInfo[],
	{ id, base, survey }: Created,
): void {
	unlessDiskFails(() => {
		const noted = notedSizes(agent, before);
		const alone = new Map(noted.alone);
		const folder = `${agent.store.directory}/${id}`;
		const { disk } = agent.system;
		const cost = survey
			? ownCostOf(disk, folder, survey)
			: ownCost(disk, folder);
		const was = base === undefined ? undefined : alone.get(base);
		// What the new one shares with its base only was that one's alone until now.
		if (base !== undefined && was !== undefined)
			alone.set(base, Math.max(0, was - cost.withOne));
		else alone.delete(before.find(({ sequence }) => sequence)?.id ?? "");
		alone.set(id, cost.alone);
		const earlier = before.length === 0 ? 0 : noted.total;
		const total = earlier === undefined ? undefined : earlier + cost.alone;
		const known = lookedUp(agent, before, alone, CATCH_UP);
		write(agent, [{ id }, ...before], { ...noted, alone: known, total });
	});
}

/**
 * Notes what has gone.
 * @param files all of theirs, as they were
 */
export function noteRemoved(
	agent: Agent,
	before: readonly SnapshotInfo[],
	removed: readonly SnapshotInfo[],
	files: readonly StoredFile[],
): void {
	unlessDiskFails(() => {
		const noted = notedSizes(agent, before);
		const alone = new Map(noted.alone);
		const gone = new Set(removed.map(({ id }) => id));
		for (const id of gone) alone.delete(id);
		giveToNeighbours(agent, alone, neighboursOf(before, gone), files);
		const left = before.filter(({ id }) => !gone.has(id));
		const freed = freedBy(files);
		const total = noted.total === undefined ? undefined : noted.total - freed;
		const known = lookedUp(agent, left, alone, CATCH_UP);
		write(agent, left, { ...noted, alone: known, total });
	});
}

/** Notes that a file which only this one has is longer now, or shorter. */
export function noteResized(
	agent: Agent,
	snapshots: readonly SnapshotInfo[],
	id: string,
	by: number,
): void {
	unlessDiskFails(() => {
		const noted = notedSizes(agent, snapshots);
		const was = noted.alone.get(id);
		if (was === undefined) return;
		const alone = new Map(noted.alone).set(id, was + by);
		const total = noted.total === undefined ? undefined : noted.total + by;
		noteDown(
			agent,
			snapshots,
			alone,
			total ?? (noted.isVain ? null : undefined),
		);
	});
}

/** Looks at everything anew, for as long as it takes. */
export function noteAll(
	agent: Agent,
	snapshots: readonly SnapshotInfo[],
): void {
	unlessDiskFails(() => {
		const { disk } = agent.system;
		const alone = new Map<string, number>();
		const files = snapshots.flatMap(({ id }) => {
			const own = [...storedFiles(disk, `${agent.store.directory}/${id}`)];
			alone.set(id, freedBy(own));
			return own;
		});
		write(agent, snapshots, { alone, total: takenBy(files), isVain: false });
	});
}

function write(
	agent: Agent,
	all: readonly { readonly id: string }[],
	{ alone, total, isVain }: Noted,
): void {
	const added = total ?? (isVain ? null : addedUpSoon(agent, all));
	noteDown(agent, all, alone, added);
}

function addedUpSoon(
	agent: Agent,
	all: readonly { readonly id: string }[],
): number | null {
	const { bytes, isAll } = addedUp(agent, all, CATCH_UP);
	return isAll ? bytes : null;
}
