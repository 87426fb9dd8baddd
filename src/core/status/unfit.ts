import { type Drill, failedDrills } from "../drill/drills.ts";
import type { SnapshotInfo } from "../store/listing.ts";
import type { LastVerified } from "../verify/verifications.ts";

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
export function failedAmong(
	snapshots: readonly SnapshotInfo[],
	verified: ReadonlyMap<string, LastVerified>,
	drills: readonly Drill[],
): Unfit[] {
	const drilled = failedDrills(drills);
	return snapshots.flatMap(({ id, mark }): Unfit[] => {
		if (mark !== undefined) return [];
		const { at = "", damage, fault, by = "verify" } = verified.get(id) ?? {};
		const why = damage ?? fault;
		if (why !== undefined) return [{ id, by, at, why }];
		const drill = drilled.get(id);
		return drill ? [{ id, by: "drill", at: drill.at, why: drill.why }] : [];
	});
}
