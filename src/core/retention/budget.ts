import { UNDO_REASON } from "../manifest/manifest-summary.ts";
import type { StoredFile } from "../sizes/disk-use.ts";
import { bytesText } from "../words.ts";
import type { Kept, Verdict } from "./retention.ts";

/** Of the disk. */
export interface Budget {
	/** Bytes that all snapshots together may take. */
	readonly limit: number;
	/** Of each snapshot, by id: what it shares with others is one inode. */
	readonly files: ReadonlyMap<string, readonly StoredFile[]>;
	/** Those that stay whatever they take. */
	readonly stays: ReadonlySet<string>;
}

export interface Budgeted<Snapshot extends Kept> {
	readonly verdicts: readonly Verdict<Snapshot>[];
	/** Bytes that all that stays takes on the disk. */
	readonly taken: number;
}

/**
 * One more rule, after all others: of those that they keep, the oldest go until the rest takes no more than the limit.
 * An undo snapshot never goes by it, nor a pinned one: each is there for a reason, and is not what fills a disk.
 * Pure: what becomes free is worked out from who shares what.
 */
export function applyBudget<Snapshot extends Kept>(
	verdicts: readonly Verdict<Snapshot>[],
	{ limit, files, stays }: Budget,
): Budgeted<Snapshot> {
	const kept = verdicts.filter(({ keep }) => keep);
	const filesOf = ({ snapshot }: Verdict<Snapshot>) =>
		files.get(snapshot.id) ?? [];
	const names = new Map<string, number>();
	let taken = 0;
	for (const { inode, bytes } of kept.flatMap(filesOf)) {
		const count = names.get(inode) ?? 0;
		if (count === 0) taken += bytes;
		names.set(inode, count + 1);
	}
	const gone = new Set<Snapshot>();
	for (const verdict of kept.toReversed()) {
		if (taken <= limit) break;
		const { id, reason, pinned } = verdict.snapshot;
		if (pinned || reason === UNDO_REASON || stays.has(id)) continue;
		gone.add(verdict.snapshot);
		for (const { inode, bytes } of filesOf(verdict)) {
			const count = (names.get(inode) ?? 0) - 1;
			names.set(inode, count);
			if (count === 0) taken -= bytes;
		}
	}
	const why = `over keepBytes (${bytesText(limit)})`;
	return {
		verdicts: verdicts.map((verdict) =>
			gone.has(verdict.snapshot) ? { ...verdict, keep: false, why } : verdict,
		),
		taken,
	};
}
