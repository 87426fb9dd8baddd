import { afterDoing, SnapshotError } from "../../errors.ts";
import type { Disk, FileStat } from "../../system/system.ts";
import {
	readText,
	syncDirectory,
	syncFile,
	writeNew,
} from "../files/durable.ts";
import type { Agent } from "../home/agent.ts";
import {
	damaged,
	MANIFEST_LIMIT,
	parseManifest,
} from "../manifest/manifest.ts";
import { type Marks, withMarks } from "../manifest/marked-text.ts";
import { type Finished, finishedFirst } from "../recover/recover.ts";
import { recoverAllIfClear } from "../recover/recover-related.ts";
import { noteResized } from "../sizes/sizes.ts";
import { bytesText } from "../words.ts";
import { findSnapshot } from "./find-snapshot.ts";
import { listSnapshots, type SnapshotInfo } from "./listing.ts";
import { withLock } from "./lock.ts";
import { giveToOwner, readManifest } from "./store.ts";

export interface MarkRequest {
	/** As people type it. */
	readonly ref: string;
	/** For the sentence that another command shows meanwhile. */
	readonly purpose: string;
	readonly marks: Marks;
}

export interface Marked {
	/** As it is now. */
	readonly snapshot: SnapshotInfo;
	readonly note: string | undefined;
	/** False: it said so already. */
	readonly changed: boolean;
	/** An interrupted restore that was finished first. */
	readonly recovered: Finished;
}

/** Pins, labels and so on. @throws SnapshotError `not-found`, `ambiguous`, `damaged` */
export async function markSnapshot(
	agent: Agent,
	{ ref, purpose, marks }: MarkRequest,
): Promise<Marked> {
	const { system, store } = agent;
	// Before the lock: who waits for another command means what its number was. And no store is made to say that it is empty.
	const { id } = findSnapshot(listSnapshots(system.disk, store), ref);
	return withLock(agent, purpose, async () => {
		const { isBlocked, blockedElsewhere, ...recovered } =
			await recoverAllIfClear(agent);
		return afterDoing(finishedFirst(recovered), async () => {
			const changed = setMarks(agent, id, marks);
			const listing = listSnapshots(system.disk, store);
			const snapshot = findSnapshot(listing, id);
			const { note } = readManifest(system.disk, store, id);
			return { snapshot, note, changed, recovered };
		});
	});
}

/** False: there was nothing to change. */
function setMarks(agent: Agent, id: string, marks: Marks): boolean {
	const { disk } = agent.system;
	const path = `${agent.store.directory}/${id}/manifest.json`;
	const manifest = readManifest(disk, agent.store, id);
	const { label, pinned, note = null, reason } = manifest;
	const now: Required<Marks> = { label, pinned, note, reason };
	if (Object.entries({ ...now, ...marks }).every(isSaidBy(now))) return false;
	const text = readText(disk, path, MANIFEST_LIMIT) ?? "";
	const marked = withMarks(text, marks);
	const grown = Buffer.byteLength(marked) - Buffer.byteLength(text);
	if (Buffer.byteLength(marked) > MANIFEST_LIMIT)
		throw new SnapshotError(
			"failed",
			`With that text the manifest would be larger than ${bytesText(MANIFEST_LIMIT)}. Nothing was changed.`,
			{ hint: "A shorter one will do." },
		);
	// What cannot be read must not take the place of what can.
	parseManifest(marked, `The new manifest of ${id}`);
	replaceManifest(agent, id, path, marked);
	noteResized(agent, listSnapshots(disk, agent.store).snapshots, id, grown);
	return true;
}

function isSaidBy(now: Required<Marks>) {
	return ([key, value]: [string, unknown]) => now[key as keyof Marks] === value;
}

/**
 * In one step, durably: the old one or the new one. Written outside the snapshot, where what a crash leaves would be a file
 * that no manifest names. Mode, owner and time are those of the old one: a file of the snapshot that is younger than
 * its manifest counts as written to since.
 */
function replaceManifest(
	{ system, store }: Agent,
	id: string,
	path: string,
	text: string,
): void {
	const { disk, processes } = system;
	const was = disk.stat(path);
	const sealed = disk.glance(path)?.mtime;
	if (was === undefined || sealed === undefined)
		throw damaged(`The manifest of ${id}`, "is gone");
	if (!processes.canSetOwner && was.uid !== (processes.userId ?? was.uid))
		throw new SnapshotError(
			"failed",
			`The manifest of ${id} belongs to another user. Nothing was changed.`,
			{ hint: "Give the command as that user." },
		);
	disk.removeTree(store.marking);
	try {
		writeNew(disk, store.marking, Buffer.from(text), 0o600);
		giveToOwner(system, store.marking, was);
		if (was.mode !== 0o600) disk.setMode(store.marking, was.mode);
		setTimeOf(disk, store.marking, was, sealed);
		syncFile(disk, store.marking);
		disk.rename(store.marking, path);
	} catch (error) {
		disk.removeTree(store.marking);
		throw error;
	}
	syncDirectory(disk, `${store.directory}/${id}`);
	syncDirectory(disk, store.directory);
}

/**
 * To the time of the old one. Only whole microseconds can be set, and a file of the same moment must not be younger by some
 * nanoseconds: then it is the next one.
 */
function setTimeOf(
	disk: Disk,
	path: string,
	{ mtime }: FileStat,
	sealed: number,
): void {
	disk.setTime(path, mtime);
	if ((disk.glance(path)?.mtime ?? 0) < sealed)
		disk.setTime(path, mtime + 0.001);
}
