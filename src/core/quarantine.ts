import type { Agent } from "./agent.ts";
import { makeDirectories } from "./durable.ts";
import { parentOf, SIDECARS } from "./paths.ts";

/** Out of the way, with all that belongs to it: what we could not copy we do not destroy. */
export function setAside(agent: Agent, path: string): void {
	const { disk } = agent.system;
	const live = `${agent.home}/${path}`;
	const aside = placeAside(agent, path);
	// The file itself last: while it is there, a crash has this done again.
	for (const suffix of [...SIDECARS, ""])
		if (disk.stat(`${live}${suffix}`) !== undefined)
			disk.rename(`${live}${suffix}`, `${aside}${suffix}`);
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
	makeDirectories(disk, store.directory, parentOf(place) ?? folder);
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

/** Whether it was moved there since: by a step that may have died before it put the new one in its place. */
export function wasSetAside(
	{ system: { disk }, store: { quarantine } }: Agent,
	path: string,
	since: string,
): boolean {
	if (disk.stat(quarantine)?.kind !== "directory") return false;
	return disk
		.names(quarantine)
		.some(
			(name) =>
				name >= folderOf(new Date(since)) &&
				disk.stat(`${quarantine}/${name}/${path}`) !== undefined,
		);
}

/** Later ones sort behind. */
function folderOf(time: Date): string {
	return time.toISOString().replace(/[:.]/g, "");
}
