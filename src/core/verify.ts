import { SnapshotError } from "../errors.ts";
import type { Disk } from "../system/system.ts";
import type { Agent } from "./agent.ts";
import { type Base, noteVerified } from "./base.ts";
import { hashDatabase } from "./copy.ts";
import { DatabaseHeader } from "./database-header.ts";
import { readBeginning } from "./durable.ts";
import type { Entry, FileEntry } from "./entry.ts";
import { isFile } from "./entry.ts";
import type { Manifest } from "./manifest.ts";
import { clashingNames } from "./manifest-paths.ts";
import { STORE_NAME } from "./paths.ts";
import { checkPatience } from "./patience.ts";
import { readManifest } from "./store.ts";
import {
	asDamage,
	filesOf,
	isUntouched,
	readStored,
	refuseMissing,
} from "./stored-file.ts";

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

/**
 * What a restore needs before it knows which files it will put in: those are compared with their hashes when they are
 * staged, and the others need not be read. Files of Hermes' snapshots, which have no hash, are read.
 * @throws SnapshotError `damaged`, naming the file
 */
export function lookAtSnapshot(
	agent: Agent,
	manifest: Manifest,
	isWanted: (path: string) => boolean,
): Manifest {
	refuseClash(agent, manifest);
	const entries = manifest.entries.map((entry) => {
		if (!isFile(entry) || !isWanted(entry.path)) return entry;
		if (entry.sha256 === undefined && entry.parts === undefined)
			return verifyFile(agent, manifest.id, entry);
		lookAtFile(agent, manifest.id, entry);
		return entry;
	});
	return { ...manifest, entries };
}

function lookAtFile({ system, store }: Agent, id: string, entry: FileEntry) {
	try {
		refuseMissing(system.disk, `${store.directory}/${id}`, entry);
	} catch (error) {
		throw asDamage(error, id, entry.path);
	}
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

/**
 * As `damageIn`, of a snapshot that is relied on day after day: read once a day, and otherwise only looked at for what
 * somebody has removed or written to.
 */
export function damageSince(agent: Agent, base: Base): Damage | undefined {
	if (base.isFresh && isAllThere(agent, base)) return undefined;
	const damage = damageIn(agent, base.id);
	if (damage === undefined) noteVerified(agent, base.id);
	return damage;
}

/** Every file of it is there as it was left. */
export function isAllThere(
	{ system: { disk } }: Agent,
	{ folder, entries, sealed }: Base,
): boolean {
	for (const entry of entries.values()) {
		if (!isFile(entry)) continue;
		for (const { path, size } of filesOf(folder, entry))
			if (!isUntouched(disk.stat(path), size, sealed)) return false;
	}
	return true;
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

function verifyFile(agent: Agent, id: string, entry: FileEntry): Entry {
	const { system, store, patience } = agent;
	const pause = () => checkPatience(patience, system.clock.monotonic());
	const folder = `${store.directory}/${id}`;
	try {
		const use = () => {};
		const sha256 = readStored(system.disk, folder, entry, { use, pause });
		return entry.sha256 === undefined && sha256 !== undefined
			? identify(system.disk, `${folder}/${entry.path}`, entry, sha256, pause)
			: entry;
	} catch (error) {
		throw asDamage(error, id, entry.path);
	}
}

/** Hermes does not say what is a database, nor its hash. */
function identify(
	disk: Disk,
	at: string,
	{ path, size, mode, mtime }: FileEntry,
	sha256: string,
	pause: () => void,
): Entry {
	const common = { path, size, mode, mtime, sha256 };
	const header = new DatabaseHeader(readBeginning(disk, at, 100));
	if (!header.isSqlite) return { ...common, kind: "file" };
	const { content } = hashDatabase(disk, at, pause);
	const { journalMode } = header;
	return { ...common, kind: "database", content, journalMode, checked: false };
}
