import { afterDoing, SnapshotError } from "../errors.ts";
import {
	type Agent,
	databaseExpectation,
	loadSettings,
	policyOf,
} from "./agent.ts";
import {
	manifestOf,
	nameSnapshot,
	publishSnapshot,
	sealSnapshot,
} from "./assemble.ts";
import { type Captured, capture } from "./capture.ts";
import { compareEntries, type Differences } from "./compare.ts";
import { clearedIn, coverageOf, unsentIn } from "./coverage.ts";
import { withoutEmptied } from "./emptied.ts";
import { listSnapshots, type SnapshotInfo } from "./listing.ts";
import { withLock } from "./lock.ts";
import type { Manifest, Missed } from "./manifest.ts";
import { type PruneOutcome, pruneAfterwards } from "./prune.ts";
import { type Finished, finishedFirst, recoverIfClear } from "./recover.ts";
import { neededFor, refuseFullDisk } from "./room.ts";
import type { Settings } from "./settings.ts";
import { matters, newestComplete, sayTheSame } from "./unchanged.ts";

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
}

export interface CreateOutcome {
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
	/** Undefined: nothing was made, or something was missed and nothing may be pruned. */
	readonly pruned: PruneOutcome | { readonly problem: string } | undefined;
	/** An interrupted restore that was finished first. */
	readonly recovered: Finished;
	/** An interrupted restore that waits for a person. */
	readonly recoveryBlocked: boolean;
}

/** Captures the agent's critical state into a new folder of the store; prunes afterwards if nothing was missed. */
export async function createSnapshot(
	agent: Agent,
	request: CreateRequest,
): Promise<CreateOutcome> {
	const settings = loadSettings(agent);
	refuseStrangeHome(agent, settings);
	return withLock(agent, "create", async () => {
		const { isBlocked, ...recovered } = await recoverIfClear(agent);
		const made = await afterDoing(finishedFirst(recovered), () =>
			createLocked(agent, request, settings),
		);
		const isWhole = !made.missed.some(({ lost }) => lost);
		// A blocked recovery still needs the snapshot that it was putting back.
		const pruned =
			made.created && isWhole && !isBlocked
				? pruneAfterwards(agent, policyOf(settings), [made.snapshot.id])
				: undefined;
		return { ...made, pruned, recovered, recoveryBlocked: isBlocked };
	});
}

/** As `createSnapshot`, with the lock held and whatever may be to recover left as it is. */
export async function createLocked(
	agent: Agent,
	request: CreateRequest,
	settings: Settings,
): Promise<Omit<CreateOutcome, "recovered" | "recoveryBlocked" | "pruned">> {
	removeLeftovers(agent);
	const { system, store } = agent;
	const isTaken = (id: string) =>
		system.disk.stat(`${store.directory}/${id}`) !== undefined;
	const { snapshots } = listSnapshots(system.disk, store);
	const now = system.clock.now();
	const [newest] = snapshots.filter(({ number }) => number === 1);
	const naming = nameSnapshot(snapshots, isTaken, {
		...request,
		hostVersion: request.hostVersion ?? newest?.hostVersion,
		now,
	});
	const partial = `${store.directory}/.${naming.id}.partial`;
	system.disk.makeDirectory(partial, 0o700);
	try {
		const before = newestComplete(agent, snapshots);
		const taken = await takeInto(agent, partial, before, settings, request);
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
		};
		const isSame =
			before !== undefined &&
			before.id === newest?.id &&
			// One that an update made goes sooner than one that a person asked for.
			(request.reason !== "manual" || newest.reason === "manual") &&
			(request.isEnough?.(before, manifest) ??
				sayTheSame(before, manifest, differences));
		if (isSame && !request.force) {
			system.disk.removeTree(partial);
			return { created: false, snapshot: newest, ...common };
		}
		sealSnapshot(agent, partial, manifest);
		publishSnapshot(agent, partial, naming.id);
		const snapshot = inList(agent, naming.id);
		return { created: true, snapshot, ...common };
	} catch (error) {
		system.disk.removeTree(partial);
		throw error;
	}
}

/** Before a store is made in it. */
function refuseStrangeHome(agent: Agent, settings: Settings): void {
	const { system, home, host } = agent;
	const { paths } = coverageOf(system.disk, home, host, settings);
	const isThere = (path: string) =>
		system.disk.stat(`${home}/${path}`) !== undefined;
	if (paths.some(isThere)) return;
	throw new SnapshotError(
		"no-home",
		`${home} holds nothing of ${host.title}'s state, so there is nothing to snapshot. Nothing was changed.`,
		{
			hint: `Is this the right home? Name another with --home DIR or ${host.home.variable}.`,
		},
	);
}

async function takeInto(
	agent: Agent,
	into: string,
	before: Manifest | undefined,
	settings: Settings,
	{ ignoreReserve = false, isExact = false }: CreateRequest,
): Promise<Captured> {
	const reserve = ignoreReserve ? 0 : settings.reserveBytes;
	const { system, home, host, patience } = agent;
	const request = {
		home,
		into,
		coverage: coverageOf(system.disk, home, host, settings),
		store: agent.store.directory,
		expectDatabase: databaseExpectation(host, before),
		cleared: (path: string) => [
			...clearedIn(host, path),
			...(isExact ? [] : unsentIn(host, path)),
		],
		beforeCopy: (found: Captured["scan"]) =>
			refuseFullDisk(agent, neededFor(agent, found.members), reserve),
	};
	const captured = await capture(system, request, patience);
	return withoutEmptied(agent, captured, before, into);
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

/** Ours only, and dead for certain: we hold the lock. Hermes' own carry a process id, with a dot before it. */
function removeLeftovers({ system, store }: Agent): void {
	const ours = /^\.(\d{8}-\d{6}[A-Za-z0-9_-]*\.partial|going\.removing)$/;
	for (const name of system.disk.names(store.directory)) {
		if (ours.test(name)) system.disk.removeTree(`${store.directory}/${name}`);
	}
}
