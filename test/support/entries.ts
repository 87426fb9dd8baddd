import { createHash } from "node:crypto";
import type { DatabaseEntry, Entry } from "../../src/core/capture/entry.ts";

type FileOnly = Extract<Entry, { kind: "file" }>;

/** Entries as a capture writes them, from a path and what is in it. */
export function file(
	path: string,
	content = "content",
	changes: Partial<FileOnly> = {},
): FileOnly {
	const size = content.length;
	const sha256 = hash(content);
	return {
		path,
		kind: "file",
		size,
		mode: 0o600,
		mtime: 1,
		sha256,
		...changes,
	};
}

export function directory(path: string, mode = 0o700): Entry {
	return { path, kind: "directory", mode, mtime: 1 };
}

export function link(path: string, target = "elsewhere"): Entry {
	return { path, kind: "link", target, mtime: 1 };
}

export function database(
	path: string,
	rows = "rows",
	changes: Partial<DatabaseEntry> = {},
): DatabaseEntry {
	return {
		path,
		kind: "database",
		size: 100 + rows.length,
		mode: 0o600,
		mtime: 1,
		sha256: hash(`header ${rows}`),
		content: hash(rows),
		journalMode: "wal",
		checked: true,
		...changes,
	};
}

function hash(text: string): string {
	return createHash("sha256").update(text).digest("hex");
}
