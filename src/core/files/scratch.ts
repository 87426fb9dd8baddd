import { errorCode } from "../../errors.ts";
import type { Disk } from "../../system/system.ts";
import type { Agent } from "../home/agent.ts";
import { readNote, writeNote } from "./noted.ts";

/** Both are there as long as somebody works in the folder. Never a snapshot: those do not begin with a dot. */
const FOLDER = /^(\.scratch-\d+-\d+|\.pushing)(\.lock)?$/;

/**
 * A private folder in the store, on the disk of the home, for what is put together only to be looked at. Needs no lock of
 * the store. It is removed in the end; should we die, by whoever comes next: see `removeDeadScratch`.
 */
export async function withScratch<T>(
	agent: Agent,
	work: (folder: string) => Promise<T>,
): Promise<T> {
	const { disk } = agent.system;
	removeDeadScratch(agent);
	const { folder, release } = claim(agent);
	try {
		disk.makeDirectory(folder, 0o700);
		return await work(folder);
	} finally {
		drop(agent, folder);
		release();
	}
}

/**
 * As `withScratch`, always at the same place, so that one can work there at a time: what is sent away is known there by
 * where it lay. Undefined: somebody is at work in it.
 */
export async function withPushing<T>(
	agent: Agent,
	work: (folder: string) => Promise<T>,
): Promise<T | undefined> {
	const { disk, sqlite } = agent.system;
	removeDeadScratch(agent);
	const folder = pushingIn(agent);
	const release = sqlite.tryLock(`${folder}.lock`);
	if (release === undefined) return undefined;
	try {
		disk.removeTree(folder);
		disk.makeDirectory(folder, 0o700);
		return await work(folder);
	} finally {
		drop(agent, folder);
		release();
	}
}

export function pushingIn({ store }: Agent): string {
	return `${store.directory}/.pushing`;
}

/**
 * The kernel ends a lock with the process that had it: a folder whose lock can be had is nobody's any more. Somebody
 * else's stay.
 */
export function removeDeadScratch(agent: Agent): void {
	const { system } = agent;
	for (const folder of scratchFolders(agent)) {
		const release = unlessRefused(() =>
			system.sqlite.tryLock(`${folder}.lock`),
		);
		if (release === undefined) continue;
		unlessRefused(() => removeNoted(system.disk, folder));
		drop(agent, folder);
		release();
	}
}

/** All of them, whether somebody is at work there or not. */
export function scratchFolders({ system: { disk }, store }: Agent): string[] {
	if (disk.stat(store.directory) === undefined) return [];
	const names = disk
		.names(store.directory)
		.flatMap((name) => FOLDER.exec(name)?.[1] ?? []);
	return [...new Set(names)].map((name) => `${store.directory}/${name}`);
}

/** What is made beside what it will become carries such an ending; nothing else is ever removed. */
const MADE_OUTSIDE = /\.(partial|importing-\d+)$/;

/** Notes what is about to be made outside of the store: should we die, it goes with the folder. */
export function noteOutside(disk: Disk, folder: string, path: string): void {
	writeNote(disk, `${folder}/outside.json`, [
		...notedOutside(disk, folder),
		path,
	]);
}

/** Torn by a power cut it names nothing: what it was to name is not known any more. */
function notedOutside(disk: Disk, folder: string): string[] {
	const found = readNote(disk, `${folder}/outside.json`);
	return Array.isArray(found) ? found.map(String) : [];
}

function removeNoted(disk: Disk, folder: string): void {
	for (const path of notedOutside(disk, folder))
		if (MADE_OUTSIDE.test(path)) disk.removeTree(path);
}

/** The lock first: whoever finds the folder finds it held. */
function claim({ system, store }: Agent): {
	folder: string;
	release: () => void;
} {
	const { disk, sqlite, processes, clock } = system;
	for (let time = clock.now().getTime(); ; time++) {
		const folder = `${store.directory}/.scratch-${time}-${processes.pid}`;
		const release = sqlite.tryLock(`${folder}.lock`);
		if (release === undefined) continue;
		// Somebody who took it for a dead one's may have removed it a moment ago.
		if (disk.stat(`${folder}.lock`) !== undefined) return { folder, release };
		release();
	}
}

/** With its lock held. What cannot be removed now is left to the next one. */
function drop({ system: { disk } }: Agent, folder: string): void {
	unlessRefused(() => {
		disk.removeTree(folder);
		if (disk.stat(`${folder}.lock`) !== undefined)
			disk.unlink(`${folder}.lock`);
	});
}

function unlessRefused<T>(work: () => T): T | undefined {
	try {
		return work();
	} catch (error) {
		if (errorCode(error) === undefined) throw error; // not the disk: a bug
		return undefined;
	}
}
