import { isFile } from "../capture/entry.ts";
import type { Agent } from "../home/agent.ts";
import { parentOf } from "../home/paths.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { storedFiles } from "../sizes/disk-use.ts";
import { findSnapshot } from "../store/find-snapshot.ts";
import { listSnapshots, type SnapshotInfo } from "../store/listing.ts";
import { readManifest } from "../store/store.ts";

/** What a snapshot holds, and what it costs. */
export interface Contents {
	readonly snapshot: SnapshotInfo;
	readonly manifest: Manifest;
	/** Bytes of the disk that its removal would make free. */
	readonly alone: number;
	/** All of its files and databases, the largest first. */
	readonly files: readonly StoredEntry[];
	/** What it holds no content of. */
	readonly links: readonly { readonly path: string; readonly target: string }[];
}

export interface StoredEntry {
	readonly path: string;
	readonly kind: "file" | "database";
	readonly bytes: number;
	/** Of these, those that no other snapshot has. */
	readonly alone: number;
	/** Undefined: it is kept whole. */
	readonly parts: { readonly count: number; readonly size: number } | undefined;
}

/** @param ref as people type it. @throws SnapshotError `not-found`, `ambiguous`, `damaged` */
export function contentsOf(agent: Agent, ref: string): Contents {
	const { system, store } = agent;
	const snapshot = findSnapshot(listSnapshots(system.disk, store), ref);
	const manifest = readManifest(system.disk, store, snapshot.id);
	const byPath = new Map<string, number>();
	let alone = 0;
	const folder = `${store.directory}/${snapshot.id}`;
	for (const { path, bytes, names } of storedFiles(system.disk, folder)) {
		if (names > 1) continue;
		alone += bytes;
		// A part counts for the file that it is a part of.
		for (const whole of [path, parentOf(path) ?? ""])
			byPath.set(whole, (byPath.get(whole) ?? 0) + bytes);
	}
	const files = manifest.entries
		.filter(isFile)
		.map(({ path, kind, size, parts }) => ({
			path,
			kind,
			bytes: size,
			alone: byPath.get(path) ?? 0,
			parts: parts && { count: parts.sha256.length, size: parts.size },
		}))
		.sort((a, b) => b.bytes - a.bytes || (a.path < b.path ? -1 : 1));
	const links = manifest.entries.flatMap((entry) =>
		entry.kind === "link" ? [{ path: entry.path, target: entry.target }] : [],
	);
	return { snapshot, manifest, alone, files, links };
}
