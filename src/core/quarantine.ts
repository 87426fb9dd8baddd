import type { Agent } from "./agent.ts";
import { makeDirectories } from "./durable.ts";
import { parentOf, SIDECARS } from "./paths.ts";

/** Out of the way, with all that belongs to it: what we could not copy we do not destroy. */
export function setAside(agent: Agent, path: string): void {
	const { system, store, home } = agent;
	const { disk } = system;
	const to = quarantineNow(agent);
	// The file itself last: while it is there, a crash has this done again.
	for (const suffix of [...SIDECARS, ""]) {
		if (disk.stat(`${home}/${path}${suffix}`) === undefined) continue;
		const target = `${to}/${path}${suffix}`;
		makeDirectories(disk, store.directory, parentOf(target) ?? to);
		disk.rename(`${home}/${path}${suffix}`, target);
	}
}

/** The folder for what is moved away at this moment. */
export function quarantineNow({ system, store }: Agent): string {
	return `${store.quarantine}/${folderOf(system.clock.now())}`;
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
