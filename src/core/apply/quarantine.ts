import { errorCode } from "../../errors.ts";
import { DatabaseHeader } from "../files/database-header.ts";
import { makeDirectories, readBeginning } from "../files/durable.ts";
import type { Agent } from "../home/agent.ts";
import { itemFor } from "../home/coverage.ts";
import { looksLikeDatabase, parentOf, SIDECARS } from "../home/paths.ts";
import { giveToOwner } from "../store/store.ts";
import type { Journal } from "./journal.ts";

/** Whose quarantine is meant: each restore has a folder of its own, which its journal names. */
export type Owner = Pick<Journal, "quarantine" | "startedAt">;

/** For a new journal: by a time may be called what a clock that jumped has left there, and by this name nothing is. */
export function freeQuarantine({
	system: { disk, clock },
	store,
}: Agent): string {
	const there =
		disk.stat(store.quarantine)?.kind === "directory"
			? disk.names(store.quarantine)
			: [];
	const first = folderOf(clock.now());
	let name = first;
	for (let next = 2; there.some((other) => isOf(other, name)); next++)
		name = `${first}-${next}`;
	return name;
}

/**
 * Out of the way, with all that belongs to it: what we could not copy we do not destroy.
 * @param isDatabase its log goes with it; beside anything else that is a file of its own
 * @returns where it is now
 */
export function setAside(
	agent: Agent,
	journal: Owner,
	path: string,
	isDatabase = isNowDatabase(agent, path),
): string {
	const { disk } = agent.system;
	const live = `${agent.home}/${path}`;
	const aside = placeAside(agent, journal, path);
	// The file itself last: while it is there, a crash has this done again.
	for (const suffix of isDatabase ? [...SIDECARS, ""] : [""])
		if (disk.stat(`${live}${suffix}`) !== undefined)
			disk.rename(`${live}${suffix}`, `${aside}${suffix}`);
	return aside;
}

/** By its name, by what the host knows, or by how it begins. */
export function isNowDatabase(
	agent: Agent,
	path: string,
	live = `${agent.home}/${path}`,
): boolean {
	const { disk } = agent.system;
	if (isNamedLikeDatabase(agent, path)) return true;
	if (disk.stat(live)?.kind !== "file") return false;
	try {
		return new DatabaseHeader(readBeginning(disk, live, 100)).isSqlite;
	} catch (error) {
		if (errorCode(error) === undefined) throw error; // not the disk: a bug
		return false;
	}
}

export function isNamedLikeDatabase({ host }: Agent, path: string): boolean {
	return looksLikeDatabase(path) || itemFor(host, path)?.database === true;
}

/** Where something can be moved at this moment: nothing that was moved away before is written over. */
export function placeAside(
	{ system, store }: Agent,
	{ quarantine }: Owner,
	path: string,
): string {
	const { disk, clock } = system;
	const folder = `${store.quarantine}/${quarantine ?? folderOf(clock.now())}`;
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

/** Where it was moved: by steps that may have died before they put something in its place, or it back. */
export function setAsideBy(
	agent: Agent,
	journal: Owner,
	path: string,
): string[] {
	return foldersOf(agent, journal)
		.map((folder) => `${folder}/${path}`)
		.filter((aside) => agent.system.disk.stat(aside) !== undefined);
}

/** Removes the empty folders that a step has left that died before it moved something there, or after. */
export function sweepQuarantine(agent: Agent, journal: Owner): void {
	const { system, store } = agent;
	for (const folder of foldersOf(agent, journal)) sweep(agent, folder);
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

/** One that does not say so has taken folders by the time of each move, and only their names tell. */
export function foldersOf(
	{ system: { disk }, store }: Agent,
	{ quarantine, startedAt }: Owner,
): string[] {
	if (disk.stat(store.quarantine)?.kind !== "directory") return [];
	return disk
		.names(store.quarantine)
		.filter((name) =>
			quarantine === undefined
				? name >= folderOf(new Date(startedAt))
				: isOf(name, quarantine),
		)
		.map((name) => `${store.quarantine}/${name}`)
		.filter((folder) => disk.stat(folder)?.kind === "directory");
}

/** The folder of that name, or a further one of the same restore. */
function isOf(folder: string, name: string): boolean {
	return folder === name || folder.startsWith(`${name}-`);
}

/** Later ones sort behind. */
function folderOf(time: Date): string {
	return time.toISOString().replace(/[:.]/g, "");
}
