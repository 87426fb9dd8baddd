import { UNDO_REASON } from "../manifest/manifest-summary.ts";
import type { StoredFile } from "../sizes/disk-use.ts";
import { bytesText } from "../words.ts";
import type { Kept, Verdict } from "./retention.ts";

/** What lies in a snapshot, by its id: what it shares with others is one inode. */
export type FilesOf = (id: string) => readonly StoredFile[];

/** Of the disk. */
export interface Budget {
	/** Bytes that all snapshots together may take. */
	readonly limit: number;
	readonly filesOf: FilesOf;
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
	{ limit, filesOf, stays }: Budget,
): Budgeted<Snapshot> {
	const kept = verdicts
		.filter(({ keep }) => keep)
		.map(({ snapshot }) => snapshot);
	const mayGo = ({ id, pinned, reason }: Snapshot) =>
		!pinned && reason !== UNDO_REASON && !stays.has(id);
	const { gone, taken } = oldestOver(kept, { limit, filesOf, mayGo });
	const why = overText(limit);
	return {
		verdicts: verdicts.map((verdict) =>
			gone.has(verdict.snapshot) ? { ...verdict, keep: false, why } : verdict,
		),
		taken,
	};
}

/** "over keepBytes (5.0 GB)" */
export function overText(limit: number): string {
	return `over keepBytes (${bytesText(limit)})`;
}

interface Limited<Snapshot> {
	/** Bytes that they may take together. */
	readonly limit: number;
	readonly filesOf: FilesOf;
	readonly mayGo: (snapshot: Snapshot) => boolean;
}

interface Over<Snapshot> {
	readonly gone: ReadonlySet<Snapshot>;
	/** As old as those that go, and not to go. */
	readonly spared: ReadonlySet<Snapshot>;
	/** Bytes that those take that are left: of what they share one. */
	readonly taken: number;
}

/** The oldest that have to go so that the rest is within a limit. @param kept newest first */
export function oldestOver<Snapshot extends Kept>(
	kept: readonly Snapshot[],
	{ limit, filesOf, mayGo }: Limited<Snapshot>,
): Over<Snapshot> {
	const names = new Map<string, number>();
	let taken = 0;
	for (const { inode, bytes } of kept.flatMap(({ id }) => filesOf(id))) {
		const count = names.get(inode) ?? 0;
		if (count === 0) taken += bytes;
		names.set(inode, count + 1);
	}
	const gone = new Set<Snapshot>();
	const spared = new Set<Snapshot>();
	for (const snapshot of kept.toReversed()) {
		if (taken <= limit) break;
		(mayGo(snapshot) ? gone : spared).add(snapshot);
		if (spared.has(snapshot)) continue;
		for (const { inode, bytes } of filesOf(snapshot.id)) {
			const count = (names.get(inode) ?? 0) - 1;
			names.set(inode, count);
			if (count === 0) taken -= bytes;
		}
	}
	return { gone, spared, taken };
}
