import type { DatabaseSchema, Disk, Glimpse } from "../../system/system.ts";
import { parentOf } from "../home/paths.ts";
import type { Scan } from "../home/scan.ts";
import type { DatabaseEntry, FileEntry } from "./entry.ts";
import type { Shared } from "./survey.ts";

/** What has been copied into a directory, so that another look copies only what has moved since. */
export interface Copies {
	readonly files: Map<string, FileCopy>;
	readonly databases: Map<string, DatabaseCopy>;
}

/** As long as the signature is the same, the original says what the copy says. */
export interface FileCopy {
	/** Of the copy: its mode is as old. */
	readonly entry: FileEntry & { readonly kind: "file" };
	readonly signature: string;
	/** The file of an older snapshot that it is a second name of. */
	readonly shared?: Glimpse;
}

export interface DatabaseCopy {
	readonly entry: DatabaseEntry;
	/** From before its transaction began. */
	readonly signature: string;
	/** Of one whose copy has gone. */
	readonly schema?: DatabaseSchema;
}

export function noCopies(): Copies {
	return { files: new Map(), databases: new Map() };
}

export function sharedIn({ files }: Copies): Shared {
	const shared = new Map<string, Glimpse>();
	for (const [path, copy] of files)
		if (copy.shared !== undefined) shared.set(path, copy.shared);
	return shared;
}

/** What has still to be copied. */
export function withoutCopied(found: Scan, { files, databases }: Copies): Scan {
	const members = found.members.filter(
		({ path }) => !files.has(path) && !databases.has(path),
	);
	return { ...found, members };
}

/** Copies of what is no file any more, or another one. */
export function dropMovedFiles(
	disk: Disk,
	into: string,
	{ members }: Scan,
	{ files }: Copies,
): void {
	if (files.size === 0) return;
	const current = new Map(members.map((member) => [member.path, member]));
	for (const [path, { signature }] of files) {
		const now = current.get(path);
		if (now?.kind === "file" && now.stat.signature === signature) continue;
		dropFile(disk, into, path, { files });
	}
}

export function dropFile(
	disk: Disk,
	into: string,
	path: string,
	{ files }: Pick<Copies, "files">,
): void {
	discard(disk, into, path);
	files.delete(path);
}

/** @param now signatures of the databases that are there */
export function dropMovedDatabases(
	disk: Disk,
	into: string,
	now: ReadonlyMap<string, string>,
	{ databases }: Copies,
): void {
	for (const [path, { signature }] of databases) {
		if (now.get(path) === signature) continue;
		discard(disk, into, path);
		databases.delete(path);
	}
}

/** Removes a copy, if there is one, and the directories that were made for it: a file may come in the place of one. */
export function discard(disk: Disk, into: string, path: string): void {
	const copy = `${into}/${path}`;
	disk.removeTree(copy);
	for (
		let above = parentOf(copy) ?? into;
		above !== into && isEmpty(disk, above);
		above = parentOf(above) ?? into
	)
		disk.removeDirectory(above);
}

function isEmpty(disk: Disk, directory: string): boolean {
	return (
		disk.stat(directory)?.kind === "directory" &&
		disk.names(directory).length === 0
	);
}
