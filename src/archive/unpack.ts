import { createHash } from "node:crypto";
import { ContentHash } from "../core/capture/content-hash.ts";
import type { DatabaseEntry, Entry, FileEntry } from "../core/capture/entry.ts";
import { hashDatabase } from "../core/files/copy.ts";
import { DatabaseHeader } from "../core/files/database-header.ts";
import {
	makeDirectories,
	readBeginning,
	writeFully,
} from "../core/files/durable.ts";
import type { Agent } from "../core/home/agent.ts";
import {
	ancestorsOf,
	databaseOfSidecar,
	parentOf,
} from "../core/home/paths.ts";
import { checkPatience } from "../core/patience.ts";
import { isSecretFile } from "../core/secrets/secrets.ts";
import { breathe } from "../core/work.ts";
import { SnapshotError } from "../errors.ts";
import type { Archive, Listed } from "./archive.ts";

/** Where a member goes, and what it has to be. */
export interface Target {
	/** Below the folder. */
	readonly path: string;
	/** As the archive's manifest says; undefined: it has none. */
	readonly entry: FileEntry | undefined;
}

export interface Unpacked {
	readonly entries: readonly Entry[];
	readonly bytes: number;
}

/**
 * Unpacks into a folder of ours what has a target, private from its first byte, compares it with the manifest, and brings
 * databases into one file each: what stands in their logs is in them then.
 * @throws SnapshotError `damaged`, `failed`
 */
export async function unpack(
	agent: Agent,
	archive: Archive,
	targets: ReadonlyMap<string, Target>,
	into: string,
): Promise<Unpacked> {
	const { disk } = agent.system;
	const found = new Map<string, FileEntry>();
	const missing = new Set(targets.keys());
	await archive.pour(async (member, content) => {
		const target = targets.get(member.name);
		if (target === undefined) return;
		missing.delete(member.name);
		const to = `${into}/${target.path}`;
		makeDirectories(disk, into, parentOf(to) ?? into);
		const said = await write(agent, to, member, content);
		refuseOther(member.name, target.entry, said);
		found.set(target.path, entryOf(agent, member, target, said));
	});
	for (const name of missing) throw lacking(name);
	const entries = settle(agent, found, into);
	const bytes = entries.reduce((sum, { size }) => sum + size, 0);
	return { entries: withDirectories(entries), bytes };
}

interface Said {
	readonly size: number;
	readonly sha256: string;
	/** As of a database. */
	readonly content: string;
}

async function write(
	agent: Agent,
	to: string,
	{ name, size }: Listed,
	chunks: AsyncIterable<Uint8Array>,
): Promise<Said> {
	const { system, patience } = agent;
	const { disk } = system;
	const file = disk.open(to, "create", 0o600);
	const sha256 = createHash("sha256");
	const content = new ContentHash();
	let written = 0;
	patience.progress?.at(name);
	try {
		for await (const chunk of chunks) {
			written += chunk.length;
			if (written > size) throw larger(name, size);
			writeFully(disk, file, chunk);
			sha256.update(chunk);
			content.update(chunk);
			patience.progress?.add(chunk.length);
			await breathe(system, patience);
		}
	} finally {
		disk.close(file);
	}
	return {
		size: written,
		sha256: sha256.digest("hex"),
		content: content.digest(),
	};
}

function larger(name: string, size: number): SnapshotError {
	return new SnapshotError(
		"damaged",
		`The archive says that ${JSON.stringify(name)} has ${size} bytes, and it has more. Nothing was changed.`,
		{ hint: "Take another copy of it, and none that you do not know." },
	);
}

function lacking(name: string): SnapshotError {
	return new SnapshotError(
		"damaged",
		`The archive is damaged: it lacks ${name}, which it says was packed. Nothing was changed.`,
		{ hint: "Take another copy of it." },
	);
}

function refuseOther(
	name: string,
	entry: FileEntry | undefined,
	{ sha256, size }: Said,
): void {
	if (entry === undefined) return;
	if (entry.size === size && entry.sha256 === sha256) return;
	throw new SnapshotError(
		"damaged",
		`The archive is damaged: ${name} is not what was packed. Nothing was changed.`,
		{ hint: "Take another copy of it." },
	);
}

/** Secrets are for their owner alone, whatever an archive says. */
function entryOf(
	{ host }: Agent,
	{ mode, mtime }: Listed,
	{ path, entry }: Target,
	{ size, sha256 }: Said,
): FileEntry {
	const said = entry?.mode ?? mode ?? 0o600;
	const common = {
		path,
		size,
		sha256,
		mode: isSecretFile(host, path) ? 0o600 : said & 0o777,
		mtime: entry?.mtime ?? mtime ?? 0,
	};
	if (entry === undefined) return { ...common, kind: "file" };
	return { ...entry, ...common };
}

/** Tells databases from files where no manifest has, and leaves none of their logs. */
function settle(
	agent: Agent,
	found: ReadonlyMap<string, FileEntry>,
	into: string,
): FileEntry[] {
	const { system, patience } = agent;
	const { disk, sqlite } = system;
	const isDatabase = (path: string) =>
		found.has(path) &&
		new DatabaseHeader(readBeginning(disk, `${into}/${path}`, 100)).isSqlite;
	const isLog = (path: string) => {
		const owner = databaseOfSidecar(path);
		return owner !== undefined && isDatabase(owner);
	};
	const pause = () => checkPatience(patience, system.clock.monotonic());
	const entries: FileEntry[] = [];
	for (const [path, entry] of found) {
		if (isLog(path)) continue;
		if (entry.kind === "database" || !isDatabase(path)) {
			entries.push(entry);
			continue;
		}
		const place = `${into}/${path}`;
		// What a program had not yet moved out of its log, SQLite moves now.
		disk.removeTree(`${place}-shm`);
		const header = new DatabaseHeader(readBeginning(disk, place, 100));
		makeWhole(sqlite, place, path);
		const { size, sha256, content } = hashDatabase(disk, place, pause);
		const database: DatabaseEntry = {
			path,
			size,
			sha256,
			content,
			kind: "database",
			mode: entry.mode,
			mtime: entry.mtime,
			journalMode: header.journalMode,
			checked: false,
		};
		entries.push(database);
	}
	for (const path of found.keys())
		if (isLog(path)) disk.removeTree(`${into}/${path}`);
	return entries;
}

function makeWhole(
	sqlite: Agent["system"]["sqlite"],
	place: string,
	path: string,
): void {
	try {
		sqlite.makePlain(place);
	} catch (error) {
		throw new SnapshotError(
			"damaged",
			`The archive is damaged: its ${path} is a database that cannot be opened. Nothing was changed.`,
			{ hint: "Take another copy of it.", cause: error },
		);
	}
}

function withDirectories(entries: readonly FileEntry[]): Entry[] {
	const above = new Set(entries.flatMap(({ path }) => ancestorsOf(path)));
	const directories = [...above].map(
		(path): Entry => ({ path, kind: "directory", mode: 0o700 }),
	);
	return [...directories, ...entries].sort((a, b) =>
		a.path < b.path ? -1 : 1,
	);
}
