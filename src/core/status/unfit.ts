import type { SnapshotInfo } from "../store/listing.ts";

export interface Tried {
	/** ISO 8601. */
	readonly at: string;
	readonly by: "verify" | "drill";
}

export interface Unfit {
	readonly id: string;
	/** What has found it so; `create`: it lacks something. */
	readonly by: Tried["by"] | "create";
	/** ISO 8601. */
	readonly at: string;
	/** A sentence without its end; undefined of one that lacks something. */
	readonly why: string | undefined;
}

/** By the last verification or drill of each. What is marked as damaged is told as that. */
export function failedAmong(snapshots: readonly SnapshotInfo[]): Unfit[] {
	return snapshots.flatMap(({ id, mark, found }): Unfit[] => {
		if (mark !== undefined || found === undefined) return [];
		const { by, at, why } = found;
		return [{ id, by, at, why }];
	});
}
