import { SnapshotError } from "../../errors.ts";
import { type Base, baseFrom } from "../capture/base.ts";
import { type FileEntry, isFile } from "../capture/entry.ts";
import type { Agent } from "../home/agent.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { filesOf, isUntouched } from "../parts/stored-file.ts";
import { readManifest } from "../store/store.ts";

/** It was read lately, and nobody has been at it since. */
export function isKnownSound(agent: Agent, base: Base): boolean {
	return base.isFresh && isAllThere(agent, base);
}

/** As far as a look tells, without reading it: all of it is there, and nobody has written to it since it was made or last read. */
export function looksSound(agent: Agent, id: string): boolean {
	const { system, store } = agent;
	try {
		const manifest = readManifest(system.disk, store, id);
		return isAllThere(agent, asLeft(agent, manifest));
	} catch (error) {
		if (!(error instanceof SnapshotError)) throw error;
		return false;
	}
}

/** When it was made or last read: what is younger was written to since. */
export function asLeft(agent: Agent, manifest: Manifest): Base {
	const base = baseFrom(agent, manifest);
	const read = Date.parse(base.verifiedAt ?? "");
	const sealed = Math.max(base.sealed, Number.isNaN(read) ? 0 : read);
	return { ...base, sealed };
}

/** Every file of it is there as it was left. */
export function isAllThere(agent: Agent, base: Base): boolean {
	for (const entry of base.entries.values())
		if (isFile(entry) && !isThere(agent, base, entry)) return false;
	return true;
}

export function isThere(
	{ system: { disk } }: Agent,
	{ folder, sealed }: Base,
	entry: FileEntry,
): boolean {
	for (const { path, size } of filesOf(folder, entry))
		if (!isUntouched(disk.glance(path), size, sealed)) return false;
	return true;
}
