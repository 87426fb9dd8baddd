import { SnapshotError } from "../errors.ts";
import {
	type Agent,
	databaseExpectation,
	settingsOrDefaults,
} from "./agent.ts";
import { isFile } from "./assemble.ts";
import { type Captured, capture } from "./capture.ts";
import { putBackOf } from "./coverage.ts";
import { readText } from "./durable.ts";
import type { JournalStep } from "./journal.ts";
import type { Coverage, Manifest } from "./manifest.ts";
import {
	refuseLinksAbove,
	refuseObstructed,
	refuseStrangeQuarantine,
} from "./obstacles.ts";
import { Occupancy } from "./occupancy.ts";
import { isWithin } from "./paths.ts";
import { LOCKED } from "./reasons.ts";
import type { RestoreRequest } from "./restore.ts";
import { movedMeanwhile } from "./restore-moved.ts";
import { planRestore, type RestorePlan } from "./restore-plan.ts";
import { scopeOf } from "./restore-scope.ts";
import { neededFor, refuseFullDisk } from "./room.ts";
import type { Scan } from "./scan.ts";
import type { Staging } from "./staging.ts";

/** How often the present is captured anew because something in it moved. */
const ROUNDS = 4;

export interface Ready {
	readonly plan: RestorePlan;
	readonly present: Captured;
	readonly coverage: Coverage;
	readonly steps: readonly JournalStep[];
}

/**
 * All that can be done without changing the home. What an agent writes between the capture of the present and the
 * locks would be in neither state, so it is looked for, and the present captured again, now under those locks.
 */
export async function prepare(
	agent: Agent,
	manifest: Manifest,
	request: RestoreRequest,
	staging: Staging,
): Promise<Ready> {
	refuseUnknown(manifest, request);
	const coverage = coverageFor(manifest);
	for (let round = 1; round <= ROUNDS; round++) {
		const present = await capturePresent(agent, manifest, request, staging);
		const plan = planFor(agent, manifest, present, request);
		if (request.dryRun || plan.steps.length === 0)
			return { plan, present, coverage, steps: [] };
		refuseLocked(plan, present);
		refuseObstructed(agent, plan);
		refuseLinksAbove(agent, plan);
		refuseStrangeQuarantine(agent, plan);
		if (staging.isEmpty) refuseNoRoomFor(agent, request, plan);
		const steps = await staging.stage(plan, present);
		if (!movedMeanwhile(agent, steps, present))
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

/** A database that was only locked may be sound: it is not moved away as if it were damaged. */
function refuseLocked({ steps }: RestorePlan, { missed }: Captured): void {
	const locked = missed.find(
		({ path, why }) =>
			why === LOCKED && steps.some((step) => step.path === path),
	);
	if (locked === undefined) return;
	throw new SnapshotError(
		"busy-database",
		`${locked.path} is locked by another process, so what it holds now cannot be saved. Nothing was changed.`,
		{ hint: "Restore again when it is free." },
	);
}

/** @throws SnapshotError `usage` for a path that is not in the snapshot */
function refuseUnknown(
	{ entries }: Manifest,
	{ include }: RestoreRequest,
): void {
	const unknown = include.find(
		(part) => !entries.some(({ path }) => isWithin(path, part)),
	);
	if (unknown === undefined) return;
	throw new SnapshotError(
		"usage",
		`There is no ${JSON.stringify(unknown)} in that snapshot, to be included. Nothing was changed.`,
	);
}

function planFor(
	agent: Agent,
	manifest: Manifest,
	present: Captured,
	request: RestoreRequest,
): RestorePlan {
	const databases = present.entries.filter(({ kind }) => kind === "database");
	const occupancy = new Occupancy(
		agent,
		databases.map(({ path }) => path),
	);
	return planRestore({
		target: manifest,
		present,
		putBack: (path) => putBackOf(agent.host, path),
		isBroken: (path) => isBroken(agent, path),
		isHeld: (path) => occupancy.isHeld(path),
		...scopeOf(agent, manifest, present, request),
	});
}

async function capturePresent(
	agent: Agent,
	manifest: Manifest,
	request: RestoreRequest,
	staging: Staging,
): Promise<Captured> {
	const { system, home, store, patience, host } = agent;
	const into = `${store.restoring}/undo`;
	system.disk.removeTree(into);
	system.disk.makeDirectory(into, 0o700);
	const captured = await capture(
		system,
		{
			home,
			coverage: coverageFor(manifest),
			expectDatabase: databaseExpectation(host, manifest),
			open: staging.locked,
			into,
			beforeCopy: (found) => refuseNoRoom(agent, request, found),
		},
		patience,
	);
	// Without an undo the copy was only needed to look at: its room is for the new files.
	if (!request.undo) system.disk.removeTree(into);
	return captured;
}

/** Room for the copy of the present; without an undo it is given back before the new files come. */
function refuseNoRoom(
	agent: Agent,
	request: RestoreRequest,
	found: Scan,
): void {
	refuseFullDisk(agent, neededFor(agent, found), reserveOf(agent, request));
}

/** Room for the new files. */
function refuseNoRoomFor(
	agent: Agent,
	request: RestoreRequest,
	{ steps }: RestorePlan,
): void {
	const sizes = steps.map((step) =>
		step.do === "write" || step.do === "database" ? step.entry.size : 0,
	);
	const needed = sizes.reduce((sum, size) => sum + size, 0);
	refuseFullDisk(agent, needed, reserveOf(agent, request));
}

/** A bad line in the settings must not keep anyone from a restore. */
function reserveOf(
	agent: Agent,
	{ undo, ignoreReserve = false }: RestoreRequest,
): number {
	if (!undo || ignoreReserve) return 0;
	return settingsOrDefaults(agent).reserveBytes;
}

export function coverageFor({ captured, entries }: Manifest): Coverage {
	if (captured !== undefined) return captured;
	return { paths: entries.filter(isFile).map(({ path }) => path), except: [] };
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
