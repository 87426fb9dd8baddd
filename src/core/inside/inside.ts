import { SnapshotError } from "../../errors.ts";
import { type Entry, isFile } from "../capture/entry.ts";
import type { Agent } from "../home/agent.ts";
import { isWithin } from "../home/paths.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { meant } from "../restore/restore-scope.ts";
import { findSnapshot } from "../store/find-snapshot.ts";
import { listSnapshots, type SnapshotInfo } from "../store/listing.ts";
import { readManifest } from "../store/store.ts";

/** What a path of a snapshot leads to. */
export interface Inside {
	readonly snapshot: SnapshotInfo;
	readonly manifest: Manifest;
	/** "" is the snapshot itself. */
	readonly path: string;
	/** Undefined: a directory that has no entry of its own. */
	readonly entry: Entry | undefined;
	/** Of a directory, sorted. */
	readonly names: readonly Named[];
}

/** Something in a directory of a snapshot. */
export interface Named {
	readonly name: string;
	readonly kind: Entry["kind"];
	/** Of a directory those of all below it. */
	readonly bytes: number;
	/** Of a directory, files and databases below it. */
	readonly files: number;
	readonly mode: number | undefined;
	/** Milliseconds since 1970. */
	readonly mtime: number | undefined;
	/** Of a link. */
	readonly target: string | undefined;
}

/**
 * @param ref as people type it
 * @param path below the home
 * @throws SnapshotError `not-found`, `ambiguous`, `damaged`
 */
export function lookInside(
	{ system: { disk }, store }: Agent,
	ref: string,
	path: string,
): Inside {
	const snapshot = findSnapshot(listSnapshots(disk, store), ref);
	const manifest = readManifest(disk, store, snapshot.id);
	const entry = manifest.entries.find((one) => one.path === path);
	const names = namesIn(manifest.entries, path);
	if (entry === undefined && names.length === 0 && path !== "")
		throw notInside(manifest, path);
	return { snapshot, manifest, path, entry, names };
}

function notInside(
	{ id, entries, missed }: Manifest,
	path: string,
): SnapshotError {
	const lost = missed.find((one) => isWithin(path, one.path));
	const why = lost === undefined ? "" : ` It was not saved then: ${lost.why}.`;
	return new SnapshotError(
		"not-found",
		`There is no ${JSON.stringify(path)} in snapshot ${id}.${why} Nothing was changed.`,
		{
			hint: meant(
				path,
				entries.map((one) => one.path),
			),
		},
	);
}

function namesIn(entries: readonly Entry[], directory: string): Named[] {
	const start = directory === "" ? "" : `${directory}/`;
	const below = entries.filter(
		({ path }) => path.startsWith(start) && path !== directory,
	);
	const byName = Map.groupBy(
		below,
		({ path }) => path.slice(start.length).split("/")[0] ?? "",
	);
	return [...byName]
		.map(([name, all]) => described(name, `${start}${name}`, all))
		.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** @param all what lies at the path and below it */
function described(name: string, path: string, all: readonly Entry[]): Named {
	const own = all.find((one) => one.path === path);
	const files = all.filter(isFile);
	return {
		name,
		kind: own?.kind ?? "directory",
		bytes: files.reduce((sum, { size }) => sum + size, 0),
		files: files.length,
		mode: own?.mode,
		mtime: own?.mtime,
		target: own?.kind === "link" ? own.target : undefined,
	};
}
