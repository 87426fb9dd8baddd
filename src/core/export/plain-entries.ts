import { createHash } from "node:crypto";
import { ContentHash } from "../capture/content-hash.ts";
import { type Entry, type FileEntry, isFile } from "../capture/entry.ts";
import { makeDirectories, writeFully } from "../files/durable.ts";
import type { Agent } from "../home/agent.ts";
import { parentOf } from "../home/paths.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { asDamage, readingStored } from "../parts/stored-file.ts";
import { inTurns } from "../work.ts";

/** Copies every file of a snapshot whole into a folder, comparing it with its hashes. Returns the entries of what is there now. */
export async function plainEntries(
	agent: Agent,
	{ id, entries, total_size }: Manifest,
	into: string,
): Promise<Entry[]> {
	const { disk } = agent.system;
	agent.patience.progress?.begin("copying", total_size);
	const plain: Entry[] = [];
	for (const entry of entries) {
		const to = `${into}/${entry.path}`;
		if (entry.kind === "directory") makeDirectories(disk, into, to);
		else makeDirectories(disk, into, parentOf(to) ?? into);
		plain.push(isFile(entry) ? await copyWhole(agent, id, entry, to) : entry);
	}
	return plain;
}

async function copyWhole(
	{ system, store, patience }: Agent,
	id: string,
	entry: FileEntry,
	to: string,
): Promise<FileEntry> {
	const { disk } = system;
	const whole = createHash("sha256");
	const content = new ContentHash();
	const target = disk.open(to, "create", 0o600);
	try {
		const use = (chunk: Uint8Array) => {
			writeFully(disk, target, chunk);
			whole.update(chunk);
			if (entry.kind === "database") content.update(chunk);
		};
		const folder = `${store.directory}/${id}`;
		patience.progress?.at(entry.path);
		await inTurns(system, patience, readingStored(disk, folder, entry, use));
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
