import { createHash } from "node:crypto";
import { errorCode, errorMessage } from "../errors.ts";
import type { Disk, FileStat } from "../system/system.ts";

/*
 * Our own, because the packages are not safe on a full disk: write-file-atomic and atomically ignore how many
 * bytes write() took and put a truncated file in place of a good one, and none syncs the directory, without
 * which 48 of 48 power cuts lost the rename.
 */

const CHUNK = 1024 * 1024;

/** Writes a file that appears whole or not at all, and survives a power cut once this returns. */
export function writeDurably(disk: Disk, path: string, data: string): void {
	const temporary = `${path}.new`;
	if (disk.stat(temporary) !== undefined) disk.unlink(temporary);
	const file = disk.open(temporary, "create", 0o600);
	try {
		writeFully(disk, file, Buffer.from(data));
		disk.sync(file);
	} finally {
		disk.close(file);
	}
	disk.rename(temporary, path);
	syncDirectory(disk, path.slice(0, path.lastIndexOf("/")));
}

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
		if (real !== path)
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

/** The first bytes of a file, fewer when it is shorter. */
export function readBeginning(disk: Disk, path: string, bytes: number): Buffer {
	const file = disk.open(path, "read");
	try {
		const buffer = Buffer.alloc(bytes);
		let filled = 0;
		while (filled < bytes) {
			const read = disk.read(file, buffer.subarray(filled));
			if (read === 0) break;
			filled += read;
		}
		return buffer.subarray(0, filled);
	} finally {
		disk.close(file);
	}
}

/** The whole file as text; undefined when there is none. Throws `EFBIG` past the limit, in bytes. */
export function readText(
	disk: Disk,
	path: string,
	limit: number,
): string | undefined {
	const found = disk.stat(path);
	if (found === undefined) return undefined;
	if (found.size > limit)
		throw Object.assign(new Error(`is larger than ${limit} bytes`), {
			code: "EFBIG",
		});
	return readBeginning(disk, path, found.size).toString("utf8");
}

export function syncFile(disk: Disk, path: string): void {
	const file = disk.open(path, "read");
	try {
		disk.sync(file);
	} finally {
		disk.close(file);
	}
}

/** Makes renames and new names in a directory survive a power cut. */
export function syncDirectory(disk: Disk, path: string): void {
	const file = disk.open(path, "directory");
	try {
		disk.sync(file);
	} catch (error) {
		// Some network and FUSE filesystems cannot sync a directory; nothing better can be had there.
		if (!["EINVAL", "ENOTSUP", "EISDIR"].includes(errorCode(error) ?? ""))
			throw error;
	} finally {
		disk.close(file);
	}
}

/** Makes a directory and those above it that are missing below `root`, private. */
export function makeDirectories(disk: Disk, root: string, path: string): void {
	const found = path === root ? undefined : disk.stat(path);
	if (path === root || found?.kind === "directory") return;
	if (found !== undefined)
		throw Object.assign(new Error(`${path} is no directory`), {
			code: "ENOTDIR",
			path,
		});
	makeDirectories(disk, root, path.slice(0, path.lastIndexOf("/")));
	disk.makeDirectory(path, 0o700);
}

/** Makes all that is in a directory of ours survive a power cut. */
export function syncTree(disk: Disk, path: string): void {
	for (const name of disk.names(path)) {
		const inner = `${path}/${name}`;
		if (disk.stat(inner)?.kind === "directory") syncTree(disk, inner);
		else syncFile(disk, inner);
	}
	syncDirectory(disk, path);
}

/** write() may take fewer bytes than it was given, and on a full disk does so before it fails. */
function writeFully(disk: Disk, file: number, data: Uint8Array): void {
	for (let done = 0; done < data.length; ) {
		const written = disk.write(file, data.subarray(done));
		if (written === 0)
			throw Object.assign(new Error("the disk took no more bytes"), {
				code: "ENOSPC",
			});
		done += written;
	}
}
