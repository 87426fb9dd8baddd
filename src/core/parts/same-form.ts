import type { Captured } from "../capture/capture.ts";
import { ContentHash } from "../capture/content-hash.ts";
import {
	type DatabaseEntry,
	type Entry,
	isDatabase,
} from "../capture/entry.ts";
import type { Agent } from "../home/agent.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { presentFolder } from "../restore/present.ts";
import { inTurns } from "../work.ts";
import { readingStored } from "./stored-file.ts";

/**
 * The present for a comparison with a snapshot. What one has whole and the other in parts, or in parts of another size, has
 * another hash though it says the same: it is hashed as the snapshot has it.
 */
export async function inFormsOf(
	agent: Agent,
	{ entries }: Manifest,
	present: Captured,
): Promise<Captured> {
	const wanted = new Map(
		entries.filter(isDatabase).map((entry) => [entry.path, entry]),
	);
	const now: Entry[] = [];
	for (const entry of present.entries) {
		const then = wanted.get(entry.path);
		const isSame =
			then !== undefined &&
			isDatabase(entry) &&
			isOtherForm(entry, then) &&
			(await contentAs(agent, entry, then)) === then.content;
		now.push(isSame ? { ...entry, content: then.content } : entry);
	}
	return { ...present, entries: now };
}

function isOtherForm(now: DatabaseEntry, then: DatabaseEntry): boolean {
	return now.size === then.size && now.parts?.size !== then.parts?.size;
}

/** Undefined: no copy of it was kept. */
async function contentAs(
	{ system, store, patience }: Agent,
	now: DatabaseEntry,
	then: DatabaseEntry,
): Promise<string | undefined> {
	const folder = presentFolder(store);
	if (system.disk.stat(`${folder}/${now.path}`) === undefined) return undefined;
	const content = new ContentHash(then.parts?.size);
	const use = (chunk: Uint8Array) => content.update(chunk);
	const reading = readingStored(system.disk, folder, now, use);
	await inTurns(system, patience, reading);
	return content.digest();
}
