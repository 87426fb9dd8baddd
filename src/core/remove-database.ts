import type { Agent } from "./agent.ts";
import {
	cameMeanwhile,
	moveWhereNothingIs,
	refuseInUse,
} from "./late-comers.ts";
import { removeLeftLogs, sidecarsOf } from "./left-logs.ts";
import { leaveQuarantine, placeAside } from "./quarantine.ts";
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
	const { system, home } = agent;
	const { disk } = system;
	const live = `${home}/${path}`;
	const sidecars = sidecarsOf(disk, live);
	if (seen === undefined) {
		disk.unlink(live);
		removeLeftLogs(agent, path, seen, sidecars);
		return;
	}
	refuseInUse(agent, path, [seen]);
	const moved = placeAside(agent, path);
	disk.rename(live, moved);
	const [, ...logs] = databaseSignature(disk, live).split(" ");
	const now = [databaseSignature(disk, moved).split(" ")[0], ...logs].join(" ");
	// Nobody can open it any more; one who had opened it goes on with it where it was.
	const holders = system.processes.holders([moved])?.get(moved) ?? [];
	if (now !== seen || holders.length > 0) {
		moveWhereNothingIs(agent, moved, path);
		leaveQuarantine(agent, moved);
		throw cameMeanwhile(path);
	}
	disk.unlink(moved);
	leaveQuarantine(agent, moved);
	// Another one now is that of an agent who makes the database anew, and would miss it.
	removeLeftLogs(agent, path, seen, sidecars);
}
