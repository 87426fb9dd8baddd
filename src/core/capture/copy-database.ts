import { errorCode } from "../../errors.ts";
import type {
	PinnedDatabase,
	RawContent,
	System,
} from "../../system/system.ts";
import { asSingleFile } from "../files/database-header.ts";
import { makeDirectories, writeFully } from "../files/durable.ts";
import { parentOf } from "../home/paths.ts";
import { PartWriter } from "../parts/part-writer.ts";
import { partLength } from "../parts/parts.ts";
import { unreadParts } from "../parts/unread-parts.ts";
import { breathe } from "../work.ts";
import { storedBefore } from "./as-captured.ts";
import type { Taking } from "./capture.ts";
import { contentOfParts } from "./content-hash.ts";
import { discard } from "./copies.ts";
import { isSearched, type Search, startSearch } from "./damage-check.ts";
import type { DatabaseEntry } from "./entry.ts";
import { ChangedPages } from "./page-check.ts";

/** How a pinned database was copied. */
export type DatabaseImage =
	/** One file; `isPlain`: it says itself that it is one. */
	| { readonly form: "whole"; readonly isPlain: boolean }
	| {
			readonly form: "parts";
			readonly stored: Pick<
				DatabaseEntry,
				"size" | "parts" | "content" | "logMark"
			>;
			/** Of the pages that are not what they were in the snapshot before. */
			readonly isStrange: boolean;
			/** That of the whole, if it has begun. */
			readonly search: Search | undefined;
	  };

type InParts = Extract<DatabaseImage, { form: "parts" }>;

/**
 * Copies what a transaction sees: raw where that is known to be right, and through SQLite otherwise. What has tables to be
 * cleared is needed as one file first.
 */
export async function copyDatabase(
	system: System,
	taking: Taking,
	path: string,
	pin: PinnedDatabase,
): Promise<DatabaseImage> {
	const { disk } = system;
	const { into, partsFrom, cleared, patience } = taking;
	patience.progress?.at(path);
	const to = `${into}/${path}`;
	makeDirectories(disk, into, parentOf(to) ?? into);
	const { raw, size } = pin;
	if (raw === undefined) return copyThroughSqlite(taking, to, pin);
	try {
		return size >= partsFrom && !pin.hasRows(cleared(path))
			? await copyAndSearch(system, taking, path, pin, { raw, size })
			: await copyAsFile(system, taking, to, { raw, size });
	} catch (error) {
		if (errorCode(error) !== "NOT_AS_PINNED") throw error;
		discard(disk, into, path);
		makeDirectories(disk, into, parentOf(to) ?? into);
		return copyThroughSqlite(taking, to, pin);
	}
}

async function copyThroughSqlite(
	{ patience }: Taking,
	to: string,
	pin: PinnedDatabase,
): Promise<DatabaseImage> {
	await pin.copyTo(to, patience);
	return { form: "whole", isPlain: false };
}

interface Source {
	readonly raw: RawContent;
	readonly size: number;
}

async function copyAsFile(
	system: System,
	{ patience }: Taking,
	to: string,
	source: Source,
): Promise<DatabaseImage> {
	const { disk } = system;
	const buffer = Buffer.allocUnsafe(Math.min(1024 * 1024, source.size));
	const file = disk.open(to, "create", 0o600);
	try {
		for (let at = 0; at < source.size; at += buffer.length) {
			await breathe(system, patience);
			const chunk = nextOf(source, at, buffer);
			writeFully(disk, file, chunk);
			patience.progress?.add(chunk.length);
		}
	} finally {
		disk.close(file);
	}
	source.raw.confirm();
	return { form: "whole", isPlain: true };
}

/** Side by side, where all has to be searched for damage: each takes as long as the other. */
async function copyAndSearch(
	system: System,
	taking: Taking,
	path: string,
	{ journalMode }: PinnedDatabase,
	source: Source,
): Promise<DatabaseImage> {
	const before = storedBefore(taking.base, path, "database");
	const live = `${taking.home}/${path}`;
	const search = isSearched(system, taking, before)
		? undefined
		: startSearch(system, taking, live, journalMode === "wal");
	try {
		const image = await copyAsParts(system, taking, path, source);
		return { ...image, search };
	} catch (error) {
		search?.end();
		throw error;
	}
}

async function copyAsParts(
	system: System,
	taking: Taking,
	path: string,
	source: Source,
): Promise<Omit<InParts, "search">> {
	const { into, base, beforeWrite, patience, pause, tags } = taking;
	const { size } = source;
	const before = storedBefore(base, path, "database");
	const options = { to: `${into}/${path}`, bytes: size, base, before };
	const common = { beforeWrite, pause, tags, isHashedAside: true };
	const writer = new PartWriter(system.disk, { ...options, ...common });
	const { partSize } = writer;
	const buffer = Buffer.allocUnsafe(partSize);
	const first = Buffer.alloc(partLength(size, partSize, 0));
	const unread = unreadParts(system, taking, path, { raw: source.raw, writer });
	let changed: ChangedPages | undefined;
	try {
		for (let at = 0; at < size; at += partSize) {
			await breathe(system, patience);
			patience.progress?.add(Math.min(partSize, size - at));
			if (unread.isTakenOver(at)) continue;
			const part = nextOf(source, at, buffer);
			if (at === 0) first.set(part);
			const placed = writer.put(part);
			await writer.hashed();
			changed ??= new ChangedPages(first, size);
			if (placed.isNew && before !== undefined)
				changed.look(part, placed.before(), at);
		}
	} finally {
		unread.end();
	}
	const isStrange = changed?.isStrange(pageOf(source)) ?? false;
	source.raw.confirm();
	await writer.hashed(0);
	const { parts } = writer;
	const content = contentOfParts(first, parts.sha256);
	const stored = { size, parts, content, logMark: source.raw.mark };
	return { form: "parts", stored, isStrange };
}

function pageOf({ raw }: Source) {
	return (page: number, into: Uint8Array) =>
		raw.read((page - 1) * into.length, into) === into.length;
}

function nextOf({ raw, size }: Source, at: number, buffer: Buffer): Uint8Array {
	const bytes = buffer.subarray(0, Math.min(buffer.length, size - at));
	const got = raw.read(at, bytes);
	if (got !== bytes.length)
		throw new Error(`read ${got} bytes of ${bytes.length}`);
	if (at === 0) asSingleFile(bytes);
	return bytes;
}
