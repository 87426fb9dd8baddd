import { errorCode, SnapshotError } from "../../errors.ts";
import type { Disk, Glimpse } from "../../system/system.ts";
import type { FileEntry } from "../capture/entry.ts";
import {
	copyingFile,
	reading,
	readingChunks,
	Unreadable,
} from "../files/copy.ts";
import { writeFully } from "../files/durable.ts";
import type { Work } from "../work.ts";
import { type Parts, partLength, partName } from "./parts.ts";

/** A file of a snapshot is not what was captured. */
export class Ruined extends Error {
	/** The end of a sentence that begins with its path. */
	readonly why: string;

	constructor(why: string) {
		super(why);
		this.why = why;
	}
}

/**
 * Reads a captured file as it lies in a snapshot's folder, whole or in parts, and compares it with its hashes: what has
 * been handed out is right only when this returns. Hermes' own have no hash, and are compared by their size.
 * Returns the hash of one that is kept whole.
 * @throws Ruined, Unreadable
 */
export function* readingStored(
	disk: Disk,
	folder: string,
	entry: FileEntry,
	use: (chunk: Uint8Array) => void = () => {},
): Work<string | undefined> {
	const path = `${folder}/${entry.path}`;
	if (entry.parts !== undefined) {
		refuseOtherNames(disk, path, entry.parts);
		for (const index of entry.parts.sha256.keys())
			yield* readingPart(disk, `${path}/${partName(index)}`, entry, index, use);
		return undefined;
	}
	refuseDirectory(disk, path);
	return refuseOther(entry, yield* readingChunks(disk, path, use));
}

/** Copies one, in one piece. @throws as `readingStored` */
export function* copyingStored(
	disk: Disk,
	folder: string,
	entry: FileEntry,
	to: string,
): Work<void> {
	const path = `${folder}/${entry.path}`;
	if (entry.parts === undefined) {
		refuseDirectory(disk, path);
		refuseOther(entry, yield* copyingFile(disk, path, to));
		return;
	}
	const target = disk.open(to, "create", 0o600);
	const use = (chunk: Uint8Array) => writeFully(disk, target, chunk);
	try {
		yield* readingStored(disk, folder, entry, use);
	} finally {
		disk.close(target);
	}
}

const A_DIRECTORY = "is a directory where a file was captured";

function refuseDirectory(disk: Disk, path: string): void {
	if (reading(() => disk.glance(path))?.kind === "directory")
		throw new Ruined(A_DIRECTORY);
}

/** Returns the hash. */
function refuseOther(
	entry: FileEntry,
	{ size, sha256 }: { readonly size: number; readonly sha256: string },
): string {
	if (size !== entry.size) throw wrongSize(size, entry.size);
	if (entry.sha256 !== undefined && sha256 !== entry.sha256) throw OTHER;
	return sha256;
}

const OTHER = new Ruined("does not have the content that was captured");

function wrongSize(size: number, wanted: number, where = ""): Ruined {
	return new Ruined(`has ${size} bytes instead of ${wanted}${where}`);
}

/** One part, which lies at `path`. @throws as `readingStored` */
export function* readingPart(
	disk: Disk,
	path: string,
	{ size: bytes, parts }: FileEntry,
	index: number,
	use: (chunk: Uint8Array) => void = () => {},
): Work<void> {
	const { size, sha256 } = yield* readingChunks(disk, path, use);
	const where = ` in its part ${partName(index)}`;
	const length = partLength(bytes, parts?.size ?? bytes, index);
	if (size !== length) throw wrongSize(size, length, where);
	if (sha256 !== parts?.sha256[index])
		throw new Ruined(`does not have the content that was captured${where}`);
}

/** `cat` would take in what does not belong there. */
function refuseOtherNames(disk: Disk, folder: string, parts: Parts): void {
	const found = reading(() => disk.glance(folder));
	if (found === undefined) throw new Ruined("is missing");
	if (found.kind === "link") throw new Ruined("has become a link");
	if (found.kind !== "directory") throw new Ruined("is no folder of parts");
	const names = new Set(reading(() => disk.names(folder)));
	for (const index of parts.sha256.keys())
		if (!names.delete(partName(index)))
			throw new Ruined(`lacks its part ${partName(index)}`);
	const [other] = names;
	if (other !== undefined)
		throw new Ruined(`has something among its parts: ${JSON.stringify(other)}`);
}

/** Of the right size it is there, read or not. @throws Ruined */
export function refuseMissing(
	disk: Disk,
	folder: string,
	entry: FileEntry,
): void {
	const { path, parts } = entry;
	if (parts !== undefined) refuseOtherNames(disk, `${folder}/${path}`, parts);
	for (const file of filesOf(folder, entry)) {
		const found = reading(() => disk.glance(file.path));
		if (found === undefined) throw new Ruined("is missing");
		if (found.kind === "link") throw new Ruined("has become a link");
		if (found.kind === "directory" && parts === undefined)
			throw new Ruined(A_DIRECTORY);
		if (found.kind !== "file")
			throw new Ruined("is no regular file inside the snapshot");
		if (found.size !== file.size) throw wrongSize(found.size, file.size);
	}
}

/** Every file of it on the disk, in no order that matters, with the bytes that it must have. */
export function* filesOf(
	folder: string,
	{ path, size, parts }: FileEntry,
): Generator<{ readonly path: string; readonly size: number }> {
	const at = `${folder}/${path}`;
	if (parts === undefined) yield { path: at, size };
	else
		for (const index of parts.sha256.keys())
			yield {
				path: `${at}/${partName(index)}`,
				size: partLength(size, parts.size, index),
			};
}

/** A file of a snapshot as it was left: nobody has written to it since `sealed`, the time of the manifest, in ms. */
export function isUntouched(
	stat: Glimpse | undefined,
	size: number,
	sealed: number,
): boolean {
	return stat?.kind === "file" && stat.size === size && stat.mtime <= sealed;
}

/** A file of a snapshot that people could restore is not what was captured. */
export class SnapshotDamage extends SnapshotError {
	readonly id: string;
	readonly path: string;
	/** The end of a sentence that begins with its path. */
	readonly what: string;

	constructor(id: string, path: string, what: string, cause: unknown) {
		const said = `Snapshot ${id} is damaged: ${path} ${what}. Nothing was changed.`;
		super("damaged", said, { hint: "Take another one: see `list`.", cause });
		this.id = id;
		this.path = path;
		this.what = what;
	}
}

/** What the error says about the snapshot; other errors as they are. */
export function asDamage(error: unknown, id: string, path: string): unknown {
	const why = whyDamaged(error);
	if (why !== undefined) return new SnapshotDamage(id, path, why, error);
	return error instanceof Unreadable ? (error.cause ?? error) : error;
}

/** The end of a sentence that begins with the path; undefined: the error says nothing of what lies there. */
export function whyDamaged(error: unknown): string | undefined {
	if (error instanceof Ruined) return error.why;
	const cause = error instanceof Unreadable ? error.cause : error;
	if (error instanceof Unreadable && cause === undefined)
		return "is no regular file inside the snapshot";
	const why = {
		ENOENT: "is missing",
		ENOTDIR: "is missing",
		ELOOP: "has become a link",
		EISDIR: A_DIRECTORY,
		ENXIO: "is no regular file inside the snapshot",
		EIO: "cannot be read",
		EACCES: "cannot be read",
		EPERM: "cannot be read",
	};
	const code = errorCode(cause) ?? "";
	return Object.hasOwn(why, code) ? why[code as keyof typeof why] : undefined;
}
