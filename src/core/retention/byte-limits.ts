import type { Agent } from "../home/agent.ts";
import type { StoredFile } from "../sizes/disk-use.ts";
import type { SnapshotInfo } from "../store/listing.ts";
import { applyBudget } from "./budget.ts";
import type { Rules } from "./keep-rules.ts";
import { applyReasonBudgets } from "./reason-budgets.ts";
import { filesIn } from "./remove-snapshots.ts";
import { type Kept, lastCompleteOf, type Verdict } from "./retention.ts";

/** Bytes of what may not go, where that takes more than it may. */
export interface TooLarge {
	readonly taken: number;
	readonly limit: number;
}

/** Loads this file: once the work is done, an update of this package may have come. */
export function readyForBytes(): void {}

/** Of what the rules that count keep, first by the bytes of each reason, then by those of all. */
export function withinBytes(
	agent: Agent,
	ruled: readonly Verdict<SnapshotInfo>[],
	{ policy, keepBytes }: Rules,
	inUse: readonly string[],
): {
	readonly verdicts: readonly Verdict<SnapshotInfo>[];
	readonly tooLarge: TooLarge | undefined;
} {
	const known = new Map<string, StoredFile[]>();
	const filesOf = (id: string) => {
		const files = known.get(id) ?? filesIn(agent, id);
		known.set(id, files);
		return files;
	};
	const snapshots = ruled.map(({ snapshot }) => snapshot);
	const isWithin = (kept: readonly Kept[], limit: number) =>
		mostOf(agent, snapshots, kept) <= limit;
	const budgets = { policy, inUse, isWithin, filesOf };
	const verdicts = applyReasonBudgets(ruled, budgets);
	const kept = verdicts
		.filter(({ keep }) => keep)
		.map(({ snapshot }) => snapshot);
	if (keepBytes === undefined || isWithin(kept, keepBytes))
		return { verdicts, tooLarge: undefined };
	const stays = new Set([...inUse, ...lastCompleteOf(snapshots, policy)]);
	const budget = { limit: keepBytes, filesOf, stays };
	const { taken, ...budgeted } = applyBudget(verdicts, budget);
	const tooLarge = taken > keepBytes ? { taken, limit: keepBytes } : undefined;
	return { ...budgeted, tooLarge };
}

/** Bytes that some of them take if nothing is shared: to know that, nobody has to look at every file. */
function mostOf(
	{ system: { disk }, store }: Agent,
	snapshots: readonly SnapshotInfo[],
	some: readonly Kept[],
): number {
	const ids = new Set(some.map(({ id }) => id));
	let sum = 0;
	for (const { id, bytes } of snapshots) {
		const manifest = `${store.directory}/${id}/manifest.json`;
		if (ids.has(id)) sum += bytes + (disk.stat(manifest)?.size ?? 0);
	}
	return sum;
}
