import { SnapshotError } from "../errors.ts";
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
import { withLock } from "./lock.ts";
import type { Coverage, Entry, Manifest, Missed } from "./manifest.ts";
import { type PruneOutcome, pruneSnapshots } from "./prune.ts";
import { recoverIfClear } from "./recover.ts";
import type { Settings } from "./settings.ts";
import { coverageOf, putBackOf, type Scan } from "./state-set.ts";
import { listSnapshots, readManifest, type SnapshotInfo } from "./store.ts";

export interface CreateRequest {
	readonly label: string | null;
	readonly reason: string;
	/** Makes one even when nothing has changed. */
	readonly force: boolean;
}

export interface CreateOutcome {
	/** False: nothing has changed since `snapshot`, the newest one. */
	readonly created: boolean;
	readonly snapshot: SnapshotInfo;
	readonly missed: readonly Missed[];
	readonly coherent: boolean;
	/** Since the newest snapshot before; undefined for the first one. */
	readonly differences: Differences | undefined;
	/** Captured as links: what they point at is not in the snapshot. */
	readonly links: readonly string[];
	readonly pruned: PruneOutcome | undefined;
	/** An interrupted restore that waits for a person. */
	readonly recoveryBlocked: boolean;
}

/** Captures the agent's critical state into a new folder of the store; prunes afterwards if nothing was missed. */
export async function createSnapshot(
	agent: Agent,
	request: CreateRequest,
): Promise<CreateOutcome> {
	const { system, store, patience, waitMilliseconds } = agent;
	refuseStrangeHome(agent);
	return withLock(
		system,
		store,
		{ purpose: "create", patience, waitMilliseconds },
		async () => {
			const settings = loadSettings(agent);
			const recoveryBlocked = !(await recoverIfClear(agent));
			removeLeftovers(agent);
			const listing = listSnapshots(system.disk, store);
			const newest = newestManifest(agent, listing.snapshots);
			const coverage = coverageOf(
				system.disk,
				agent.home,
				agent.host,
				settings,
			);
			const now = system.clock.now();
			const isTaken = (id: string) =>
				system.disk.stat(`${store.directory}/${id}`) !== undefined;
			const naming = nameSnapshot(listing.snapshots, isTaken, {
				...request,
				now,
			});
			const partial = `${store.directory}/.${naming.id}.partial`;
			system.disk.makeDirectory(partial, 0o700);
			try {
				const taken = await captureInto(
					agent,
					partial,
					coverage,
					newest,
					settings,
				);
				const captured = refuseEmptied(agent, taken, newest, partial);
				const differences =
					newest &&
					compareEntries(newest.entries, captured.entries, matters(agent));
				const manifest = manifestOf(agent, naming, captured, coverage);
				const links = captured.entries
					.filter(({ kind }) => kind === "link")
					.map(({ path }) => path);
				const common = {
					missed: captured.missed,
					coherent: captured.coherent,
					differences,
					links,
					recoveryBlocked,
				};
				const same =
					newest !== undefined && isSame(newest, manifest, differences);
				if (same && !request.force) {
					system.disk.removeTree(partial);
					const [snapshot] = listing.snapshots.filter(
						({ id }) => id === newest.id,
					);
					if (snapshot !== undefined)
						return { created: false, snapshot, pruned: undefined, ...common };
				}
				sealSnapshot(agent, partial, manifest);
				publishSnapshot(agent, partial, naming.id);
				const policy = policyOf(settings);
				const pruned = manifest.complete
					? pruneSnapshots(agent, policy, { dryRun: false })
					: undefined;
				const snapshot = listSnapshots(system.disk, store).snapshots.find(
					({ id }) => id === naming.id,
				);
				if (snapshot === undefined)
					throw new Error(`the snapshot ${naming.id} is not in the list`);
				return { created: true, snapshot, pruned, ...common };
			} catch (error) {
				system.disk.removeTree(partial);
				throw error;
			}
		},
	);
}

/** The whole manifest of the newest snapshot that people see; undefined when there is none that can be read. */
function newestManifest(
	agent: Agent,
	snapshots: readonly SnapshotInfo[],
): Manifest | undefined {
	const newest = snapshots.find(
		({ number, complete }) =>
			number === 1 || (number !== undefined && complete),
	);
	if (newest === undefined) return undefined;
	try {
		return readManifest(agent.system.disk, agent.store, newest.id);
	} catch (error) {
		if (error instanceof SnapshotError && error.code === "damaged")
			return undefined;
		throw error;
	}
}

function captureInto(
	agent: Agent,
	into: string,
	coverage: Coverage,
	newest: Manifest | undefined,
	settings: Settings,
): Promise<Captured> {
	const expectDatabase = databaseExpectation(agent.host, newest);
	const beforeCopy = (found: Scan) =>
		refuseFullDisk(agent, neededFor(agent, found), settings.reserveBytes);
	return capture(
		agent.system,
		{ home: agent.home, coverage, expectDatabase, into, beforeCopy },
		agent.patience,
	);
}

/** Before a store is made in it. */
function refuseStrangeHome(agent: Agent): void {
	const { system, home, host } = agent;
	const { paths } = coverageOf(system.disk, home, host, loadSettings(agent));
	if (paths.some((path) => system.disk.stat(`${home}/${path}`) !== undefined))
		return;
	throw new SnapshotError(
		"no-home",
		`${home} holds nothing of ${host.title}'s state, so there is nothing to snapshot.`,
		{
			hint: `Is this the right home? Name another with --home DIR or ${host.home.variable}.`,
		},
	);
}

/** Bytes that a capture of this will take, logs included. */
export function neededFor({ system, home }: Agent, { members }: Scan): number {
	const log = (path: string) =>
		system.disk.stat(`${home}/${path}-wal`)?.size ?? 0;
	return members.reduce(
		(sum, { path, kind, stat }) =>
			sum + stat.size + (kind === "database" ? log(path) : 0),
		0,
	);
}

/** @throws SnapshotError `no-space`, with the figures */
export function refuseFullDisk(
	{ system, store }: Agent,
	needed: number,
	reserve: number,
): void {
	const free = system.disk.freeBytes(store.directory);
	if (free === undefined || free - needed >= reserve) return;
	const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
	throw new SnapshotError(
		"no-space",
		`Not enough room: ${megabytes(needed)} are needed, ${megabytes(free)} are free and ${megabytes(reserve)} stay in reserve. Nothing was changed.`,
		{
			hint: "Free some space, or remove old snapshots: prune 5. The reserve is `reserveBytes` in state-snapshots/config.json.",
		},
	);
}

/** A database that held something and is now an empty file was emptied by accident: it must not push good copies out. */
function refuseEmptied(
	{ host, system }: Agent,
	captured: Captured,
	newest: Manifest | undefined,
	partial: string,
): Captured {
	const databases = new Set(
		(newest?.entries ?? [])
			.filter(({ kind }) => kind === "database")
			.map(({ path }) => path),
	);
	const isEmptied = (entry: Entry) =>
		entry.kind === "file" && entry.size === 0 && databases.has(entry.path);
	const emptied = captured.entries.filter(isEmptied).map(({ path }) => path);
	for (const path of emptied) system.disk.unlink(`${partial}/${path}`);
	const why = `the database is an empty file now, and was not in the snapshot before: has ${host.title} lost it?`;
	const missed = emptied.map((path) => ({ path, why, lost: true }));
	return {
		...captured,
		entries: captured.entries.filter((entry) => !isEmptied(entry)),
		missed: [...captured.missed, ...missed],
	};
}

/** State of running processes changes all the time and is never put back: it makes no snapshot worth taking. */
function matters({ host }: Agent): (entry: Entry) => boolean {
	return ({ path }) => putBackOf(host, path) !== "never";
}

function isSame(
	newest: Manifest,
	now: Manifest,
	differences: Differences | undefined,
): boolean {
	const coverage = ({ captured }: Manifest) => JSON.stringify(captured);
	return (
		newest.complete &&
		now.complete &&
		differences?.none === true &&
		coverage(newest) === coverage(now)
	);
}

/** Ours only, and dead for certain: we hold the lock. Hermes' own carry a process id, with a dot before it. */
function removeLeftovers({ system, store }: Agent): void {
	const ours = /^\.\d{8}-\d{6}[A-Za-z0-9_-]*\.partial$|\.removing$/;
	for (const name of system.disk.names(store.directory)) {
		if (ours.test(name)) system.disk.removeTree(`${store.directory}/${name}`);
	}
}
