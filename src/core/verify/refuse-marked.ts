import { SnapshotError } from "../../errors.ts";
import type { Agent } from "../home/agent.ts";
import type { RestoreRequest } from "../restore/restore.ts";
import { isGood, listSnapshots, type SnapshotInfo } from "../store/listing.ts";

/**
 * What was written down as damaged goes back only file by file: each that is named is compared with its hash. The way
 * back out of an interrupted restore is not asked, there is no other.
 * @throws SnapshotError `damaged`
 */
export function refuseMarked(
	{ system, store }: Agent,
	{ id, mark }: SnapshotInfo,
	request: Pick<RestoreRequest, "target" | "select">,
): void {
	if (mark === undefined || request.select.length > 0 || isWayOut(request))
		return;
	const good = listSnapshots(system.disk, store).snapshots.find(isGood);
	const other =
		good === undefined ? "" : ` The newest good one: \`restore ${good.id}\`.`;
	throw new SnapshotError(
		"damaged",
		`Snapshot ${id} was found damaged by a verification: ${mark.why}. Nothing was changed.`,
		{
			hint: `Its other files can be restored by their names.${other}`,
		},
	);
}

/** Out of an interrupted restore. */
export function isWayOut({ target }: Pick<RestoreRequest, "target">): boolean {
	return target !== "undo" && "undo" in target;
}
