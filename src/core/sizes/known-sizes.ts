import type { Disk } from "../../system/system.ts";
import type { Agent } from "../home/agent.ts";
import type { SnapshotInfo } from "../store/listing.ts";
import { giveToOwner, type StorePaths } from "../store/store.ts";
import { neighboursOf } from "./neighbours.ts";
import { readNoted, writeNoted } from "./noted-sizes.ts";

/** What the snapshots of a store cost on the disk, in bytes, as far as it is known. */
export interface Sizes {
	/** Of each, what it alone costs: see `OwnCost`. */
	readonly alone: ReadonlyMap<string, number>;
	/** Of all, every file once. */
	readonly total: number | undefined;
}

export interface Noted extends Sizes {
	/** The last command had no time to add all up, and nor will the next. */
	readonly isVain: boolean;
}

/** What is noted and may still be so: for display only, since anybody may have changed the store since. */
export function notedSizes(
	{ system: { disk }, store }: Agent,
	snapshots: readonly SnapshotInfo[],
): Noted {
	const noted = readNoted(disk, store);
	const there = new Set(snapshots.map(({ id }) => id));
	const alone = new Map<string, number>();
	const nothing = { alone, total: undefined, isVain: false };
	// Something was removed by other hands: who shared with it is not known.
	if (noted?.snapshots.some(([id]) => !there.has(id)) !== false) return nothing;
	if (noted.store !== inodeOf(disk, store)) return nothing;
	const known = new Map(noted.snapshots);
	const isCome = ({ id }: SnapshotInfo) => !known.has(id);
	const come = snapshots.filter(isCome).map(({ id }) => id);
	const doubtful = neighboursOf(snapshots, new Set(come));
	for (const [id, bytes] of known)
		if (bytes !== null && !doubtful.has(id)) alone.set(id, bytes);
	if (come.length > 0) return { ...nothing, alone };
	const { total } = noted;
	return { alone, total: total ?? undefined, isVain: total === null };
}

export function noteDown(
	agent: Agent,
	all: readonly { readonly id: string }[],
	alone: ReadonlyMap<string, number>,
	total: number | null | undefined,
): void {
	const { disk } = agent.system;
	const snapshots = all.map(({ id }): [string, number | null] => [
		id,
		alone.get(id) ?? null,
	]);
	writeNoted(disk, agent.store, {
		formatVersion: 1,
		store: inodeOf(disk, agent.store),
		...(total !== undefined && { total }),
		snapshots,
	});
	const owner = disk.stat(agent.store.home);
	if (owner) giveToOwner(agent.system, agent.store.sizes, owner);
}

function inodeOf(disk: Disk, { directory }: StorePaths): string {
	return disk.glance(directory)?.inode ?? "";
}

export function stampOfNote({ system, store }: Agent): string {
	const { inode, size, mtime } = system.disk.glance(store.sizes) ?? {};
	return `${inode} ${size} ${mtime}`;
}
