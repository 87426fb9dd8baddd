import { errorCode } from "../../errors.ts";
import type { Disk, Glimpse, Patience, System } from "../../system/system.ts";
import { type Shared, type Survey, surveyOf } from "../capture/survey.ts";
import { inTurns, type Work } from "../work.ts";

/*
 * Our own, because the packages are not safe on a full disk: write-file-atomic and atomically ignore how many
 * bytes write() took and put a truncated file in place of a good one, and none syncs the directory, without
 * which 48 of 48 power cuts lost the rename.
 */

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

/** Writes a file that appears whole or not at all, and that may be gone after a power cut: for what can be found out anew. */
export function writeQuickly(disk: Disk, path: string, data: string): void {
	const temporary = `${path}.new`;
	disk.removeTree(temporary);
	const file = disk.open(temporary, "create", 0o600);
	try {
		writeFully(disk, file, Buffer.from(data));
	} finally {
		disk.close(file);
	}
	disk.rename(temporary, path);
}

/** The first bytes of a file, fewer when it is shorter. */
export function readBeginning(disk: Disk, path: string, bytes: number): Buffer {
	const file = disk.open(path, "read");
	try {
		const buffer = Buffer.allocUnsafe(bytes);
		return buffer.subarray(0, readFully(disk, file, buffer));
	} finally {
		disk.close(file);
	}
}

/** Reads on until it is full, or the file ends. Returns how many bytes there are. */
export function readFully(disk: Disk, file: number, into: Uint8Array): number {
	let filled = 0;
	while (filled < into.length) {
		const read = disk.read(file, into.subarray(filled));
		if (read === 0) break;
		filled += read;
	}
	return filled;
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

/**
 * Makes a directory and those above it that are missing below `root`, private.
 * @param made called with each one that was missing
 */
export function makeDirectories(
	disk: Disk,
	root: string,
	path: string,
	made: (path: string) => void = () => {},
): void {
	const found = path === root ? undefined : disk.glance(path);
	if (path === root || found?.kind === "directory") return;
	if (found !== undefined)
		throw Object.assign(new Error(`${path} is no directory`), {
			code: "ENOTDIR",
			path,
		});
	makeDirectories(disk, root, path.slice(0, path.lastIndexOf("/")), made);
	disk.makeDirectory(path, 0o700);
	made(path);
}

/**
 * From so many new files and directories on one barrier for all of their filesystem is tried: it takes the time of some 70 fsyncs where
 * one is quick, and of less where one is slow.
 */
export const MANY_FILES = 100;

/**
 * Makes all that is in a directory of ours survive a power cut.
 * @param isNew false for a file that did so already, under another name (a hard link): only its new name is made to
 * @param shared of which that is known
 */
export function* syncingTree(
	disk: Disk,
	path: string,
	isNew: (file: Glimpse) => boolean = () => true,
	shared?: Shared,
): Work<Survey> {
	const survey = surveyOf(disk, path, shared);
	const files = survey.files.filter(({ stat }) => isNew(stat));
	// Each directory takes as long as a file.
	const count = files.length + survey.directories.length;
	if (count >= MANY_FILES && disk.syncAll(path)) return survey;
	for (const file of files) {
		yield 0;
		syncFile(disk, file.path);
	}
	for (const directory of survey.directories)
		syncDirectory(disk, directory.path);
	return survey;
}

/** As `syncingTree`, of a snapshot that is being made: what has another name is a file of another one, and durable. */
export function syncNew(
	system: System,
	patience: Patience,
	folder: string,
	shared?: Shared,
): Promise<Survey> {
	patience.progress?.begin("writing");
	const isNew = ({ links }: Glimpse) => links === 1;
	const syncing = syncingTree(system.disk, folder, isNew, shared);
	return inTurns(system, patience, syncing);
}

/** A file that must not be there yet. Not yet durable. */
export function writeNew(
	disk: Disk,
	path: string,
	data: Uint8Array,
	mode: number,
): void {
	const file = disk.open(path, "create", mode);
	try {
		writeFully(disk, file, data);
	} finally {
		disk.close(file);
	}
}

/** write() may take fewer bytes than it was given, and on a full disk does so before it fails. */
export function writeFully(disk: Disk, file: number, data: Uint8Array): void {
	for (let done = 0; done < data.length; ) {
		const written = disk.write(file, data.subarray(done));
		if (written === 0)
			throw Object.assign(new Error("the disk took no more bytes"), {
				code: "ENOSPC",
			});
		done += written;
	}
}
