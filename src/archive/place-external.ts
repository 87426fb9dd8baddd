import { type Entry, type FileEntry, isFile } from "../core/capture/entry.ts";
import { copyFile } from "../core/files/copy.ts";
import {
	makeDirectories,
	syncDirectory,
	syncingTree,
} from "../core/files/durable.ts";
import { noteOutside } from "../core/files/scratch.ts";
import type { Agent } from "../core/home/agent.ts";
import type { Host } from "../core/home/host.ts";
import { isWithin, parentOf } from "../core/home/paths.ts";
import { stampOf } from "../core/manifest/assemble.ts";
import { checkPatience } from "../core/patience.ts";
import { giveToOwner } from "../core/store/store.ts";
import { inTurns } from "../core/work.ts";

/** What became of a directory of another program. */
export interface ExternalPlaced {
	/** Absolute. */
	readonly path: string;
	/** False: one was there, and was left as it is. */
	readonly isDone: boolean;
	/** Where the one that was there has been moved. */
	readonly aside: string | undefined;
}

export interface External {
	readonly host: Host;
	/** Below the user's home. */
	readonly entries: readonly Entry[];
	/** Where they were unpacked. */
	readonly folder: string;
	/** Our own in the store. */
	readonly scratch: string;
	readonly force: boolean;
}

/**
 * Puts the directories of other programs that were in an archive into the user's home, each in one step. They are no part
 * of a restore: one that is there is left, or with `force` moved aside.
 */
export async function placeExternal(
	agent: Agent,
	external: External,
): Promise<ExternalPlaced[]> {
	const { disk, clock, programs } = agent.system;
	const placed: ExternalPlaced[] = [];
	for (const directory of external.host.external ?? []) {
		const own = external.entries.filter(
			(entry): entry is FileEntry =>
				isFile(entry) && isWithin(entry.path, directory),
		);
		if (own.length === 0) continue;
		const path = `${programs.userHome}/${directory}`;
		const isThere = disk.stat(path) !== undefined;
		const isDone = !isThere || external.force;
		const aside =
			isThere && isDone
				? `${path}.before-import-${stampOf(clock.now())}`
				: undefined;
		if (isDone) await place(agent, external, directory, own, aside);
		placed.push({ path, isDone, aside });
	}
	return placed;
}

async function place(
	agent: Agent,
	{ folder, scratch }: External,
	directory: string,
	own: readonly FileEntry[],
	aside: string | undefined,
): Promise<void> {
	const { disk, programs, processes } = agent.system;
	const path = `${programs.userHome}/${directory}`;
	const coming = `${path}.importing-${processes.pid}`;
	noteOutside(disk, scratch, coming);
	disk.removeTree(coming);
	try {
		disk.makeDirectory(coming, 0o700);
		for (const { path: below, mode, mtime } of own) {
			const to = `${coming}${below.slice(directory.length)}`;
			makeDirectories(disk, coming, parentOf(to) ?? coming);
			copyFile(disk, `${folder}/${below}`, to, () => pause(agent));
			disk.setMode(to, mode ?? 0o600);
			if (mtime !== undefined) disk.setTime(to, mtime);
		}
		await settle(agent, coming);
		if (aside !== undefined) disk.rename(path, aside);
		disk.rename(coming, path);
		syncDirectory(disk, programs.userHome);
	} finally {
		disk.removeTree(coming);
	}
}

function pause({ system, patience }: Agent): void {
	checkPatience(patience, system.clock.monotonic());
}

/** Durable, and the user's own. */
async function settle(
	{ system, patience }: Agent,
	coming: string,
): Promise<void> {
	const { disk, programs } = system;
	const { files, directories } = await inTurns(
		system,
		patience,
		syncingTree(disk, coming),
	);
	const owner = disk.stat(programs.userHome);
	if (owner === undefined) return;
	for (const { path } of [...files, ...directories])
		giveToOwner(system, path, owner);
}
