import { keptBy } from "../core/retention/retention-periods.ts";
import type { RemoteSnapshot } from "./repository.ts";

/** What stays of each agent of each machine. */
export const RULES = "7 daily, 4 weekly and 6 monthly";
const KEEP = { keepDaily: 7, keepWeekly: 4, keepMonthly: 6 };

export interface ForgetPlan {
	readonly removed: readonly RemoteSnapshot[];
	readonly kept: readonly RemoteSnapshot[];
	/** By these others would go, and nobody has looked yet whether they are whole. */
	readonly unproved: readonly RemoteSnapshot[];
}

/**
 * Which go by the rules. What lacks something, whoever it was that left it out, pushes none out that lacks less: the agent
 * at its capture, or restic at the push. Pinned ones are in no pool, and take nobody's place.
 * @param all newest first
 * @param looked by restic's id: whether it is whole; undefined: that could not be told, and so it stays
 */
export function planForget(
	all: readonly RemoteSnapshot[],
	looked: ReadonlyMap<string, boolean | undefined>,
): ForgetPlan {
	const isUntold = ({ resticId }: RemoteSnapshot) =>
		looked.has(resticId) && looked.get(resticId) === undefined;
	const ruled = all.filter((one) => !one.pinned && !isUntold(one));
	const removed = new Set<RemoteSnapshot>();
	const unproved: RemoteSnapshot[] = [];
	const stateOf = (one: RemoteSnapshot) =>
		looked.get(one.resticId) === false
			? "broken"
			: one.complete
				? "complete"
				: "incomplete";
	const poolOf = (one: RemoteSnapshot) => `${whose(one)} ${stateOf(one)}`;
	for (const pool of Map.groupBy(ruled, poolOf).values()) {
		const { staying, going } = byRules(pool);
		for (const one of going) removed.add(one);
		if (going.length > 0)
			unproved.push(...staying.filter((one) => !looked.has(one.resticId)));
	}
	const kept = all.filter((one) => !removed.has(one));
	return { removed: all.filter((one) => removed.has(one)), kept, unproved };
}

function whose(one: RemoteSnapshot): string {
	const { agent, machine, machineId = "", place } = one;
	return JSON.stringify([agent, machine, machineId, place]);
}

/** By UTC, as all that restic is told. */
function byRules(pool: readonly RemoteSnapshot[]): {
	readonly staying: readonly RemoteSnapshot[];
	readonly going: readonly RemoteSnapshot[];
} {
	const times = pool.map(({ createdAt }) => createdAt);
	const words = keptBy(times, KEEP, () => 0);
	const staying = pool.filter((_, index) => (words[index] ?? []).length > 0);
	// One id of two contents is of two machines that cannot be told apart, and neither is the other's older one.
	const isTwin = (one: RemoteSnapshot) =>
		staying.some(
			({ id, contents }) => id === one.id && contents !== one.contents,
		);
	const going = pool.filter((one) => !staying.includes(one) && !isTwin(one));
	return { staying: pool.filter((one) => !going.includes(one)), going };
}
