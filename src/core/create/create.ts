import { afterDoing, SnapshotError } from "../../errors.ts";
import { baseFrom } from "../capture/base.ts";
import type { Captured } from "../capture/capture.ts";
import { compareEntries, type Differences } from "../capture/compare.ts";
import { syncNew } from "../files/durable.ts";
import { type Agent, loadSettings, rulesOf } from "../home/agent.ts";
import type { Settings } from "../home/settings.ts";
import { refuseStrangeHome } from "../home/strange-home.ts";
import {
	manifestOf,
	nameSnapshot,
	publishSnapshot,
	sealSnapshot,
} from "../manifest/assemble.ts";
import type { Manifest, Missed } from "../manifest/manifest.ts";
import { NONE_INTERRUPTED } from "../recover/finished.ts";
import { type Finished, finishedFirst } from "../recover/recover.ts";
import {
	type BlockedElsewhere,
	recoverAllIfClear,
} from "../recover/recover-related.ts";
import {
	type PruneOutcome,
	pruneAfterwards,
	readyToPrune,
} from "../retention/prune.ts";
import { noteCreated } from "../sizes/sizes.ts";
import { listSnapshots, type SnapshotInfo } from "../store/listing.ts";
import { withLock } from "../store/lock.ts";
import { type Damage, damageSince } from "../verify/verify.ts";
import { removeLeftovers } from "./leftovers.ts";
import {
	isSkippable,
	isStill,
	lookFirst,
	type Seen,
	whatIsKnown,
} from "./look-first.ts";
import { type FirstLook, nothingNew } from "./nothing-new.ts";
import { takeState } from "./take-state.ts";
import { matters, sayTheSame } from "./unchanged.ts";

export interface CreateRequest {
	readonly label: string | null;
	readonly reason: string;
	/** Makes one even when nothing has changed. */
	readonly force: boolean;
	/** The agent's version; else that of the newest snapshot is taken over. */
	readonly hostVersion?: string | undefined;
	/** Uses the last of the disk if it must. */
	readonly ignoreReserve?: boolean;
	/** Of a moment that somebody goes back to: see `StateItem.unsent`. */
	readonly isExact?: boolean;
	/** Whether the newest one will do, in place of the usual "nothing that matters is another". */
	readonly isEnough?: (before: Manifest, now: Manifest) => boolean;
	/** Snapshots that are not to be pruned behind it. */
	readonly inUse?: readonly string[];
}

/** What became of the capture. */
export interface Made {
	/** False: nothing has changed since `snapshot`, the newest one. */
	readonly created: boolean;
	readonly snapshot: SnapshotInfo;
	readonly missed: readonly Missed[];
	/** All of it is of one moment. */
	readonly coherent: boolean;
	/** Since the newest complete snapshot before; undefined when there is none. */
	readonly differences: Differences | undefined;
	/** The first in this store. */
	readonly isFirst: boolean;
	/** Captured as links: what they point at is not in the snapshot. */
	readonly links: readonly string[];
	/** Left out, because databases that belong there lie where nothing is captured. */
	readonly behindLinks: readonly string[];
	/** Why a new one was made though nothing has changed: the newest one before is damaged. */
	readonly damage: Damage | undefined;
}

export interface CreateOutcome extends Made {
	/** Undefined: nothing was made, or something was missed and nothing may be pruned. */
	readonly pruned: PruneOutcome | { readonly problem: string } | undefined;
	/** An interrupted restore that was finished first. */
	readonly recovered: Finished;
	/** An interrupted restore that waits for a person. */
	readonly recoveryBlocked: boolean;
	/** And those in homes that have state in common with this one. */
	readonly blockedElsewhere: readonly BlockedElsewhere[];
}

/** Captures the agent's critical state into a new folder of the store; prunes afterwards if nothing was missed. */
export async function createSnapshot(
	agent: Agent,
	request: CreateRequest,
): Promise<CreateOutcome> {
	const settings = loadSettings(agent);
	const seen = lookFirst(agent, request, settings);
	if (seen?.same !== undefined) return { ...seen.same, ...NOTHING_BESIDES };
	refuseStrangeHome(agent, settings);
	readyToPrune(rulesOf(settings));
	return withLock(agent, "create", async () => {
		const { isBlocked, blockedElsewhere, ...recovered } =
			await recoverAllIfClear(agent);
		const done = finishedFirst(recovered);
		const made = await afterDoing(done, () =>
			createLocked(agent, request, settings, done ? undefined : seen),
		);
		const isWhole = !made.missed.some(({ lost }) => lost);
		// A blocked recovery still needs the snapshot that it was putting back.
		const pruned =
			made.created && isWhole && !isBlocked && blockedElsewhere.length === 0
				? pruneAfterwards(
						agent,
						rulesOf(settings),
						[made.snapshot.id, ...(request.inUse ?? [])],
						made.damage && [made.damage.id],
					)
				: undefined;
		const recoveryBlocked = isBlocked;
		return { ...made, pruned, recovered, recoveryBlocked, blockedElsewhere };
	});
}

const NOTHING_BESIDES = {
	pruned: undefined,
	recovered: NONE_INTERRUPTED,
	recoveryBlocked: false,
	blockedElsewhere: [],
} as const;

/** As `createSnapshot`, with the lock held and whatever may be to recover left as it is. */
export async function createLocked(
	agent: Agent,
	asked: CreateRequest,
	settings: Settings,
	seen?: Seen,
): Promise<Made> {
	removeLeftovers(agent);
	const { system, store } = agent;
	const now = system.clock.now();
	const first = seen && isStill(agent, seen) ? seen : undefined;
	const known = first?.known ?? whatIsKnown(agent, asked, settings);
	const { snapshots, newest, base, before, request } = known;
	const maySkip = isSkippable(asked, before, newest);
	const mayLook = maySkip && !asked.isEnough && !first;
	const { same, found }: FirstLook = mayLook
		? nothingNew(agent, base, before, request)
		: (first?.look ?? {});
	if (newest && same) return { ...same, snapshot: newest };
	const isTaken = (id: string) =>
		system.disk.stat(`${store.directory}/${id}`) !== undefined;
	const naming = nameSnapshot(snapshots, isTaken, {
		...asked,
		hostVersion: asked.hostVersion ?? newest?.hostVersion,
		now,
	});
	const partial = `${store.directory}/.${naming.id}.partial`;
	system.disk.makeDirectory(partial, 0o700);
	try {
		const taken = await takeState(
			agent,
			{ ...request, ...(found && { found }), into: partial },
			before,
		);
		const manifest = manifestOf(agent, naming, taken, taken.scan.coverage);
		const differences =
			before &&
			compareEntries(before.entries, taken.entries, matters(agent, taken));
		const common = {
			missed: taken.missed,
			coherent: taken.coherent,
			differences,
			isFirst: snapshots.length === 0,
			links: linksOf(taken),
			behindLinks: taken.behindLinks,
		};
		const isSame =
			maySkip &&
			(asked.isEnough?.(before, manifest) ??
				sayTheSame(before, manifest, differences));
		const damage = isSame
			? await damageSince(agent, baseFrom(agent, before))
			: undefined;
		if (isSame && newest && damage === undefined) {
			system.disk.removeTree(partial);
			return { created: false, snapshot: newest, damage, ...common };
		}
		const { shared } = taken;
		const survey = await syncNew(system, agent.patience, partial, shared);
		sealSnapshot(agent, partial, manifest, survey);
		publishSnapshot(agent, partial, {
			above: store.directory,
			folder: `${store.directory}/${naming.id}`,
		});
		noteCreated(agent, snapshots, { id: naming.id, base: base?.id, survey });
		request.tags?.note(manifest);
		const snapshot = inList(agent, naming.id);
		return { created: true, snapshot, damage, ...common };
	} catch (error) {
		system.disk.removeTree(partial);
		system.disk.removeTree(`${partial}.whole`);
		throw error;
	}
}

function linksOf({ entries }: Captured): string[] {
	return entries.filter(({ kind }) => kind === "link").map(({ path }) => path);
}

function inList({ system, store }: Agent, id: string): SnapshotInfo {
	const { snapshots } = listSnapshots(system.disk, store);
	const found = snapshots.find((snapshot) => snapshot.id === id);
	if (found !== undefined) return found;
	throw new SnapshotError(
		"damaged",
		`Snapshot ${id} was made, but cannot be read again. Nothing in the agent's home was changed.`,
		{ hint: "Look at the disk, and create another." },
	);
}
