import { createHash } from "node:crypto";
import { errorMessage } from "../../errors.ts";
import type { Disk, FileStat } from "../../system/system.ts";
import { ContentHash } from "../capture/content-hash.ts";
import { atOnce, type Work } from "../work.ts";
import { writeFully } from "./durable.ts";

const CHUNK = 1024 * 1024;
const SMALL = 64 * 1024;

export interface Copied {
	readonly size: number;
	/** Hex. */
	readonly sha256: string;
	/** What the source was when it was opened. */
	readonly stat: FileStat;
}

/**
 * Copies one regular file to a new one, private from its first byte, and hashes it on the way.
 * Never follows a link; not yet durable: see `syncFile`.
 */
export function* copyingFile(
	disk: Disk,
	from: string,
	to: string,
	mode = 0o600,
): Work<Copied> {
	const source = openRegular(disk, from);
	try {
		// Small ones lie inside of directories' blocks on some disks, and are copied as fast.
		if (source.stat.size >= SMALL && disk.clone(source.file, to, mode)) {
			const { size, sha256 } = yield* hashingFile(disk, to);
			return { size, sha256, stat: source.stat };
		}
		return yield* copyingChunks(disk, source, to, mode);
	} finally {
		disk.close(source.file);
	}
}

function* copyingChunks(
	disk: Disk,
	source: Source,
	to: string,
	mode: number,
): Work<Copied> {
	const target = disk.open(to, "create", mode);
	const use = (chunk: Uint8Array) => writeFully(disk, target, chunk);
	try {
		return yield* chunksOf(disk, source, use);
	} finally {
		disk.close(target);
	}
}

/** As `copyingFile`, at once. `pause` is called between chunks and may throw to end it. */
export function copyFile(
	disk: Disk,
	from: string,
	to: string,
	pause: () => void,
	mode?: number,
): Copied {
	return atOnce(copyingFile(disk, from, to, mode), pause);
}

/** As `copyingFile`, without the copy. */
export function hashingFile(disk: Disk, path: string): Work<Copied> {
	return readingChunks(disk, path, () => {});
}

export function hashFile(disk: Disk, path: string, pause: () => void): Copied {
	return atOnce(hashingFile(disk, path), pause);
}

/** Hashes a database of our own, once as it is and once for what it says: see `ContentHash`. */
export function* hashingDatabase(
	disk: Disk,
	path: string,
	partSize?: number,
): Work<Copied & { readonly content: string }> {
	const content = new ContentHash(partSize);
	const use = (chunk: Uint8Array) => content.update(chunk);
	const copied = yield* readingChunks(disk, path, use);
	return { ...copied, content: content.digest() };
}

/** The file that was to be read cannot be; all other errors of a copy are of the disk that it goes to. */
export class Unreadable extends Error {}

/** Reads one regular file from its beginning to its end, and hashes it. */
export function* readingChunks(
	disk: Disk,
	path: string,
	use: (chunk: Uint8Array) => void,
): Work<Copied> {
	const source = openRegular(disk, path);
	try {
		return yield* chunksOf(disk, source, use);
	} finally {
		disk.close(source.file);
	}
}

interface Source {
	readonly file: number;
	readonly stat: FileStat;
}

function openRegular(disk: Disk, path: string): Source {
	const file = reading(() => disk.open(path, "read"));
	try {
		const stat = reading(() => disk.statOpen(file));
		if (stat.kind !== "file") throw new Unreadable("it is no regular file");
		// A directory on the way may have become a link since it was looked at.
		const real = reading(() => disk.pathOf(file)) ?? path;
		// Renamed over since it was opened, as agents do to write whole files: what we hold was whole, and lay at its place.
		if (real !== path && real !== `${path} (deleted)`)
			throw new Unreadable("it was exchanged while it was read");
		return { file, stat };
	} catch (error) {
		disk.close(file);
		throw error;
	}
}

function* chunksOf(
	disk: Disk,
	{ file, stat }: Source,
	use: (chunk: Uint8Array) => void,
): Work<Copied> {
	const hash = createHash("sha256");
	const buffer = takeBuffer(stat.size);
	let size = 0;
	for (;;) {
		const read = reading(() => disk.read(file, buffer));
		if (read === 0) break;
		const chunk = buffer.subarray(0, read);
		hash.update(chunk);
		use(chunk);
		size += read;
		yield read;
	}
	if (buffer.length === CHUNK) spare = buffer;
	return { size, sha256: hash.digest("hex"), stat };
}

/** Of the large file that was read last: what is allocated for each of thousands of parts is freed late. */
let spare: Buffer | undefined;

/** Small files get a small buffer: allocating a megabyte 5,000 times is slower than copying them. */
function takeBuffer(size: number): Buffer {
	if (size < SMALL) return Buffer.allocUnsafe(size + 1);
	const buffer = spare ?? Buffer.allocUnsafe(CHUNK);
	spare = undefined; // one file may be read while another is
	return buffer;
}

/** @throws Unreadable in place of what the disk says */
export function reading<T>(read: () => T): T {
	try {
		return read();
	} catch (error) {
		throw new Unreadable(errorMessage(error), { cause: error });
	}
}
