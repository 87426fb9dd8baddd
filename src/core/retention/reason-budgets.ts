import { type FilesOf, oldestOver, overText } from "./budget.ts";
import type { Policy } from "./keep-rules.ts";
import {
	type Kept,
	lastCompleteOf,
	poolOf,
	rulesFor,
	stateOf,
	type Verdict,
} from "./retention.ts";

export interface ReasonBudgets {
	readonly policy: Policy;
	/** Ids of those that a restore needs. */
	readonly inUse: readonly string[];
	/** Whether some take no more than so many bytes even if they share nothing: then nobody need look at their files. */
	readonly isWithin: (kept: readonly Kept[], limit: number) => boolean;
	readonly filesOf: FilesOf;
}

/**
 * The `keepBytes` of each reason, after its other rules and before the one of all: of what these keep, the oldest go until
 * the rest takes no more. The newest of the reason stays, whatever it takes, and so does what no rule may remove. Pinned ones
 * count, and stay. Undo snapshots, too, go by a limit that is theirs: who writes it means them.
 * Those that lack something are counted apart, as with all rules. Pure.
 */
export function applyReasonBudgets<Snapshot extends Kept>(
	verdicts: readonly Verdict<Snapshot>[],
	budgets: ReasonBudgets,
): Verdict<Snapshot>[] {
	const { policy, inUse } = budgets;
	const newestFirst = verdicts.map(({ snapshot }) => snapshot);
	const last = lastCompleteOf(newestFirst, policy);
	const kept = verdicts
		.filter(({ keep }) => keep)
		.map(({ snapshot }) => snapshot);
	const pools = Map.groupBy(
		kept,
		(one) => `${one.complete} ${poolOf(one, policy)}`,
	);
	const decided = new Map<Snapshot, Verdict<Snapshot>>();
	for (const pool of pools.values()) {
		const whyStays = (one: Snapshot) => {
			if (one === pool[0]) return "the newest";
			if (inUse.includes(one.id)) return "in use";
			return last.has(one.id) ? "the last complete one" : undefined;
		};
		for (const verdict of verdictsIn(pool, budgets, whyStays))
			decided.set(verdict.snapshot, verdict);
	}
	return verdicts.map((verdict) => decided.get(verdict.snapshot) ?? verdict);
}

/** Of those that the limit would remove; none: they are within it, or have none. @param pool newest first */
function verdictsIn<Snapshot extends Kept>(
	pool: readonly Snapshot[],
	{ policy, isWithin, filesOf }: ReasonBudgets,
	whyStays: (one: Snapshot) => string | undefined,
): Verdict<Snapshot>[] {
	const [newest] = pool;
	const limit = newest && rulesFor(newest, policy).keepBytes;
	if (limit === undefined || isWithin(pool, limit)) return [];
	const mayGo = (one: Snapshot) => !one.pinned && whyStays(one) === undefined;
	const { gone, spared } = oldestOver(pool, { limit, filesOf, mayGo });
	return [...gone, ...spared]
		.filter(({ pinned }) => !pinned)
		.map((snapshot) => {
			const but = whyStays(snapshot);
			const names = [poolOf(snapshot, policy), stateOf(snapshot)];
			const over = `${names.filter(Boolean).join(" ")}: ${overText(limit)}`;
			const why = but === undefined ? over : `${over}, but ${but}`;
			return { snapshot, keep: but !== undefined, why };
		});
}
