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
	const now = system.clock.now().toISOString().replace(/[:.]/g, "");
	return `${store.quarantine}/${now}`;
}
