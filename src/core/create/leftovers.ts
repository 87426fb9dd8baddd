import { errorCode } from "../../errors.ts";
import type { Disk } from "../../system/system.ts";
import { removeDeadScratch } from "../files/scratch.ts";
import type { Agent } from "../home/agent.ts";

/** Ours only, and dead for certain: we hold the lock. Hermes' own carry a process id, with a dot before it. */
export function removeLeftovers(agent: Agent): void {
	const { system, store } = agent;
	const ours =
		/^\.(\d{8}-\d{6}[A-Za-z0-9_-]*\.partial(\.whole)?|going\.removing|manifest\.new)$/;
	removeDeadScratch(agent);
	for (const name of system.disk.names(store.directory)) {
		if (ours.test(name)) tryToRemove(system.disk, `${store.directory}/${name}`);
	}
}

/** Somebody else's stay, and keep nobody from a snapshot. */
function tryToRemove(disk: Disk, path: string): void {
	try {
		disk.removeTree(path);
	} catch (error) {
		if (!["EACCES", "EPERM"].includes(errorCode(error) ?? "")) throw error;
	}
}
