import { errorCode } from "../../errors.ts";
import { syncFile } from "../files/durable.ts";
import type { Agent } from "../home/agent.ts";
import { SIDECARS } from "../home/paths.ts";
import { UNDO_REASON } from "../manifest/manifest-summary.ts";
import { readSummary } from "../manifest/read-summary.ts";
import type { Replaced } from "../restore/live-locks.ts";
import {
	type Arrival,
	isStandIn,
	newContent,
	stageAnew,
} from "../restore/new-content.ts";
import { mayChange } from "../restore/permissions.ts";
import { type Journal, stagedPath } from "./journal.ts";
import { moveWhereNothingIs, refuseInUse } from "./late-comers.ts";
import { removeLeftLogs } from "./left-logs.ts";

/** How long a step waits for a live database to be free, in milliseconds. */
export const REPLACE_WAIT = 10_000;

/** How long the check of a large database that was written through SQLite may take, in milliseconds. */
const CHECK_WAIT = 10_000;

/** Can be done again after a crash. `replaceLocked` writes it if its lock is held already. */
export async function replaceDatabase(
	agent: Agent,
	journal: Journal,
	step: Arrival,
	replaceLocked: () => Promise<Replaced>,
): Promise<void> {
	const { path, staged, how, entry, signature } = step;
	const { system, store, home } = agent;
	const live = `${home}/${path}`;
	// Moved in by a recovery that died: nobody had it open then, whatever the journal says.
	if (system.disk.stat(stagedPath(store, staged)) === undefined) return;
	if (how === "through") {
		let replaced = await replaceLocked();
		if (replaced === "not-locked")
			replaced = await replaceNow(agent, journal, step);
		if (system.disk.stat(live)?.kind !== "file")
			throw new Error(`${live} was exchanged while it was written to`);
		setModeOfOurs(agent, live, entry.mode);
		// What was read back is what was searched for damage when it was captured, or staged. An undo gives back what was there.
		if (replaced !== "read-back" && !isUndo(agent, journal))
			await refuseDamage(agent, live);
		// Closing our connections took the log in, unless the disk refused or the last one could only read.
		system.sqlite.tidy(live);
		syncDatabase(system.disk, live);
		return;
	}
	if (system.disk.stat(live) === undefined) {
		// Those of one who makes it now are his.
		if (signature !== NOTHING) removeLeftLogs(agent, journal, path, signature);
		moveWhereNothingIs(agent, stagedPath(store, staged), path);
		return;
	}
	const [main] = signature.split(" ");
	refuseInUse(agent, path, [signature, `${main} - -`]);
	// SQLite would replay a stale write-ahead log over the new file, so the sidecars go first: dying in between
	// leaves the old database without its last commits, and the journal, which finishes the job.
	removeSidecars(system.disk, live);
	system.disk.rename(stagedPath(store, staged), live);
}

async function replaceNow(
	agent: Agent,
	{ snapshot }: Journal,
	step: Arrival,
): Promise<Replaced> {
	const { system, store, home } = agent;
	const { entry, path } = step;
	const staged = stagedPath(store, step.staged);
	// Of one that is read where it lies, only what the present had not was read before.
	if (isStandIn(system.disk, staged, entry))
		await stageAnew(agent, snapshot, entry, staged);
	const replacement = await system.sqlite.beginReplace(
		newContent(agent, snapshot, step),
		`${home}/${path}`,
		REPLACE_WAIT,
	);
	return (await replacement.commit()) ? "read-back" : "written";
}

function isUndo({ system, store }: Agent, { snapshot }: Journal): boolean {
	const summary = readSummary(system.disk, `${store.directory}/${snapshot}`);
	return typeof summary === "object" && summary.reason === UNDO_REASON;
}

/** The signature of no database, or of an empty one. */
export const NOTHING = "- - -";

/** What has arrived already has no other name any more, after a crash as before. */
export function dropArrived(agent: Agent, { steps }: Journal): void {
	const { system, store, home } = agent;
	for (const step of steps) {
		if (step.do !== "database") continue;
		const staged = stagedPath(store, step.staged);
		const [waiting, live] = [staged, `${home}/${step.path}`].map((path) =>
			system.disk.stat(path),
		);
		if (waiting === undefined || waiting.device !== live?.device) continue;
		if (waiting.inode === live.inode) system.disk.unlink(staged);
	}
}

/** Whoever may write to it has put its content back; its mode only its owner can. */
function setModeOfOurs(
	agent: Agent,
	live: string,
	mode: number | undefined,
): void {
	const { disk } = agent.system;
	const now = disk.stat(live);
	if (mode === undefined || now === undefined || now.mode === mode) return;
	if (mayChange(agent, now)) disk.setMode(live, mode);
}

/**
 * SQLite leaves a commit in the write-ahead log unsynced, and a power cut would take it back. Our own connection is
 * closed by now, so that opening the files drops no lock of ours.
 */
function syncDatabase(disk: Agent["system"]["disk"], live: string): void {
	try {
		const log = `${live}-wal`;
		if (disk.stat(log)?.kind === "file") syncFile(disk, log);
	} catch (error) {
		// An agent has closed the database meanwhile: SQLite takes the log into it, and synchronises that first.
		if (errorCode(error) !== "ENOENT") throw error;
	}
	syncFile(disk, live);
}

/** Told while the journal still stands: `recover` writes it once more. */
async function refuseDamage({ system }: Agent, live: string): Promise<void> {
	const found = await system.sqlite.check(live, CHECK_WAIT);
	if (found.verdict === "damaged")
		throw new Error(`${live} was written and is damaged: ${found.details}`);
}

function removeSidecars(disk: Agent["system"]["disk"], path: string): void {
	for (const suffix of SIDECARS)
		if (disk.stat(`${path}${suffix}`) !== undefined)
			disk.unlink(`${path}${suffix}`);
}
