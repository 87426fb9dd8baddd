import { SnapshotError } from "../errors.ts";
import type { Agent } from "./agent.ts";
import { writeFully } from "./durable.ts";
import type { DatabaseEntry, FileEntry } from "./entry.ts";
import { checkPatience } from "./patience.ts";
import { asDamage, Ruined, readStored } from "./stored-file.ts";

/** How long a database that no create has checked to the end is searched for damage, in milliseconds. */
const CHECK_BUDGET = 60_000;

/** Written out while the rest is read, in bytes. */
const BATCH = 64 * 1024 * 1024;

/** Copies one file of a snapshot, in one piece. @throws SnapshotError `damaged` when it is not what it was a moment ago */
export function copyStored(
	{ system, store, patience }: Agent,
	id: string,
	entry: FileEntry,
	to: string,
): void {
	const { disk, clock } = system;
	const pause = () => checkPatience(patience, clock.monotonic());
	const target = disk.open(to, "create", 0o600);
	try {
		let written = 0;
		const use = (chunk: Uint8Array) => {
			writeFully(disk, target, chunk);
			// Of a large file all would have to be waited for at the end.
			written += chunk.length;
			if (written >= BATCH) {
				disk.startWritingOut(store.directory);
				written = 0;
			}
		};
		readStored(disk, `${store.directory}/${id}`, entry, { use, pause });
	} catch (error) {
		throw error instanceof Ruined ? asDamage(error, id, entry.path) : error;
	} finally {
		disk.close(target);
	}
}

/** In the journal mode that its owner left it in: some set it once and rely on it. */
export async function settleDatabase(
	{ system: { sqlite, clock }, patience }: Agent,
	entry: DatabaseEntry,
	path: string,
): Promise<void> {
	sqlite.makePlain(path);
	const found = entry.checked
		? undefined
		: await sqlite.check(path, CHECK_BUDGET, patience.signal);
	checkPatience(patience, clock.monotonic());
	if (found?.verdict === "damaged") {
		const message = `${entry.path} in this snapshot is a damaged database: ${found.details}. Nothing was changed.`;
		throw new SnapshotError("damaged", message, {
			hint: "Take another one: see `list`.",
		});
	}
	if (entry.journalMode === "wal") sqlite.setJournalMode(path, "wal");
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
