import { errorCode, SnapshotError } from "../errors.ts";
import type { Agent } from "./agent.ts";
import { isFile } from "./assemble.ts";
import { hashDatabase, hashFile, Unreadable } from "./copy.ts";
import { DatabaseHeader } from "./database-header.ts";
import { readBeginning } from "./durable.ts";
import type { Entry, FileEntry, Manifest } from "./manifest.ts";
import { clashingNames } from "./manifest-paths.ts";
import { STORE_NAME } from "./paths.ts";
import { checkPatience } from "./patience.ts";
import { readManifest } from "./store.ts";

/**
 * Reads every file of a snapshot and compares it with its hash; those of Hermes' snapshots, which have none, with
 * their size. Returns the manifest with the hash of each known.
 * @param isWanted Others are not read: what is sound can be had from a snapshot that is damaged elsewhere.
 * @throws SnapshotError `damaged`, naming the file
 */
export function verifySnapshot(
	agent: Agent,
	manifest: Manifest,
	isWanted: (path: string) => boolean = () => true,
): Manifest {
	refuseClash(agent, manifest);
	const entries = manifest.entries.map((entry) =>
		isFile(entry) && isWanted(entry.path)
			? verifyFile(agent, manifest.id, entry)
			: entry,
	);
	return { ...manifest, entries };
}

export interface Damage {
	/** Of the snapshot. */
	readonly id: string;
	/** A sentence without its end. */
	readonly what: string;
}

/** Reads the whole snapshot: who is told that one will do must be able to restore it. Undefined: it is sound. */
export function damageIn(agent: Agent, id: string): Damage | undefined {
	const { system, store } = agent;
	try {
		verifySnapshot(agent, readManifest(system.disk, store, id));
		return undefined;
	} catch (error) {
		if (!(error instanceof SnapshotError && error.code === "damaged"))
			throw error;
		return { id, what: error.message.replace(/\. Nothing was changed\.$/, "") };
	}
}

/** A disk that ignores case would make one file of two, and take a directory for the link that is named almost like it. */
function refuseClash(
	{ system: { disk }, store }: Agent,
	{ id, entries }: Manifest,
): void {
	const clash = clashingNames(entries);
	if (clash === undefined) return;
	const loud = `${store.home}/${STORE_NAME.toUpperCase()}`;
	if (disk.stat(loud)?.inode !== disk.stat(store.directory)?.inode) return;
	const [one, other] = clash.map((path) => JSON.stringify(path));
	throw new SnapshotError(
		"damaged",
		`Snapshot ${id} holds ${one} and ${other}, which are one name on this disk. Nothing was changed.`,
		{
			hint: "It can be restored on a disk that tells upper from lower case.",
		},
	);
}

function verifyFile(
	{ system, store, patience }: Agent,
	id: string,
	entry: FileEntry,
): Entry {
	const { disk, clock } = system;
	const pause = () => checkPatience(patience, clock.monotonic());
	const path = `${store.directory}/${id}/${entry.path}`;
	try {
		if (disk.stat(path)?.kind === "directory")
			throw ruined(
				id,
				entry.path,
				"is kept in a form that this version cannot read",
			);
		const found = hashFile(disk, path, pause);
		if (found.size !== entry.size)
			throw ruined(
				id,
				entry.path,
				`has ${found.size} bytes instead of ${entry.size}`,
			);
		if (entry.sha256 === undefined) return identify(entry, found.sha256);
		if (found.sha256 !== entry.sha256)
			throw ruined(
				id,
				entry.path,
				"does not have the content that was captured",
			);
		return entry;
	} catch (error) {
		const cause = error instanceof Unreadable ? error.cause : error;
		const code = errorCode(cause) ?? "";
		const why = {
			ENOENT: "is missing",
			ENOTDIR: "is missing",
			ELOOP: "has become a link",
			EIO: "cannot be read",
			EACCES: "cannot be read",
		};
		if (Object.hasOwn(why, code))
			throw ruined(id, entry.path, why[code as keyof typeof why]);
		if (error instanceof Unreadable && cause === undefined)
			throw ruined(id, entry.path, "is no regular file inside the snapshot");
		throw cause;
	}

	/** Hermes does not say what is a database, nor its hash. */
	function identify(
		{ path: name, size, mode, mtime }: FileEntry,
		sha256: string,
	): Entry {
		const header = new DatabaseHeader(readBeginning(disk, path, 100));
		if (!header.isSqlite)
			return { path: name, kind: "file", size, mode, mtime, sha256 };
		const { content } = hashDatabase(disk, path, pause);
		return {
			path: name,
			kind: "database",
			size,
			mode,
			mtime,
			sha256,
			content,
			journalMode: header.journalMode,
			checked: false,
		};
	}
}

function ruined(id: string, path: string, why: string): SnapshotError {
	return new SnapshotError(
		"damaged",
		`Snapshot ${id} is damaged: ${path} ${why}. Nothing was changed.`,
		{
			hint: "Take another one: see `list`.",
		},
	);
}
