import type { Disk } from "../system/system.ts";
import type { Agent } from "./agent.ts";
import { removeSidecars } from "./apply-database.ts";
import { makeDirectories } from "./durable.ts";
import {
	cameMeanwhile,
	moveWhereNothingIs,
	refuseInUse,
} from "./late-comers.ts";
import { parentOf, SIDECARS } from "./paths.ts";
import { quarantineNow } from "./quarantine.ts";
import { databaseSignature } from "./scan.ts";

/**
 * Out of reach first, looked at once more, and only then removed: what is committed between a look and a removal would
 * be gone. `seen` is its signature when the present was captured. Dying in between leaves it in the quarantine.
 */
export function removeDatabase(
	agent: Agent,
	path: string,
	seen: string | undefined,
): void {
	const { system, store, home } = agent;
	const { disk } = system;
	const live = `${home}/${path}`;
	if (seen === undefined) {
		disk.unlink(live);
		removeSidecars(disk, live);
		return;
	}
	const sidecars = sidecarsOf(disk, live);
	refuseInUse(agent, path, [seen]);
	const aside = quarantineNow(agent);
	const moved = `${aside}/${path}`;
	makeDirectories(disk, store.directory, parentOf(moved) ?? aside);
	disk.rename(live, moved);
	const [, ...logs] = databaseSignature(disk, live).split(" ");
	const now = [databaseSignature(disk, moved).split(" ")[0], ...logs].join(" ");
	// Nobody can open it any more; one who had opened it goes on with it where it was.
	const holders = system.processes.holders([moved])?.get(moved) ?? [];
	if (now !== seen || holders.length > 0) {
		moveWhereNothingIs(agent, moved, path);
		removeEmpty(agent, parentOf(moved));
		throw cameMeanwhile(path);
	}
	disk.unlink(moved);
	removeEmpty(agent, parentOf(moved));
	// Another one now is that of an agent who makes the database anew, and would miss it.
	for (const [sidecar, inode] of sidecars)
		if (disk.stat(sidecar)?.inode === inode) disk.unlink(sidecar);
}

function sidecarsOf(
	disk: Disk,
	live: string,
): (readonly [path: string, inode: string])[] {
	return SIDECARS.flatMap((suffix) => {
		const found = disk.stat(`${live}${suffix}`);
		return found === undefined
			? []
			: [[`${live}${suffix}`, found.inode] as const];
	});
}

/** Up to the quarantine itself: something else may have been moved aside in the same millisecond. */
function removeEmpty(agent: Agent, folder: string | undefined): void {
	const { disk } = agent.system;
	if (folder === undefined || folder === agent.store.directory) return;
	if (disk.names(folder).length > 0) return;
	disk.removeDirectory(folder);
	removeEmpty(agent, parentOf(folder));
}
