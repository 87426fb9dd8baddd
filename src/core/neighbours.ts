import type { SnapshotInfo } from "./listing.ts";

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
