import { SnapshotError } from "../../errors.ts";
import type { FileEntry } from "../capture/entry.ts";
import type { Agent } from "../home/agent.ts";
import { partLength, partName } from "../parts/parts.ts";
import {
	asDamage,
	readingStored,
	refuseMissing,
} from "../parts/stored-file.ts";
import { breathe, inTurns } from "../work.ts";

/**
 * The first bytes of a file of a snapshot, of which all is read and compared with its hashes before this returns.
 * @throws SnapshotError `damaged`
 */
export async function readStored(
	{ system, store, patience }: Agent,
	id: string,
	entry: FileEntry,
	limit: number,
): Promise<Buffer> {
	const folder = `${store.directory}/${id}`;
	const read = Buffer.alloc(Math.min(entry.size, limit));
	let filled = 0;
	const use = (chunk: Uint8Array) => {
		const wanted = chunk.subarray(0, read.length - filled);
		read.set(wanted, filled);
		filled += wanted.length;
	};
	patience.progress?.begin("verifying", entry.size);
	patience.progress?.at(entry.path);
	try {
		await inTurns(
			system,
			patience,
			readingStored(system.disk, folder, entry, use),
		);
	} catch (error) {
		throw asDamage(error, id, entry.path);
	}
	return read.subarray(0, filled);
}

/**
 * The first bytes, compared with nothing: to tell what kind of file it is. What is none any more (SQLite would wait for ever
 * at a FIFO), or is shorter, is refused.
 * @throws SnapshotError `damaged`
 */
export function beginningOf(
	{ system: { disk }, store }: Agent,
	id: string,
	entry: FileEntry,
	bytes: number,
): Buffer {
	const { path, size, parts } = entry;
	const folder = `${store.directory}/${id}`;
	const whole = `${folder}/${path}`;
	const [at, length] =
		parts === undefined
			? [whole, size]
			: [`${whole}/${partName(0)}`, partLength(size, parts.size, 0)];
	try {
		refuseMissing(disk, folder, entry);
		const file = disk.open(at, "read");
		try {
			const buffer = Buffer.alloc(Math.min(bytes, length));
			return buffer.subarray(0, disk.read(file, buffer));
		} finally {
			disk.close(file);
		}
	} catch (error) {
		throw asDamage(error, id, path);
	}
}

/**
 * A file as it lies in a snapshot's folder, piece by piece: whether it was whole is known in the end.
 * @throws Ruined, Unreadable
 */
export async function* storedChunks(
	{ system, patience }: Agent,
	folder: string,
	entry: FileEntry,
): AsyncGenerator<Uint8Array> {
	const waiting: Uint8Array[] = [];
	// The one who reads uses his buffer again.
	const keep = (chunk: Uint8Array) => waiting.push(Uint8Array.from(chunk));
	const work = readingStored(system.disk, folder, entry, keep);
	try {
		for (let next = work.next(); ; next = work.next()) {
			yield* waiting.splice(0);
			if (next.done) return;
			patience.progress?.add(next.value);
			await breathe(system, patience);
		}
	} finally {
		work.return(undefined);
	}
}

/**
 * Hands a file out while it is read.
 * @throws SnapshotError `damaged` when it was not whole
 */
export async function pourStored(
	agent: Agent,
	id: string,
	entry: FileEntry,
	use: (chunk: Uint8Array) => Promise<void>,
): Promise<void> {
	const folder = `${agent.store.directory}/${id}`;
	try {
		for await (const chunk of storedChunks(agent, folder, entry))
			await use(chunk);
	} catch (error) {
		throw notWhole(asDamage(error, id, entry.path), entry.path);
	}
}

function notWhole(error: unknown, path: string): unknown {
	if (!(error instanceof SnapshotError && error.code === "damaged"))
		return error;
	return new SnapshotError(
		"damaged",
		`What was printed of ${path} is not what was captured. ${error.message}`,
		{ hint: error.hint ?? "", cause: error },
	);
}
