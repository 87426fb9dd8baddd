import { createHash } from "node:crypto";
import { errorMessage } from "../errors.ts";
import type { Disk, FileStat } from "../system/system.ts";
import { writeFully } from "./durable.ts";

const CHUNK = 1024 * 1024;

export interface Copied {
	readonly size: number;
	/** Hex. */
	readonly sha256: string;
	/** What the source was when it was opened. */
	readonly stat: FileStat;
}

/**
 * Copies one regular file to a new one, private from its first byte, and hashes it on the way.
 * `pause` is called between chunks and may throw to end it. Never follows a link; not yet durable: see `syncFile`.
 */
export function copyFile(
	disk: Disk,
	from: string,
	to: string,
	pause: () => void,
): Copied {
	const target = disk.open(to, "create", 0o600);
	const use = (chunk: Uint8Array) => writeFully(disk, target, chunk);
	try {
		return eachChunk(disk, from, use, pause);
	} finally {
		disk.close(target);
	}
}

/** As `copyFile`, without the copy. */
export function hashFile(disk: Disk, path: string, pause: () => void): Copied {
	return eachChunk(disk, path, () => {}, pause);
}

/**
 * Hashes a database of our own, once as it is and once without the header fields that SQLite changes by
 * itself (journal mode 18-19, change counter 24-27, schema cookie 40-43, version 92-99): a database that was
 * written back through SQLite, or moved to another journal mode, still has the same `content`.
 */
export function hashDatabase(
	disk: Disk,
	path: string,
	pause: () => void,
): Copied & { readonly content: string } {
	const content = createHash("sha256");
	let first = true;
	const use = (chunk: Uint8Array) => {
		content.update(first ? withoutVolatileHeader(chunk) : chunk);
		first = false;
	};
	const copied = eachChunk(disk, path, use, pause);
	return { ...copied, content: content.digest("hex") };
}

function withoutVolatileHeader(chunk: Uint8Array): Uint8Array {
	const masked = Uint8Array.from(chunk);
	for (const [from, to] of [
		[18, 20],
		[24, 28],
		[40, 44],
		[92, 100],
	] as const)
		masked.fill(0, from, to);
	return masked;
}

/** The file that was to be read cannot be; all other errors of a copy are of the disk that it goes to. */
export class Unreadable extends Error {}

function eachChunk(
	disk: Disk,
	path: string,
	use: (chunk: Uint8Array) => void,
	pause: () => void,
): Copied {
	const source = reading(() => disk.open(path, "read"));
	try {
		const stat = reading(() => disk.statOpen(source));
		if (stat.kind !== "file") throw new Unreadable("it is no regular file");
		// A directory on the way may have become a link since it was looked at.
		const real = reading(() => disk.pathOf(source)) ?? path;
		// Renamed over since it was opened, as agents do to write whole files: what we hold was whole, and lay at its place.
		if (real !== path && real !== `${path} (deleted)`)
			throw new Unreadable("it was exchanged while it was read");
		const hash = createHash("sha256");
		// Small files get a small buffer: allocating a megabyte 5,000 times is slower than copying them.
		const buffer = Buffer.allocUnsafe(Math.min(CHUNK, stat.size + 1));
		let size = 0;
		for (;;) {
			const read = reading(() => disk.read(source, buffer));
			if (read === 0) break;
			const chunk = buffer.subarray(0, read);
			hash.update(chunk);
			use(chunk);
			size += read;
			pause();
		}
		return { size, sha256: hash.digest("hex"), stat };
	} finally {
		disk.close(source);
	}
}

function reading<T>(read: () => T): T {
	try {
		return read();
	} catch (error) {
		throw new Unreadable(errorMessage(error), { cause: error });
	}
}
