import { contentOfParts, sha256Of } from "../capture/content-hash.ts";
import { type Entry, type FileEntry, isFile } from "../capture/entry.ts";
import type { Agent } from "../home/agent.ts";
import type { Manifest } from "../manifest/manifest.ts";
import {
	cutInto,
	type Parts,
	partLength,
	partName,
	partSizeFor,
} from "../parts/parts.ts";
import { asDamage, readingStored } from "../parts/stored-file.ts";
import { verifySnapshot } from "../verify/verify.ts";
import { inTurns } from "../work.ts";

/** A snapshot as it is, or will be, on the disk. */
export interface Form {
	readonly folder: string;
	readonly entries: ReadonlyMap<string, Entry>;
}

/** One file on the disk. */
export interface Piece {
	/** Below the snapshot's folder. */
	readonly path: string;
	/** Where its bytes begin in the captured file. */
	readonly offset: number;
	readonly bytes: number;
	/** Hex. */
	readonly sha256: string;
}

/**
 * The entries of a snapshot as they will be when it is compact: all of it is read and compared with its hashes, and
 * what is large and whole is cut into parts. Hermes' own stay whole: in parts Hermes could not restore them.
 * @throws SnapshotError `damaged`
 */
export async function compactEntries(
	agent: Agent,
	manifest: Manifest,
	before: Form | undefined,
	partsFrom: number,
): Promise<Entry[]> {
	const isOurs = manifest.sequence !== undefined;
	const isCut = (entry: Entry): entry is FileEntry =>
		isOurs && isFile(entry) && !entry.parts && entry.size >= partsFrom;
	const cut = new Set(manifest.entries.filter(isCut).map(({ path }) => path));
	const isWhole = (path: string) => !cut.has(path);
	const { entries } = await verifySnapshot(agent, manifest, isWhole);
	const planned: Entry[] = [];
	for (const entry of entries)
		planned.push(
			isCut(entry) ? await cutUp(agent, manifest.id, entry, before) : entry,
		);
	return planned;
}

async function cutUp(
	{ system, store, patience }: Agent,
	id: string,
	entry: FileEntry,
	before: Form | undefined,
): Promise<FileEntry> {
	const other = before?.entries.get(entry.path);
	const size = partSizeFor(
		entry.size,
		other && isFile(other) ? other.parts?.size : undefined,
	);
	const hashes: string[] = [];
	let first: Uint8Array = new Uint8Array();
	const { use, end } = cutInto(size, (part) => {
		if (hashes.length === 0) first = Uint8Array.from(part);
		hashes.push(sha256Of(part));
	});
	try {
		const folder = `${store.directory}/${id}`;
		const reading = readingStored(system.disk, folder, entry, use);
		patience.progress?.at(entry.path);
		await inTurns(system, patience, reading);
	} catch (error) {
		throw asDamage(error, id, entry.path);
	}
	end();
	const parts: Parts = { size, sha256: hashes };
	if (entry.kind === "file") return { ...entry, parts };
	const { sha256: _, ...rest } = entry;
	return { ...rest, parts, content: contentOfParts(first, hashes) };
}

/** The files on the disk that an entry is kept in. */
export function piecesOf(entry: FileEntry): Piece[] {
	const { path, size, parts, sha256 = "" } = entry;
	if (parts === undefined) return [{ path, offset: 0, bytes: size, sha256 }];
	return parts.sha256.map((hash, index) => ({
		path: `${path}/${partName(index)}`,
		offset: index * parts.size,
		bytes: partLength(size, parts.size, index),
		sha256: hash,
	}));
}

/** The pieces of an entry that the snapshot before has in the same place, by path. */
export function sharedWith(
	before: Form | undefined,
	entry: FileEntry,
): Set<string> {
	const other = before?.entries.get(entry.path);
	if (other === undefined || !isFile(other)) return new Set();
	if (other.parts?.size !== entry.parts?.size) return new Set();
	const there = new Map(piecesOf(other).map((one) => [one.path, one]));
	return new Set(
		piecesOf(entry)
			.filter(({ path, bytes, sha256 }) => {
				const same = there.get(path);
				return sha256 !== "" && same?.sha256 === sha256 && same.bytes === bytes;
			})
			.map(({ path }) => path),
	);
}
