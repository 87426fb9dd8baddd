import { SnapshotError } from "../../errors.ts";
import type { DatabaseEntry, FileEntry } from "../capture/entry.ts";
import { Unreadable } from "../files/copy.ts";
import { JOURNAL_MODE_AT, journalModeBytes } from "../files/database-header.ts";
import type { Agent } from "../home/agent.ts";
import { readingOthers } from "../parts/same-parts.ts";
import { asDamage, copyingStored, Ruined } from "../parts/stored-file.ts";
import { checkPatience } from "../patience.ts";
import { inTurns, type Work } from "../work.ts";

/** How long a database that no create has checked to the end is searched for damage, in milliseconds. */
const CHECK_BUDGET = 60_000;

/**
 * Copies one file of a snapshot, in one piece.
 * @throws SnapshotError `damaged` when it is not what it was a moment ago
 */
export async function copyStored(
	agent: Agent,
	id: string,
	entry: FileEntry,
	to: string,
): Promise<void> {
	const { disk } = agent.system;
	const folder = `${agent.store.directory}/${id}`;
	await reading(agent, id, entry, copyingStored(disk, folder, entry, to));
}

/** Reads parts of one, as `copyStored` does all: see `readingOthers`. */
export async function readOthers(
	agent: Agent,
	id: string,
	entry: DatabaseEntry,
	same: ReadonlySet<number>,
	sound: Set<number>,
): Promise<void> {
	const { disk } = agent.system;
	const folder = `${agent.store.directory}/${id}`;
	const work = readingOthers(disk, folder, entry, same, sound);
	await reading(agent, id, entry, work);
}

async function reading(
	{ system, patience }: Agent,
	id: string,
	{ path }: FileEntry,
	work: Work<unknown>,
): Promise<void> {
	patience.progress?.at(path);
	try {
		await inTurns(system, patience, work);
	} catch (error) {
		// All other errors are of the disk that it goes to.
		const isOfSource = error instanceof Ruined || error instanceof Unreadable;
		throw isOfSource ? asDamage(error, id, path) : error;
	}
}

/** Of one that no create has searched to the end. @throws SnapshotError `damaged` */
export async function refuseDamagedDatabase(
	{ system: { sqlite, clock }, patience }: Agent,
	entry: DatabaseEntry,
	path: string,
): Promise<void> {
	if (entry.checked) return;
	const found = await sqlite.check(path, CHECK_BUDGET, patience.signal);
	checkPatience(patience, clock.monotonic());
	if (found.verdict !== "damaged") return;
	const message = `${entry.path} in this snapshot is a damaged database: ${found.details}. Nothing was changed.`;
	throw new SnapshotError("damaged", message, {
		hint: "Take another one: see `list`.",
	});
}

/** In the journal mode that its owner left it in: some set it once and rely on it. SQLite writes the same. */
export function asOwnerLeftIt(
	{ system: { disk } }: Agent,
	{ journalMode }: DatabaseEntry,
	path: string,
): void {
	disk.overwrite(path, JOURNAL_MODE_AT, journalModeBytes(journalMode));
}

/** Owner, mode and time, and then durable. */
export function finishFile(
	agent: Agent,
	entry: FileEntry,
	staged: string,
): void {
	const { disk } = agent.system;
	const file = disk.open(staged, "read"); // the mode may not let us later
	try {
		dressFile(agent, entry, staged);
		disk.sync(file);
	} finally {
		disk.close(file);
	}
}

/** Owner, mode and time of a file that is made durable with all others. */
export function dressFile(
	{ system: { disk, processes }, store }: Agent,
	{ mode, mtime }: FileEntry,
	staged: string,
): void {
	const owner = disk.stat(store.home);
	if (owner !== undefined && processes.canSetOwner)
		disk.setOwner(staged, owner.uid, owner.gid);
	if (mode !== undefined) disk.setMode(staged, mode);
	if (mtime !== undefined) disk.setTime(staged, mtime);
}
