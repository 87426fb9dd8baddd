import { SnapshotError } from "../errors.ts";
import type { DatabaseSchema } from "../system/system.ts";
import type { Agent } from "./agent.ts";
import type { Captured } from "./capture.ts";
import { copyFile } from "./copy.ts";
import { itemFor } from "./coverage.ts";
import { DatabaseHeader } from "./database-header.ts";
import { readBeginning } from "./durable.ts";
import type { Manifest } from "./manifest.ts";
import { Occupancy } from "./occupancy.ts";
import { presentFolder } from "./present.ts";
import { DENIED, LOCKED, NO_HANDLES, TOO_LONG, UNOPENED } from "./reasons.ts";
import type { RestoreRequest } from "./restore.ts";
import type { RestorePlan } from "./restore-plan.ts";
import { isUndo } from "./restore-scope.ts";
import { whyNotUnderOwner } from "./schema.ts";
import { refuseTakenAway } from "./taken-away.ts";

/** How each database of a plan gets to its place. */
export type WaysIn = ReadonlyMap<string, "rename" | "through">;

interface WaysInOptions {
	readonly taken: ReadonlySet<string>;
	readonly hint: string;
	readonly request: RestoreRequest;
}

/**
 * Works out how each database gets in, beside those who have it open, and refuses what cannot be done beside them.
 * Changes nothing.
 * @param taken databases whose write lock is ours already
 * @param hint what to do about one that has to be closed
 * @throws SnapshotError `busy-database`; `failed` for one that the agent is too old for
 */
export function waysIn(
	agent: Agent,
	manifest: Manifest,
	plan: RestorePlan,
	present: Captured,
	{ taken, hint, request }: WaysInOptions,
): WaysIn {
	const { steps } = plan;
	const occupancy = new Occupancy(
		agent,
		steps.map(({ path }) => path),
	);
	const ways = new Map<string, "rename" | "through">();
	const wasCaptured = new Set(
		present.entries
			.filter(({ kind }) => kind === "database")
			.map((entry) => entry.path),
	);
	for (const step of steps) {
		if (step.do === "set-aside") {
			refuseLocked(step.path, present, occupancy, hint);
			refuseUnopened(step.path, present);
		}
		refuseTakenAway(agent, occupancy, step, hint);
		if (step.do === "database") ways.set(step.path, wayOf(step.path));
	}
	return ways;

	function wayOf(path: string): "rename" | "through" {
		// What could not be captured is moved aside first, so that its place is free.
		if (present.missed.some((one) => one.path === path)) return "rename";
		const source = sourceOf(agent, manifest, path);
		// What goes back to what was there a moment ago goes back to whatever version that was.
		if (!isUndo(request) && request.only === undefined)
			refuseNewer(agent, present, path, source);
		// What has been exchanged since its lock was taken is not what is locked.
		const isOurs = taken.has(path) && wasCaptured.has(path);
		const way = isOurs ? "through" : occupancy.wayIn(path, source, hint);
		const why =
			way === "through" ? whyMadeOtherwise(agent, present, path, source) : "";
		// Asked last: to ask a database's locks is to open it.
		const isOwned = () =>
			isOurs
				? (occupancy.holdersOf(path) ?? []).length > 0
				: occupancy.isHeld(path);
		if (why !== "" && isOwned())
			throw madeOtherwise(path, why, occupancy.whoHolds(path), hint);
		return way;
	}
}

/** Its owner would not find its way in it: see `whyNotUnderOwner`. */
export function madeOtherwise(
	path: string,
	why: string,
	who: string,
	hint: string,
): SnapshotError {
	return new SnapshotError(
		"busy-database",
		`${path} in this snapshot is made differently (${why}), and ${who} has it open. Nothing was changed.`,
		{ hint },
	);
}

function sourceOf({ store }: Agent, { id }: Manifest, path: string): string {
	return `${store.directory}/${id}/${path}`;
}

/** A database that was only locked may be sound: it is not moved away as if it were damaged. */
function refuseLocked(
	path: string,
	{ missed }: Captured,
	occupancy: Occupancy,
	hint: string,
): void {
	if (!missed.some((one) => one.path === path && one.why === LOCKED)) return;
	throw new SnapshotError(
		"busy-database",
		`${path} is locked by ${occupancy.whoHolds(path)}, so what it holds now cannot be saved. Nothing was changed.`,
		// Who has opened it for themselves alone never lets go of it.
		{ hint: `Repeat the command when it is free. ${hint}` },
	);
}

/** They say nothing of the database; with what to do about them. */
const PASSING: ReadonlyMap<string, string | undefined> = new Map([
	[UNOPENED, undefined],
	[TOO_LONG, "Move it to a shorter path, then repeat the command."],
	[NO_HANDLES, "Allow more open files, then repeat the command."],
	[
		DENIED,
		"Give it back to the agent's user (sudo chown), then repeat the command.",
	],
]);

/** Nor is one that SQLite could not open, for want of room or permission: it would be in no undo snapshot. */
function refuseUnopened(path: string, { missed }: Captured): void {
	const why = missed.find((one) => one.path === path)?.why;
	if (why === undefined || !PASSING.has(why)) return;
	const hint =
		PASSING.get(why) ??
		`Remove the cause and repeat the command, or move ${path} away first.`;
	throw new SnapshotError(
		"failed",
		`${path} cannot be read now, so it cannot be saved: ${why}. Nothing was changed.`,
		{ hint },
	);
}

/** Its owner goes on with the statements it has: on tables that are gone, they fail. Empty: it would not notice. */
function whyMadeOtherwise(
	agent: Agent,
	present: Captured,
	path: string,
	source: string,
): string {
	const now = schemaOfPresent(agent, present, path);
	// Empty until now: nobody relies on anything in it.
	if (now === undefined) return "";
	return whyNotUnderOwner(now, schemaOfCopy(agent, source)) ?? "";
}

/** Whether somebody has it open or not: the agent would not start on it. */
function refuseNewer(
	agent: Agent,
	present: Captured,
	path: string,
	source: string,
): void {
	const { host } = agent;
	if (itemFor(host, path)?.refusesNewer !== true) return;
	const now = schemaOfPresent(agent, present, path)?.userVersion ?? 0;
	// Nobody has set it up yet: it says nothing about the agent's version.
	if (now === 0) return;
	const then = schemaOfCopy(agent, source).userVersion;
	if (then <= now) return;
	throw new SnapshotError(
		"failed",
		`${path} in this snapshot was written by a newer ${host.title} (its user_version is ${then}, and ${now} here), and this one would not open it. Nothing was changed.`,
		{
			hint: `Update ${host.title}, start it once, and repeat the command; or name the parts that you want back without that one.`,
		},
	);
}

/** From our own copy, never from the live file. Undefined: it holds nothing, or is not there. */
function schemaOfPresent(
	{ system, store }: Agent,
	present: Captured,
	path: string,
): DatabaseSchema | undefined {
	const { disk, sqlite } = system;
	const known = present.schemas.get(path);
	if (known !== undefined) return known;
	const copy = `${presentFolder(store)}/${path}`;
	const isDatabase =
		disk.stat(copy)?.kind === "file" && headerOf({ system }, copy).isSqlite;
	return isDatabase ? sqlite.schema(copy) : undefined;
}

/** Ours are plain files. One of Hermes' may say that it has a log, and opening it would make one beside it. */
export function schemaOfCopy(agent: Agent, source: string) {
	const { disk, sqlite } = agent.system;
	if (headerOf(agent, source).journalMode !== "wal")
		return sqlite.schema(source);
	const probe = `${agent.store.restoring}/probe.db`;
	if (disk.stat(probe) !== undefined) disk.unlink(probe);
	copyFile(disk, source, probe, () => {});
	sqlite.makePlain(probe);
	return sqlite.schema(probe);
}

function headerOf(
	{ system }: Pick<Agent, "system">,
	path: string,
): DatabaseHeader {
	return new DatabaseHeader(readBeginning(system.disk, path, 100));
}
