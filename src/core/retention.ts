import { UNDO_REASON } from "./manifest-summary.ts";

/** What retention needs to know of a snapshot. */
export interface Kept {
	readonly id: string;
	/** Higher is newer, whatever the clock said. */
	readonly order: number;
	readonly reason: string;
	readonly complete: boolean;
	readonly pinned: boolean;
	/** Undefined for Hermes' own: placed by their clock, and with no hash that says they can be restored. */
	readonly sequence?: number | undefined;
}

export interface Verdict<Snapshot extends Kept> {
	readonly snapshot: Snapshot;
	readonly keep: boolean;
	/** In the words shown to people: "newest 20", "beyond the newest 20". */
	readonly why: string;
}

/** How many of the newest to keep in each pool. `manual` is the pool of all that people made and of unknown reasons. */
export type Policy = Readonly<Record<string, number>> & {
	readonly manual: number;
};

export interface Rules {
	readonly policy: Policy;
	/** Bytes that all snapshots together may take on the disk; undefined: any number. */
	readonly keepBytes: number | undefined;
}

/**
 * A pool a reason: with one pool for all, every update deleted people's own snapshots (hermes-agent #58672).
 * An undo snapshot is needed only until the next restores, those around an update until it has proven itself.
 */
export const DEFAULT_POLICY: Policy = {
	manual: 20,
	"pre-update": 5,
	"post-update": 3,
	scheduled: 7,
	[UNDO_REASON]: 3,
};

/**
 * Decides, for every snapshot, whether it stays and why. Pure; newest first in, newest first out.
 * The last complete one always stays, so does the last
 * complete one that people made, and so does each of `inUse`.
 */
export function applyRetention<Snapshot extends Kept>(
	snapshots: readonly Snapshot[],
	policy: Policy,
	inUse: readonly string[] = [],
): Verdict<Snapshot>[] {
	const newestFirst = snapshots.toSorted((a, b) => b.order - a.order);
	const lastComplete = lastCompleteOf(newestFirst, policy);
	const seen = new Map<string, number>();

	return newestFirst.map((snapshot) => {
		if (snapshot.pinned) return { snapshot, keep: true, why: "pinned" };
		const pool = poolOf(snapshot, policy);
		const limit = policy[pool] ?? policy.manual;
		// Those that lack something are counted apart: a string of them must not push the last good ones out.
		const counted = snapshot.complete ? pool : `${pool} incomplete`;
		const rank = (seen.get(counted) ?? 0) + 1;
		seen.set(counted, rank);
		const kind = snapshot.complete ? "" : " incomplete";
		const name = `${pool === "manual" ? "" : ` ${pool}`}${kind}`;
		if (rank <= limit)
			return { snapshot, keep: true, why: `among the newest ${limit}${name}` };
		if (inUse.includes(snapshot.id))
			return { snapshot, keep: true, why: "in use" };
		if (lastComplete.has(snapshot.id))
			return { snapshot, keep: true, why: "the last complete one" };
		return { snapshot, keep: false, why: `beyond the newest ${limit}${name}` };
	});
}

function poolOf({ reason }: Kept, policy: Policy): string {
	return Object.hasOwn(policy, reason) ? reason : "manual";
}

/** The ids of those that no rule may remove: the last that lacks nothing, that people made, and of ours. */
export function lastCompleteOf(
	newestFirst: readonly Kept[],
	policy: Policy,
): Set<string> {
	const complete = newestFirst.filter((snapshot) => snapshot.complete);
	const manual = complete.filter((one) => poolOf(one, policy) === "manual");
	const last = [
		complete[0],
		manual[0],
		manual.find(({ sequence }) => sequence !== undefined),
	];
	return new Set(last.flatMap((one) => (one === undefined ? [] : [one.id])));
}
