import type { KeepRules, Policy } from "./keep-rules.ts";
import {
	keptBy,
	localZone,
	rulesText,
	type Zone,
} from "./retention-periods.ts";

/** What retention needs to know of a snapshot. */
export interface Kept {
	readonly id: string;
	/** Higher is newer, whatever the clock said. */
	readonly order: number;
	/** By the clock: says which hour, day and so on it is of, and never which is newer. */
	readonly createdAt: Date;
	readonly reason: string;
	readonly complete: boolean;
	/** Why it counts as one that lacks something, where that is another reason: it is damaged. */
	readonly isDamaged?: boolean;
	/** Or it was captured with faults: where there is no complete one, it is the next best. */
	readonly isFaulty?: boolean;
	readonly pinned: boolean;
	/** Undefined for Hermes' own: placed by their clock, and with no hash that says they can be restored. */
	readonly sequence?: number | undefined;
}

export interface Verdict<Snapshot extends Kept> {
	readonly snapshot: Snapshot;
	readonly keep: boolean;
	/** In the words shown to people: "last 3, daily 1", "pre-update: beyond last 5". */
	readonly why: string;
}

export interface RetentionOptions {
	/** Ids of those that a restore needs. */
	readonly inUse?: readonly string[];
	/** In which hours, days and so on are told apart. */
	readonly zone?: Zone;
}

/**
 * Decides, for every snapshot, whether it stays and why. Pure; newest first out.
 * The last complete one always stays, so does the last
 * complete one that people made, and so does each of `inUse`.
 */
export function applyRetention<Snapshot extends Kept>(
	snapshots: readonly Snapshot[],
	policy: Policy,
	{ inUse = [], zone = localZone }: RetentionOptions = {},
): Verdict<Snapshot>[] {
	const newestFirst = snapshots.toSorted((a, b) => b.order - a.order);
	const lastComplete = lastCompleteOf(newestFirst, policy);
	const ruled = new Map<Snapshot, Verdict<Snapshot>>();
	for (const pool of poolsIn(newestFirst, policy))
		for (const verdict of verdictsIn(pool, zone))
			ruled.set(verdict.snapshot, verdict);
	return newestFirst.map((snapshot) => {
		const verdict = ruled.get(snapshot);
		if (verdict === undefined) return { snapshot, keep: true, why: "pinned" };
		if (verdict.keep) return verdict;
		if (inUse.includes(snapshot.id))
			return { snapshot, keep: true, why: "in use" };
		if (lastComplete.has(snapshot.id))
			return { snapshot, keep: true, why: "the last complete one" };
		return verdict;
	});
}

/** Those that the same rules are applied to. */
interface Pool<Snapshot> {
	/** Empty: what people made. */
	readonly name: string;
	readonly rules: KeepRules;
	/** Newest first. */
	readonly members: Snapshot[];
}

/**
 * Those that lack something are counted apart: a string of them must not push the last good ones out. Pinned ones are in no
 * pool, and take nobody's place.
 */
function poolsIn<Snapshot extends Kept>(
	newestFirst: readonly Snapshot[],
	policy: Policy,
): Iterable<Pool<Snapshot>> {
	const pools = new Map<string, Pool<Snapshot>>();
	for (const snapshot of newestFirst) {
		if (snapshot.pinned) continue;
		const reason = poolOf(snapshot, policy);
		const key = `${snapshot.complete} ${reason}`;
		const name = reason === "manual" ? "" : reason;
		const rules = rulesFor(snapshot, policy);
		const pool = pools.get(key) ?? { name, rules, members: [] };
		pool.members.push(snapshot);
		pools.set(key, pool);
	}
	return pools.values();
}

function verdictsIn<Snapshot extends Kept>(
	{ name, rules, members }: Pool<Snapshot>,
	zone: Zone,
): Verdict<Snapshot>[] {
	const text = rulesText(rules);
	const words = keptBy(
		members.map(({ createdAt }) => createdAt),
		rules,
		zone,
	);
	return members.map((snapshot, index) => {
		// Of only keepBytes: how many fit is for reason-budgets.ts to say.
		const keeping = text === "" ? ["any number"] : (words[index] ?? []);
		const names = [name, stateOf(snapshot)].filter(Boolean);
		const of = names.length === 0 ? "" : `${names.join(" ")}: `;
		return keeping.length > 0
			? { snapshot, keep: true, why: of + keeping.join(", ") }
			: { snapshot, keep: false, why: `${of}beyond ${text}` };
	});
}

/** Why it does not count as complete; empty: it does. */
export function stateOf({ complete, isDamaged, isFaulty }: Kept): string {
	if (complete) return "";
	if (isDamaged) return "damaged";
	return isFaulty ? "faulty" : "incomplete";
}

/** The reason whose rules it goes by. */
export function poolOf({ reason }: Kept, policy: Policy): string {
	return Object.hasOwn(policy, reason) ? reason : "manual";
}

export function rulesFor(snapshot: Kept, policy: Policy): KeepRules {
	const keep = policy[poolOf(snapshot, policy)] ?? policy.manual;
	return typeof keep === "number" ? { keepLast: keep } : keep;
}

/** The ids of those that no rule may remove: the last that lacks nothing, that people made, and of ours. */
export function lastCompleteOf(
	newestFirst: readonly Kept[],
	policy: Policy,
): Set<string> {
	const manual = newestFirst.filter((one) => poolOf(one, policy) === "manual");
	const ours = manual.filter(({ sequence }) => sequence !== undefined);
	const last = [newestFirst, manual, ours].map(
		(all) =>
			all.find(({ complete }) => complete) ??
			all.find(({ isFaulty }) => isFaulty),
	);
	return new Set(last.flatMap((one) => (one === undefined ? [] : [one.id])));
}
