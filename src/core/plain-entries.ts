import { createHash } from "node:crypto";
import type { Agent } from "./agent.ts";
import { ContentHash } from "./content-hash.ts";
import { makeDirectories, writeFully } from "./durable.ts";
import { type Entry, type FileEntry, isFile } from "./entry.ts";
import type { Manifest } from "./manifest.ts";
import { parentOf } from "./paths.ts";
import { checkPatience } from "./patience.ts";
import { asDamage, readStored } from "./stored-file.ts";

/** Copies every file of a snapshot whole into a folder, comparing it with its hashes. Returns the entries of what is there now. */
export function plainEntries(
	agent: Agent,
	{ id, entries }: Manifest,
	into: string,
): Entry[] {
	const { disk } = agent.system;
	return entries.map((entry) => {
		const to = `${into}/${entry.path}`;
		if (entry.kind === "directory") makeDirectories(disk, into, to);
		if (!isFile(entry)) return entry;
		makeDirectories(disk, into, parentOf(to) ?? into);
		return copyWhole(agent, id, entry, to);
	});
}

function copyWhole(
	{ system, store, patience }: Agent,
	id: string,
	entry: FileEntry,
	to: string,
): FileEntry {
	const { disk, clock } = system;
	const pause = () => checkPatience(patience, clock.monotonic());
	const whole = createHash("sha256");
	const content = new ContentHash();
	const target = disk.open(to, "create", 0o600);
	try {
		const use = (chunk: Uint8Array) => {
			writeFully(disk, target, chunk);
			whole.update(chunk);
			if (entry.kind === "database") content.update(chunk);
		};
		readStored(disk, `${store.directory}/${id}`, entry, { use, pause });
	} catch (error) {
		throw asDamage(error, id, entry.path);
	} finally {
		disk.close(target);
	}
	// It is the original no more that it looks like.
	const { parts, look, ...plain } = entry;
	const sha256 = whole.digest("hex");
	return plain.kind === "database"
		? { ...plain, sha256, content: content.digest() }
		: { ...plain, ...(entry.sha256 || parts ? { sha256 } : {}) };
}
