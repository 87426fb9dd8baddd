import { createSnapshot } from "../../src/core/create/create.ts";
import { recover as recoverAt } from "../../src/core/restore/at-next-start.ts";
import {
	type RestoreRequest,
	restoreSnapshot,
} from "../../src/core/restore/restore.ts";
import { listSnapshots } from "../../src/core/store/listing.ts";
import type { Machine } from "./memory-system.ts";
import { agentOn } from "./plain-agent.ts";
import { storeAt } from "./store-folders.ts";

/** What the commands do, on a machine in memory, a minute after the last one. */
export function create(
	on: Machine,
	label: string | null = null,
	reason = "manual",
) {
	on.clock.advance(60_000);
	return createSnapshot(agentOn(on), { label, reason, force: true });
}

export function restore(
	on: Machine,
	ref: string,
	options: Partial<RestoreRequest> = {},
) {
	on.clock.advance(60_000);
	return restoreSnapshot(agentOn(on), {
		target: { ref },
		dryRun: false,
		include: [],
		select: [],
		undo: true,
		...options,
	});
}

export function undo(on: Machine) {
	return restore(on, "", { target: "undo" });
}

/** What is done before the agent starts: finishes what was interrupted, does what waits. */
export function recover(on: Machine) {
	return recoverAt(agentOn(on));
}

/** The ids in the list, newest first. */
export function listedIds({ system }: Machine): string[] {
	return listSnapshots(system.disk, storeAt).snapshots.map(({ id }) => id);
}
