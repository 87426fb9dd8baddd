import { errorCode } from "../errors.ts";
import type { Agent } from "./agent.ts";
import { itemFor } from "./coverage.ts";
import { DatabaseHeader } from "./database-header.ts";
import { makeDirectories, readBeginning } from "./durable.ts";
import { looksLikeDatabase, parentOf, SIDECARS } from "./paths.ts";
import { giveToOwner } from "./store.ts";

/**
 * Out of the way, with all that belongs to it: what we could not copy we do not destroy.
 * @param isDatabase its log goes with it; beside anything else that is a file of its own
 * @returns where it is now
 */
export function setAside(
	agent: Agent,
	path: string,
	isDatabase = isNowDatabase(agent, path),
): string {
	const { disk } = agent.system;
	const live = `${agent.home}/${path}`;
	const aside = placeAside(agent, path);
	// The file itself last: while it is there, a crash has this done again.
	for (const suffix of isDatabase ? [...SIDECARS, ""] : [""])
		if (disk.stat(`${live}${suffix}`) !== undefined)
			disk.rename(`${live}${suffix}`, `${aside}${suffix}`);
	return aside;
}

/** By its name, by what the host knows, or by how it begins. */
function isNowDatabase(
	{ system: { disk }, host, home }: Agent,
	path: string,
): boolean {
	if (looksLikeDatabase(path) || itemFor(host, path)?.database === true)
		return true;
	const live = `${home}/${path}`;
	if (disk.stat(live)?.kind !== "file") return false;
	try {
		return new DatabaseHeader(readBeginning(disk, live, 100)).isSqlite;
	} catch (error) {
		if (errorCode(error) === undefined) throw error; // not the disk: a bug
		return false;
	}
}

/** Where something can be moved at this moment: nothing that was moved away in the same millisecond is written over. */
export function placeAside({ system, store }: Agent, path: string): string {
	const { disk, clock } = system;
	const folder = `${store.quarantine}/${folderOf(clock.now())}`;
	const isTaken = (place: string) =>
		["", ...SIDECARS].some(
			(suffix) => disk.stat(`${place}${suffix}`) !== undefined,
		);
	let place = `${folder}/${path}`;
	for (let next = 2; isTaken(place); next++)
		place = `${folder}-${next}/${path}`;
	const owner = disk.stat(store.home);
	makeDirectories(disk, store.directory, parentOf(place) ?? folder, (made) => {
		if (owner !== undefined) giveToOwner(system, made, owner);
	});
	return place;
}

/** Removes the folders that were made for it, unless something else lies in them. */
export function leaveQuarantine(agent: Agent, place: string): void {
	const { disk } = agent.system;
	const folder = parentOf(place);
	if (folder === undefined || folder === agent.store.directory) return;
	if (disk.names(folder).length > 0) return;
	disk.removeDirectory(folder);
	leaveQuarantine(agent, folder);
}

/** Where it was moved since: by steps that may have died before they put something in its place, or it back. */
export function setAsideSince(
	agent: Agent,
	path: string,
	since: string,
): string[] {
	return foldersSince(agent, since)
		.map((folder) => `${folder}/${path}`)
		.filter((aside) => agent.system.disk.stat(aside) !== undefined);
}

/** Removes the empty folders that a step has left that died before it moved something there, or after. */
export function sweepQuarantine(agent: Agent, since: string): void {
	const { system, store } = agent;
	for (const folder of foldersSince(agent, since)) sweep(agent, folder);
	if (system.disk.stat(store.quarantine)?.kind === "directory")
		leaveQuarantine(agent, `${store.quarantine}/any`);
}

function sweep(agent: Agent, folder: string): void {
	const { disk } = agent.system;
	for (const name of disk.names(folder))
		if (disk.stat(`${folder}/${name}`)?.kind === "directory")
			sweep(agent, `${folder}/${name}`);
	if (disk.stat(folder) !== undefined) leaveQuarantine(agent, `${folder}/any`);
}

function foldersSince(
	{ system: { disk }, store: { quarantine } }: Agent,
	since: string,
): string[] {
	if (disk.stat(quarantine)?.kind !== "directory") return [];
	return disk
		.names(quarantine)
		.filter((name) => name >= folderOf(new Date(since)))
		.map((name) => `${quarantine}/${name}`)
		.filter((folder) => disk.stat(folder)?.kind === "directory");
}

/** Later ones sort behind. */
function folderOf(time: Date): string {
	return time.toISOString().replace(/[:.]/g, "");
}
