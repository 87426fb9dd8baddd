import { errorMessage, SnapshotError } from "../errors.ts";
import {
	type Agent,
	databaseExpectation,
	loadSettings,
	policyOf,
} from "./agent.ts";
import { applyJournal } from "./apply.ts";
import { manifestOf, nameSnapshot, sealSnapshot } from "./assemble.ts";
import { type Captured, capture } from "./capture.ts";
import { neededFor, refuseFullDisk } from "./create.ts";
import { readText, syncDirectory } from "./durable.ts";
import { type Journal, type JournalStep, writeJournal } from "./journal.ts";
import { withLock } from "./lock.ts";
import { type Coverage, type Manifest, UNDO_REASON } from "./manifest.ts";
import { pruneSnapshots } from "./prune.ts";
import { recoverLocked } from "./recover.ts";
import { planRestore, type RestorePlan } from "./restore-plan.ts";
import { movedMeanwhile, refuseObstructed, Staging } from "./stage.ts";
import { putBackOf, type Scan } from "./state-set.ts";
import {
	findSnapshot,
	listSnapshots,
	readManifest,
	type SnapshotInfo,
} from "./store.ts";
import { verifySnapshot } from "./verify.ts";

export interface RestoreRequest {
	/** What the person typed, or "undo" for the newest undo snapshot. */
	readonly target: { readonly ref: string } | "undo";
	readonly dryRun: boolean;
	/** Paths that go back although they would be left alone. */
	readonly include: readonly string[];
	/** Takes an undo snapshot first. */
	readonly undo: boolean;
}

export interface RestoreOutcome {
	readonly snapshot: SnapshotInfo;
	readonly plan: RestorePlan;
	/** The undo snapshot that was made; undefined when nothing had to change, or none was wanted. */
	readonly undo: string | undefined;
	/** An interrupted restore of this snapshot was finished first. */
	readonly recovered: string | undefined;
	/** For `undo`: the snapshot whose restore was taken back. */
	readonly undone: string | undefined;
}

/** How often the present is captured anew because something in it moved. */
const ROUNDS = 4;

/**
 * Makes the home what the snapshot says, all of it or nothing.
 *
 * Verify → capture the present into what becomes the undo snapshot → plan → stage the new files and take the write
 * locks of held databases → make sure that nothing moved meanwhile → journal (the commit point) → apply.
 * Until the journal is written all of it lies in `.restore`, and a crash or an error leaves no trace.
 */
export async function restoreSnapshot(
	agent: Agent,
	request: RestoreRequest,
): Promise<RestoreOutcome> {
	const { system, store, patience, waitMilliseconds } = agent;
	chooseTarget(agent, request); // before a lock is made in a home that has no store
	return withLock(
		system,
		store,
		{ purpose: "restore", patience, waitMilliseconds },
		async () => {
			const recovered = (await recoverLocked(agent)).snapshot;
			const snapshot = chooseTarget(agent, request);
			const manifest = verifySnapshot(
				agent,
				readManifest(system.disk, store, snapshot.id),
			);
			system.disk.makeDirectory(store.restoring, 0o700);
			const staging = new Staging(agent, manifest);
			try {
				const ready = await prepare(agent, manifest, request, staging);
				const outcome = {
					snapshot,
					plan: ready.plan,
					recovered,
					undone: manifest.undoes?.snapshot,
				};
				if (request.dryRun || ready.plan.steps.length === 0)
					return { ...outcome, undo: undefined };
				const undo = await commit(agent, manifest, request, ready, staging);
				return { ...outcome, undo };
			} finally {
				await staging.unlock();
				// After the commit point the journal owns the folder until it is closed.
				if (system.disk.stat(store.journal) === undefined)
					system.disk.removeTree(store.restoring);
			}
		},
	);
}

interface Ready {
	readonly plan: RestorePlan;
	readonly present: Captured;
	readonly coverage: Coverage;
	readonly steps: readonly JournalStep[];
}

/**
 * All that can be done without changing the home. What an agent writes between the capture of the present and the
 * locks would be in neither state, so it is looked for, and the present captured again, now under those locks.
 */
async function prepare(
	agent: Agent,
	manifest: Manifest,
	request: RestoreRequest,
	staging: Staging,
): Promise<Ready> {
	const coverage = manifest.captured ?? {
		paths: manifest.entries.map(({ path }) => path),
		except: [],
	};
	for (let round = 1; round <= ROUNDS; round++) {
		const present = await capturePresent(agent, manifest, coverage, staging);
		const plan = planRestore({
			target: manifest,
			present,
			putBack: (path) => putBackOf(agent.host, path),
			isBroken: (path) => isBroken(agent, path),
			...scopeOf(manifest, request),
		});
		if (request.dryRun || plan.steps.length === 0)
			return { plan, present, coverage, steps: [] };
		refuseObstructed(agent, plan);
		const steps = await staging.stage(plan, present);
		if (movedMeanwhile(agent, present).length === 0)
			return { plan, present, coverage, steps };
		await staging.unlockUnreadable(present);
	}
	throw new SnapshotError(
		"busy-database",
		`${agent.host.title} is writing to its files faster than they can be saved. Nothing was changed.`,
		{
			hint: `Restore again in a quieter moment, or stop ${agent.host.title} first.`,
		},
	);
}

function chooseTarget(
	{ system, store }: Agent,
	{ target }: RestoreRequest,
): SnapshotInfo {
	const listing = listSnapshots(system.disk, store);
	if (target !== "undo") return findSnapshot(listing, target.ref);
	const newest = listing.snapshots.find(({ reason }) => reason === UNDO_REASON);
	if (newest !== undefined) return newest;
	throw new SnapshotError(
		"not-found",
		"There is no restore to undo. Nothing was changed.",
		{ hint: "See list." },
	);
}

/** An undo puts back what the restore touched and nothing else, login tokens included if it had touched them. */
function scopeOf(
	{ undoes }: Manifest,
	{ target, include }: RestoreRequest,
): { include: readonly string[]; only: string[] | undefined } {
	if (target !== "undo" || undoes === undefined)
		return { include, only: undefined };
	return { include: undoes.paths, only: undoes.paths };
}

async function capturePresent(
	agent: Agent,
	manifest: Manifest,
	coverage: Coverage,
	staging: Staging,
): Promise<Captured> {
	const { system, home, store, patience, host } = agent;
	const into = `${store.restoring}/undo`;
	system.disk.removeTree(into);
	system.disk.makeDirectory(into, 0o700);
	const reserve = loadSettings(agent).reserveBytes;
	// Twice: the old state and the new one lie beside the live one for a while.
	const beforeCopy = (found: Scan) =>
		refuseFullDisk(
			agent,
			neededFor(agent, found) + manifest.total_size,
			reserve,
		);
	const expectDatabase = databaseExpectation(host, manifest);
	return capture(
		system,
		{ home, coverage, expectDatabase, open: staging.locked, into, beforeCopy },
		patience,
	);
}

function isBroken({ system, home }: Agent, path: string): boolean {
	if (system.disk.stat(`${home}/${path}`)?.kind !== "file") return false;
	const text = readText(system.disk, `${home}/${path}`, 16 * 1024 * 1024) ?? "";
	if (text.trim() === "") return true;
	if (!path.endsWith(".json")) return false;
	try {
		JSON.parse(text);
		return false;
	} catch (error) {
		if (!(error instanceof SyntaxError)) throw error;
		return true;
	}
}

/** Writes the journal and does what it says. Returns the undo snapshot's id. */
async function commit(
	agent: Agent,
	manifest: Manifest,
	request: RestoreRequest,
	{ steps, present, coverage }: Ready,
	staging: Staging,
): Promise<string | undefined> {
	const { system, store } = agent;
	const undo = request.undo
		? sealUndo(agent, manifest, coverage, present, steps)
		: undefined;
	if (undo === undefined) system.disk.removeTree(`${store.restoring}/undo`);
	syncDirectory(system.disk, store.restoring);
	syncDirectory(system.disk, store.directory);
	const journal = {
		snapshot: manifest.id,
		undo,
		startedAt: system.clock.now().toISOString(),
		steps: [...steps],
	};
	writeJournal(system.disk, store, journal);
	await finish(agent, { formatVersion: 1, ...journal }, staging);
	const inUse = [manifest.id, ...(undo === undefined ? [] : [undo])];
	pruneSnapshots(agent, policyOf(loadSettings(agent)), {
		dryRun: false,
		inUse,
	});
	return undo;
}

function sealUndo(
	agent: Agent,
	manifest: Manifest,
	coverage: Coverage,
	present: Captured,
	steps: readonly JournalStep[],
): string {
	const { system, store } = agent;
	const now = system.clock.now();
	const isTaken = (id: string) =>
		system.disk.stat(`${store.directory}/${id}`) !== undefined;
	const snapshots = listSnapshots(system.disk, store).snapshots;
	const naming = nameSnapshot(snapshots, isTaken, {
		label: "before restore",
		reason: UNDO_REASON,
		now,
	});
	const paths = [...new Set(steps.map(({ path }) => path))];
	const undo = manifestOf(agent, naming, present, coverage, {
		snapshot: manifest.id,
		paths,
	});
	sealSnapshot(agent, `${store.restoring}/undo`, undo);
	return naming.id;
}

async function finish(
	agent: Agent,
	journal: Journal,
	staging: Staging,
): Promise<void> {
	try {
		await applyJournal(agent, journal, staging);
	} catch (error) {
		const hint =
			"Run `recover` when the cause is removed: it finishes the restore. Do not start the agent before.";
		throw new SnapshotError(
			"failed",
			`The restore was stopped half-way (${errorMessage(error)}).`,
			{
				hint,
				cause: error,
			},
		);
	}
}
