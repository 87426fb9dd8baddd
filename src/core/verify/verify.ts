import { reasonIn, SnapshotError } from "../../errors.ts";
import type { Disk } from "../../system/system.ts";
import { type Base, noteVerified } from "../capture/base.ts";
import {
	type Entry,
	type FileEntry,
	isFile,
	totalOf,
} from "../capture/entry.ts";
import { hashingDatabase } from "../files/copy.ts";
import { DatabaseHeader } from "../files/database-header.ts";
import { readBeginning } from "../files/durable.ts";
import type { Agent } from "../home/agent.ts";
import { STORE_NAME } from "../home/paths.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { clashingNames } from "../manifest/manifest-paths.ts";
import {
	asDamage,
	readingStored,
	refuseMissing,
} from "../parts/stored-file.ts";
import { readManifest } from "../store/store.ts";
import { inTurns, type Work } from "../work.ts";
import { asLeft, isKnownSound, isThere } from "./as-left.ts";

/**
 * Reads every file of a snapshot and compares it with its hash; those of Hermes' snapshots, which have none, with
 * their size. Returns the manifest with the hash of each known.
 * @param isWanted Others are not read: what is sound can be had from a snapshot that is damaged elsewhere.
 * @throws SnapshotError `damaged`, naming the file
 */
export async function verifySnapshot(
	agent: Agent,
	manifest: Manifest,
	isWanted: (path: string) => boolean = () => true,
): Promise<Manifest> {
	const { system, patience } = agent;
	refuseClash(agent, manifest);
	const wanted = manifest.entries
		.filter(isFile)
		.filter(({ path }) => isWanted(path));
	patience.progress?.begin("verifying", totalOf(wanted));
	const entries: Entry[] = [];
	for (const entry of manifest.entries) {
		const isRead = isFile(entry) && isWanted(entry.path);
		entries.push(
			isRead
				? await inTurns(system, patience, verifying(agent, manifest.id, entry))
				: entry,
		);
	}
	return { ...manifest, entries };
}

/** "none": nothing says that it is not as it was left; "touched": what was written to since is; "all" of it is. */
type Doubt = "none" | "touched" | "all";

/**
 * What a restore needs before it knows which files it will put in: those are compared with their hashes when they are
 * staged, and the others need not be read. Files of Hermes' snapshots, which have no hash, are read, and so is what is in
 * doubt: that the present is as it was captured does not make a snapshot sound.
 * @throws SnapshotError `damaged`, naming the file
 */
export async function lookAtSnapshot(
	agent: Agent,
	manifest: Manifest,
	isWanted: (path: string) => boolean,
	doubt: Doubt = "none",
): Promise<Manifest> {
	const base = asLeft(agent, manifest);
	const isRead = (entry: Entry) =>
		isFile(entry) &&
		((entry.sha256 === undefined && entry.parts === undefined) ||
			doubt === "all" ||
			(doubt === "touched" && !isThere(agent, base, entry)));
	for (const entry of manifest.entries)
		if (isFile(entry) && isWanted(entry.path) && !isRead(entry))
			lookAtFile(agent, manifest.id, entry);
	const unknown = new Set(
		manifest.entries.filter(isRead).map(({ path }) => path),
	);
	return verifySnapshot(
		agent,
		manifest,
		(path) => isWanted(path) && unknown.has(path),
	);
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
export async function damageIn(
	agent: Agent,
	id: string,
): Promise<Damage | undefined> {
	const { system, store } = agent;
	try {
		await verifySnapshot(agent, readManifest(system.disk, store, id));
		return undefined;
	} catch (error) {
		if (!(error instanceof SnapshotError && error.code === "damaged"))
			throw error;
		return { id, what: reasonIn(error.message) };
	}
}

/**
 * As `damageIn`, of a snapshot that is relied on day after day: read once a day, and otherwise only looked at for what
 * somebody has removed or written to.
 */
export async function damageSince(
	agent: Agent,
	base: Base,
): Promise<Damage | undefined> {
	const isRead = !isKnownSound(agent, base);
	const damage = isRead ? await damageIn(agent, base.id) : undefined;
	if (isRead && damage === undefined) noteVerified(agent, base.id);
	return damage;
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

function* verifying(
	{ system: { disk }, store, patience }: Agent,
	id: string,
	entry: FileEntry,
): Work<Entry> {
	const folder = `${store.directory}/${id}`;
	patience.progress?.at(entry.path);
	try {
		const sha256 = yield* readingStored(disk, folder, entry);
		return entry.sha256 === undefined && sha256 !== undefined
			? yield* identifying(disk, `${folder}/${entry.path}`, entry, sha256)
			: entry;
	} catch (error) {
		throw asDamage(error, id, entry.path);
	}
}

/** Hermes does not say what is a database, nor its hash. */
function* identifying(
	disk: Disk,
	at: string,
	{ path, size, mode, mtime }: FileEntry,
	sha256: string,
): Work<Entry> {
	const common = { path, size, mode, mtime, sha256 };
	const header = new DatabaseHeader(readBeginning(disk, at, 100));
	if (!header.isSqlite) return { ...common, kind: "file" };
	const { content } = yield* hashingDatabase(disk, at);
	const { journalMode } = header;
	return { ...common, kind: "database", content, journalMode, checked: false };
}
