import type { DatabaseEntry, FileEntry } from "../core/capture/entry.ts";
import { hashingDatabase } from "../core/files/copy.ts";
import { DatabaseHeader } from "../core/files/database-header.ts";
import { readBeginning } from "../core/files/durable.ts";
import type { Agent } from "../core/home/agent.ts";
import { databaseOfSidecar } from "../core/home/paths.ts";
import { checkPatience } from "../core/patience.ts";
import { breathe, inTurns } from "../core/work.ts";
import { SnapshotError } from "../errors.ts";

/** Milliseconds. What is not done by then is looked at when it is restored. */
const CHECK_BUDGET = 60_000;

/**
 * Tells databases from files where no manifest has, and leaves none of their logs: what a program had not yet moved out of
 * one, SQLite moves now.
 * @throws SnapshotError `damaged`
 */
export async function settleDatabases(
	agent: Agent,
	found: ReadonlyMap<string, FileEntry>,
	into: string,
): Promise<FileEntry[]> {
	const { disk } = agent.system;
	const isDatabase = (path: string) =>
		found.has(path) &&
		new DatabaseHeader(readBeginning(disk, `${into}/${path}`, 100)).isSqlite;
	const isLog = (path: string) => {
		const owner = databaseOfSidecar(path);
		return owner !== undefined && isDatabase(owner);
	};
	const logs = new Set([...found.keys()].filter(isLog));
	const entries: FileEntry[] = [];
	for (const [path, entry] of found) {
		if (logs.has(path)) continue;
		await breathe(agent.system, agent.patience);
		const isOne = isDatabase(path);
		if (entry.kind === "database" && !isOne && entry.size > 0)
			throw unopened(path);
		const isSettled = entry.kind === "database" || !isOne;
		entries.push(isSettled ? entry : await settled(agent, entry, into));
	}
	for (const path of logs) disk.removeTree(`${into}/${path}`);
	return entries;
}

async function settled(
	{ system, patience }: Agent,
	{ path, mode, mtime }: FileEntry,
	into: string,
): Promise<DatabaseEntry> {
	const { disk, sqlite, clock } = system;
	const place = `${into}/${path}`;
	disk.removeTree(`${place}-shm`);
	const { journalMode } = new DatabaseHeader(readBeginning(disk, place, 100));
	try {
		sqlite.makePlain(place);
	} catch (error) {
		throw unopened(path, error);
	}
	const found = await sqlite.check(place, CHECK_BUDGET, patience.signal);
	checkPatience(patience, clock.monotonic());
	if (found.verdict === "damaged") throw broken(path, found.details);
	const { size, sha256, content } = await inTurns(
		system,
		// Its bytes have been counted.
		{ ...patience, progress: undefined },
		hashingDatabase(disk, place),
	);
	return {
		path,
		size,
		sha256,
		content,
		kind: "database",
		mode,
		mtime,
		journalMode,
		checked: found.verdict === "ok",
	};
}

function unopened(path: string, cause?: unknown): SnapshotError {
	return damaged(`its ${path} is a database that cannot be opened`, cause);
}

function broken(path: string, details: string): SnapshotError {
	return damaged(`its ${path} is a damaged database (${details})`);
}

function damaged(why: string, cause?: unknown): SnapshotError {
	return new SnapshotError(
		"damaged",
		`The archive is damaged: ${why}. Nothing was changed.`,
		{ hint: "Take another copy of it.", cause },
	);
}
