import { createHash } from "node:crypto";
import type { FileEntry } from "../capture/entry.ts";
import { refuseFullDisk } from "../create/room.ts";
import type { Agent } from "../home/agent.ts";
import { copyStored } from "../restore/staged-file.ts";

/**
 * Where a file of a snapshot lies in one piece: in the snapshot, or put together beside the staged files of the restore at
 * work, which stages it by moving it from there.
 */
export async function wholeFile(
	agent: Agent,
	id: string,
	entry: FileEntry,
): Promise<string> {
	const { disk } = agent.system;
	if (entry.parts === undefined)
		return `${agent.store.directory}/${id}/${entry.path}`;
	const whole = putTogether(agent, entry.path);
	if (disk.stat(whole) === undefined) {
		refuseFullDisk(agent, entry.size, 0);
		agent.patience.progress?.begin("copying", entry.size);
		await copyStored(agent, id, entry, whole);
	}
	return whole;
}

/** One file of a snapshot, at a new place. @throws as `copyStored` */
export async function stageFile(
	agent: Agent,
	id: string,
	entry: FileEntry,
	to: string,
): Promise<void> {
	if (isPutTogether(agent, entry))
		agent.system.disk.rename(putTogether(agent, entry.path), to);
	else await copyStored(agent, id, entry, to);
}

/** By `wholeFile`, and not staged yet. */
export function isPutTogether(agent: Agent, entry: FileEntry): boolean {
	const whole = putTogether(agent, entry.path);
	return (
		entry.parts !== undefined && agent.system.disk.stat(whole) !== undefined
	);
}

function putTogether({ store }: Agent, path: string): string {
	const name = createHash("sha256").update(path).digest("hex").slice(0, 16);
	return `${store.restoring}/whole-${name}`;
}
