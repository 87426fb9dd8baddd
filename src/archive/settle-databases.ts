import type { DatabaseEntry, FileEntry } from "../core/capture/entry.ts";
import { hashDatabase } from "../core/files/copy.ts";
import { DatabaseHeader } from "../core/files/database-header.ts";
import { readBeginning } from "../core/files/durable.ts";
import type { Agent } from "../core/home/agent.ts";
import { databaseOfSidecar } from "../core/home/paths.ts";
import { checkPatience } from "../core/patience.ts";
import { SnapshotError } from "../errors.ts";

/**
 * Tells databases from files where no manifest has, and leaves none of their logs: what a program had not yet moved out of
 * one, SQLite moves now.
 * @throws SnapshotError `damaged`
 */
export function settleDatabases(
	agent: Agent,
	found: ReadonlyMap<string, FileEntry>,
	into: string,
): FileEntry[] {
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
		const isOne = isDatabase(path);
		if (entry.kind === "database" && !isOne && entry.size > 0)
			throw unopened(path);
		const isSettled = entry.kind === "database" || !isOne;
		entries.push(isSettled ? entry : settled(agent, entry, into));
	}
	for (const path of logs) disk.removeTree(`${into}/${path}`);
	return entries;
}

function settled(
	{ system, patience }: Agent,
	{ path, mode, mtime }: FileEntry,
	into: string,
): DatabaseEntry {
	const { disk, sqlite, clock } = system;
	const place = `${into}/${path}`;
	disk.removeTree(`${place}-shm`);
	const { journalMode } = new DatabaseHeader(readBeginning(disk, place, 100));
	try {
		sqlite.makePlain(place);
	} catch (error) {
		throw unopened(path, error);
	}
	const pause = () => checkPatience(patience, clock.monotonic());
	const { size, sha256, content } = hashDatabase(disk, place, pause);
	return {
		path,
		size,
		sha256,
		content,
		kind: "database",
		mode,
		mtime,
		journalMode,
		checked: false,
	};
}

function unopened(path: string, cause?: unknown): SnapshotError {
	return new SnapshotError(
		"damaged",
		`The archive is damaged: its ${path} is a database that cannot be opened. Nothing was changed.`,
		{ hint: "Take another copy of it.", cause },
	);
}
