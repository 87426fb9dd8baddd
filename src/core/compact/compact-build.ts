import { errorCode, SnapshotError } from "../../errors.ts";
import type { Disk } from "../../system/system.ts";
import { sha256Of } from "../capture/content-hash.ts";
import { type Entry, type FileEntry, isFile } from "../capture/entry.ts";
import {
	makeDirectories,
	readFully,
	syncDirectory,
	syncNew,
	writeNew,
} from "../files/durable.ts";
import type { Agent } from "../home/agent.ts";
import { parentOf } from "../home/paths.ts";
import { sealSnapshot } from "../manifest/assemble.ts";
import { formatVersionFor, type Manifest } from "../manifest/manifest.ts";
import { breathe } from "../work.ts";
import { type Form, piecesOf, sharedWith } from "./compact-plan.ts";
import { newForm, swapForms } from "./compacting.ts";

/**
 * Builds a snapshot anew beside it and puts it in its place: what is as in the one before becomes a second name of that,
 * all else a second name of what it is. Only the parts of what was whole are written.
 */
export async function rebuild(
	agent: Agent,
	manifest: Manifest,
	entries: readonly Entry[],
	before: Form | undefined,
): Promise<void> {
	const { system, store, patience } = agent;
	const { disk, clock } = system;
	const { id } = manifest;
	const from = `${store.directory}/${id}`;
	const to = newForm(store, id);
	const isOurs = manifest.sequence !== undefined;
	const ways = { from, to, before, isOurs };
	makeDirectories(disk, store.directory, to);
	for (const entry of entries) {
		await breathe(system, patience);
		const path = `${to}/${entry.path}`;
		if (entry.kind === "directory") makeDirectories(disk, to, path);
		if (!isFile(entry)) continue;
		makeDirectories(disk, to, parentOf(path) ?? to);
		const isWhole = disk.stat(`${from}/${entry.path}`)?.kind === "file";
		if (entry.parts && isWhole) await cutUp(agent, entry, ways);
		else {
			if (entry.parts) disk.makeDirectory(path, 0o700);
			place(disk, entry, ways);
		}
	}
	await syncNew(system, patience, to);
	// Hermes' own is taken over to the byte: what we know of it besides is nothing that Hermes wrote.
	if (!isOurs) linkTo(disk, `${from}/manifest.json`, `${to}/manifest.json`);
	else
		sealSnapshot(agent, to, {
			...manifest,
			entries,
			formatVersion: formatVersionFor(entries),
			verifiedAt: clock.now().toISOString(),
		});
	syncDirectory(disk, to);
	swapForms(disk, store, id);
}

interface Ways {
	readonly from: string;
	readonly to: string;
	readonly before: Form | undefined;
	readonly isOurs: boolean;
}

/** Every piece in the form that it has. */
function place(
	disk: Disk,
	entry: FileEntry,
	{ from, to, before, isOurs }: Ways,
): void {
	const shared = sharedWith(before, entry);
	for (const { path } of piecesOf(entry)) {
		const copy = `${to}/${path}`;
		const isShared =
			shared.has(path) && linkTo(disk, `${before?.folder}/${path}`, copy);
		if (!isShared && !linkTo(disk, `${from}/${path}`, copy)) throw noLinks();
		// What a snapshot of Hermes' has for itself stays as Hermes made it.
		if (isShared || isOurs) disk.setMode(copy, 0o400);
	}
}

/** What was whole, as the parts that were planned: each that the snapshot before has is not written. */
async function cutUp(
	{ system, patience }: Agent,
	entry: FileEntry,
	{ from, to, before }: Ways,
): Promise<void> {
	const { disk } = system;
	const shared = sharedWith(before, entry);
	const whole = `${from}/${entry.path}`;
	const file = disk.open(whole, "read");
	const buffer = Buffer.allocUnsafe(entry.parts?.size ?? 0);
	disk.makeDirectory(`${to}/${entry.path}`, 0o700);
	try {
		for (const { path, bytes, sha256 } of piecesOf(entry)) {
			await breathe(system, patience);
			const part = buffer.subarray(0, bytes);
			const read = readFully(disk, file, part);
			if (read < bytes || sha256Of(part) !== sha256)
				throw Object.assign(new Error(`${whole} is another than it was`), {
					code: "EIO",
				});
			const other = `${before?.folder}/${path}`;
			if (shared.has(path) && linkTo(disk, other, `${to}/${path}`)) continue;
			writeNew(disk, `${to}/${path}`, part, 0o400);
		}
	} finally {
		disk.close(file);
	}
}

/** False: this file has as many names as it can have. */
function linkTo(disk: Disk, from: string, to: string): boolean {
	try {
		disk.hardLink(from, to);
		return true;
	} catch (error) {
		const code = errorCode(error) ?? "";
		if (code === "EMLINK") return false;
		if (["EPERM", "ENOSYS", "ENOTSUP", "EOPNOTSUPP"].includes(code))
			throw noLinks(error);
		throw error;
	}
}

function noLinks(cause?: unknown): SnapshotError {
	return new SnapshotError(
		"failed",
		"This disk gives no file a second name, so snapshots cannot share any. Nothing was changed.",
		{ hint: "`prune` makes room.", cause },
	);
}
