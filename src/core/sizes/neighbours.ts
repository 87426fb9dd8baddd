import type { Agent } from "../home/agent.ts";
import type { SnapshotInfo } from "../store/listing.ts";
import { leftWithOne, type StoredFile } from "./disk-use.ts";

/** Pure: the nearest that stay on either side, of all and of those that share with each other. */
export function neighboursOf(
	newestFirst: readonly Pick<SnapshotInfo, "id" | "sequence">[],
	gone: ReadonlySet<string>,
): Set<string> {
	const found = new Set<string>();
	const ours = newestFirst.filter(({ sequence }) => sequence !== undefined);
	// Hermes' own share among themselves, after a `compact`.
	const theirs = newestFirst.filter(({ sequence }) => sequence === undefined);
	for (const row of [ours, theirs])
		for (const [index, { id }] of row.entries()) {
			if (gone.has(id)) continue;
			const beside = [row[index - 1], row[index + 1]];
			if (beside.some((one) => one !== undefined && gone.has(one.id)))
				found.add(id);
		}
	return found;
}

/** What they shared with one neighbour only is that one's alone now. If it is not found there, all of them are looked at again. */
export function giveToNeighbours(
	{ system: { disk }, store }: Agent,
	alone: Map<string, number>,
	neighbours: ReadonlySet<string>,
	gone: readonly StoredFile[],
): void {
	for (const { path, inode, bytes } of leftWithOne(gone)) {
		const owner = [...neighbours].find(
			(id) => disk.glance(`${store.directory}/${id}/${path}`)?.inode === inode,
		);
		const was = alone.get(owner ?? "");
		if (owner !== undefined && was !== undefined) alone.set(owner, was + bytes);
		if (owner !== undefined) continue;
		for (const id of neighbours) alone.delete(id);
		return;
	}
}
