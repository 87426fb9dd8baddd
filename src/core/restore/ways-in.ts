import { SnapshotError } from "../../errors.ts";
import { refuseTakenAway } from "../apply/taken-away.ts";
import type { Captured } from "../capture/capture.ts";
import type { Agent } from "../home/agent.ts";
import type { Manifest } from "../manifest/manifest.ts";
import {
	DENIED,
	LOCKED,
	NO_HANDLES,
	NO_ROOM,
	TOO_LONG,
	UNOPENED,
} from "../reasons.ts";
import { refuseNewer, sourceOf, whyMadeOtherwise } from "./database-source.ts";
import { Occupancy } from "./occupancy.ts";
import type { RestoreRequest } from "./restore.ts";
import type { RestorePlan } from "./restore-plan.ts";
import { isUndo } from "./restore-scope.ts";

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
export async function waysIn(
	agent: Agent,
	manifest: Manifest,
	plan: RestorePlan,
	present: Captured,
	{ taken, hint, request }: WaysInOptions,
): Promise<WaysIn> {
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
		if (step.do === "database") ways.set(step.path, await wayOf(step.path));
	}
	return ways;

	async function wayOf(path: string): Promise<"rename" | "through"> {
		// What could not be captured is moved aside first, so that its place is free.
		if (present.missed.some((one) => one.path === path)) return "rename";
		const source = sourceOf(agent, manifest, path);
		// What goes back to what was there a moment ago goes back to whatever version that was.
		if (!isUndo(request) && request.only === undefined)
			await refuseNewer(agent, present, path, source);
		// What has been exchanged since its lock was taken is not what is locked.
		const isOurs = taken.has(path) && wasCaptured.has(path);
		const way = isOurs ? "through" : occupancy.wayIn(path, source.header, hint);
		const why =
			way === "through"
				? await whyMadeOtherwise(agent, present, path, source)
				: "";
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
	[NO_ROOM, undefined],
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
