import type { Disk } from "../../system/system.ts";
import { UNREAD } from "../capture/capture-databases.ts";
import type { Entry, FileEntry } from "../capture/entry.ts";
import { refuseStrangeSidecars } from "../capture/pins.ts";
import {
	hashFile,
	hashingDatabase,
	hashingFile,
	Unreadable,
} from "../files/copy.ts";
import type { Agent } from "../home/agent.ts";
import { clearedIn } from "../home/coverage.ts";
import { inTurns } from "../work.ts";

type PlainEntry = Exclude<Entry, { kind: "database" }>;

/** Whether what stands there has the content that was recorded of it. Of a database its log counts, too. */
export async function isStill(agent: Agent, was: Entry): Promise<boolean> {
	const { system, home, patience } = agent;
	const path = `${home}/${was.path}`;
	patience.progress?.at(was.path);
	if (was.kind === "file") {
		if (!isSameSize(system.disk, path, was)) return false;
		const work = hashingFile(system.disk, path);
		return (await inTurns(system, patience, work)).sha256 === was.sha256;
	}
	if (was.kind !== "database") return isPlainStill(system.disk, path, was);
	return (
		system.disk.stat(path)?.kind === "file" &&
		was.content !== UNREAD &&
		(await contentOf(agent, was)) === was.content
	);
}

/**
 * Whether a file or link is what was seen: by its signature, or because it says what it said then. A home that was copied
 * since has other inodes, and `touch` another time; what is overtaken there is in the undo snapshot.
 */
export function isAsSeen(
	disk: Disk,
	path: string,
	{ seen, was }: { readonly seen?: string; readonly was?: Entry },
): boolean {
	const before = disk.stat(path)?.signature;
	if (before === seen) return true;
	if (was?.kind !== "file" && was?.kind !== "link") return false;
	try {
		return (
			isPlainStill(disk, path, was) && disk.stat(path)?.signature === before
		);
	} catch (error) {
		if (error instanceof Unreadable) return false;
		throw error;
	}
}

function isPlainStill(disk: Disk, path: string, was: PlainEntry): boolean {
	const found = disk.stat(path);
	switch (was.kind) {
		case "directory":
			return found?.kind === "directory";
		case "link":
			return found?.kind === "link" && disk.readLink(path) === was.target;
		case "file":
			return (
				isSameSize(disk, path, was) &&
				hashFile(disk, path, () => {}).sha256 === was.sha256
			);
	}
}

function isSameSize(disk: Disk, path: string, { size }: FileEntry): boolean {
	const found = disk.stat(path);
	return found?.kind === "file" && found.size === size;
}

/**
 * What the live database says now, its log included. Undefined: it is of another size, and so it is another, for which
 * no room is taken.
 */
async function contentOf(
	{ system, store, home, host, patience }: Agent,
	was: Extract<Entry, { kind: "database" }>,
): Promise<string | undefined> {
	const { disk, sqlite } = system;
	const path = `${home}/${was.path}`;
	const probe = `${store.restoring}/probe.db`;
	const removeProbe = () => {
		if (disk.stat(probe) !== undefined) disk.unlink(probe);
	};
	removeProbe();
	refuseStrangeSidecars(system, path);
	const pinned = await sqlite.pin(path, patience);
	try {
		if (pinned.size !== was.size) return undefined;
		await pinned.copyTo(probe, patience);
		pinned.release();
		sqlite.makePlain(probe);
		sqlite.clear(probe, clearedIn(host, was.path));
		const work = hashingDatabase(disk, probe, was.parts?.size);
		return (await inTurns(system, patience, work)).content;
	} finally {
		pinned.release();
		removeProbe(); // what a person is asked to do next may need its room
	}
}
