import { afterDoing, errorCode, SnapshotError } from "../../errors.ts";
import { readJournal } from "../apply/journal.ts";
import { baseFrom } from "../capture/base.ts";
import type { Agent } from "../home/agent.ts";
import { loadSettings, rulesOf } from "../home/agent.ts";
import { IMPORTED_REASON } from "../manifest/manifest-summary.ts";
import { whyFailed } from "../reasons.ts";
import { type Finished, finishedFirst } from "../recover/recover.ts";
import { waitingSnapshot } from "../restore/next-start.ts";
import { freedBy } from "../sizes/disk-use.ts";
import {
	isAsCaptured,
	isGood,
	isKnownDamaged,
	listSnapshots,
	type SnapshotInfo,
} from "../store/listing.ts";
import { withLock } from "../store/lock.ts";
import { readManifest } from "../store/store.ts";
import { isKnownSound } from "../verify/as-left.ts";
import { damageIn } from "../verify/verify.ts";
import { readyForBytes, type TooLarge, withinBytes } from "./byte-limits.ts";
import { neededBy, pendingJournal, recoverIfPossible } from "./in-use.ts";
import type { Keep, Rules } from "./keep-rules.ts";
import { keptByOthers } from "./kept-while.ts";
import { filesIn, removeSnapshots } from "./remove-snapshots.ts";
import { applyRetention, type Verdict } from "./retention.ts";

export interface PruneOutcome {
	/** Every snapshot, newest first, with whether it stays and why. */
	readonly verdicts: readonly Verdict<SnapshotInfo>[];
	readonly removed: readonly SnapshotInfo[];
	/** Bytes of the disk that they took, and that nothing else needs; in a dry run those that would become free. */
	readonly freed: number;
	/** What may not go takes more than `keepBytes`. */
	readonly tooLarge: TooLarge | undefined;
	/** An interrupted restore that was finished first. */
	readonly recovered?: Finished;
	/** The snapshot whose interrupted restore could not be finished, and waits: what it needs stays. */
	readonly waiting?: string | undefined;
}

/** `keep`: what of those that people made; the other pools keep their own rules. */
export async function prune(
	agent: Agent,
	request: { keep?: Keep | undefined; dryRun: boolean },
): Promise<PruneOutcome> {
	const { system, store } = agent;
	const { policy, keepBytes } = rulesOf(loadSettings(agent));
	const { keep = policy.manual } = request;
	const wanted = { policy: { ...policy, manual: keep }, keepBytes };
	const nothingThere = system.disk.stat(store.directory) === undefined;
	if (request.dryRun || nothingThere)
		return pruneSnapshots(agent, wanted, {
			dryRun: true,
			inUse: neededBy(pendingJournal(agent)),
			damaged: await damagedNewest(agent),
		});
	readyToPrune(wanted);
	return withLock(agent, "prune", async () => {
		const { isBlocked, ...recovered } = await recoverIfPossible(agent);
		// Refuses a journal that cannot be read: what it needs is not known.
		const waiting = isBlocked ? readJournal(system.disk, store) : undefined;
		return afterDoing(finishedFirst(recovered), async () => ({
			...pruneSnapshots(agent, wanted, {
				dryRun: false,
				inUse: neededBy(waiting),
				damaged: await damagedNewest(agent),
			}),
			recovered,
			waiting: waiting?.snapshot,
		}));
	});
}

/** Those that people made and that are newer than the last sound one, which none of them may displace. */
async function damagedNewest(agent: Agent): Promise<string[]> {
	const ids = listSnapshots(agent.system.disk, agent.store)
		.snapshots.filter(isGood)
		.map(({ id }) => id);
	for (const [index, id] of ids.entries())
		if (!(await isDamaged(agent, id))) return ids.slice(0, index);
	return [];
}

/** Its manifest cannot be read, or a file of it is not as it was captured. */
export async function isDamaged(agent: Agent, id: string): Promise<boolean> {
	try {
		const manifest = readManifest(agent.system.disk, agent.store, id);
		const base = baseFrom(agent, manifest);
		return (
			!isKnownSound(agent, base) && (await damageIn(agent, id)) !== undefined
		);
	} catch (error) {
		if (!(error instanceof SnapshotError && error.code === "damaged"))
			throw error;
		return true;
	}
}

/**
 * Prunes behind a command that has done its work: what goes wrong here must not make that look failed, and is
 * told instead. The next command tries again.
 */
export function pruneAfterwards(
	agent: Agent,
	rules: Rules,
	inUse: readonly string[],
	damaged: readonly string[] = [],
): PruneOutcome | { readonly problem: string } {
	try {
		return pruneSnapshots(agent, rules, { dryRun: false, inUse, damaged });
	} catch (error) {
		if (errorCode(error) === undefined) throw error; // not the disk: a bug
		return { problem: whyFailed(error) };
	}
}

/** Before a command changes anything behind which it prunes. */
export function readyToPrune(rules: Rules): void {
	if (hasBytes(rules)) readyForBytes();
}

function hasBytes({ policy, keepBytes }: Rules): boolean {
	const limits = Object.values(policy).map((keep) => Object(keep).keepBytes);
	return [keepBytes, ...limits].some((limit) => limit !== undefined);
}

interface PruneRequest {
	readonly dryRun: boolean;
	readonly inUse?: readonly string[];
	/** Counted with those that lack something, so that they take no place of a good one. */
	readonly damaged?: readonly string[];
}

/** The lock must be held unless it is a dry run. */
export function pruneSnapshots(
	agent: Agent,
	rules: Rules,
	{ dryRun, inUse = [], damaged = [] }: PruneRequest,
): PruneOutcome {
	const { store, system } = agent;
	const { disk } = system;
	const waiting = waitingSnapshot(disk, store);
	const snapshots = listSnapshots(disk, store).snapshots.map((one) => {
		const isDamaged = isKnownDamaged(one) || damaged.includes(one.id);
		const isFaulty = !isDamaged && isAsCaptured(one) && !isGood(one);
		const complete = one.complete && !isDamaged && !isFaulty;
		return { ...one, complete, isDamaged, isFaulty };
	});
	const needed = [
		...inUse,
		...(waiting === undefined ? [] : [waiting]),
		...justImported(snapshots, system.clock.now()),
		...keptByOthers(agent),
	];
	const ruled = applyRetention(snapshots, rules.policy, { inUse: needed });
	const { verdicts, tooLarge } = hasBytes(rules)
		? withinBytes(agent, ruled, rules, needed)
		: { verdicts: ruled, tooLarge: undefined };
	const removed = verdicts
		.filter(({ keep }) => !keep)
		.map(({ snapshot }) => snapshot);
	const files = removed.flatMap(({ id }) => filesIn(agent, id));
	const freed = freedBy(files);
	const outcome = { verdicts, removed, freed, tooLarge };
	if (dryRun || removed.length === 0) return outcome;
	removeSnapshots(agent, snapshots, removed, files);
	return outcome;
}

/** Milliseconds. */
const WHILE_IMPORTED = 10 * 60_000;

/** Another command may be about to restore them: it lets go of the lock in between. */
function justImported(snapshots: readonly SnapshotInfo[], now: Date): string[] {
	return snapshots
		.filter(({ reason }) => reason === IMPORTED_REASON)
		.filter(
			({ createdAt }) =>
				Math.abs(now.getTime() - createdAt.getTime()) < WHILE_IMPORTED,
		)
		.map(({ id }) => id);
}
