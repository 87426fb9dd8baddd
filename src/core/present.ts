import {
	type Agent,
	databaseExpectation,
	settingsOrDefaults,
} from "./agent.ts";
import { type Captured, capture } from "./capture.ts";
import type { Coverage, Manifest } from "./manifest.ts";
import type { RestoreRequest } from "./restore.ts";
import type { RestorePlan } from "./restore-plan.ts";
import { neededFor, neededInside, refuseFullDisk } from "./room.ts";
import type { Staging } from "./staging.ts";
import type { StorePaths } from "./store.ts";
import type { WaysIn } from "./ways-in.ts";

/** The present as it is captured before a restore: what the undo snapshot will be. */
export function presentFolder({ restoring }: StorePaths): string {
	return `${restoring}/undo`;
}

/** Captures what a restore may touch. @throws SnapshotError `no-space` before anything is copied */
export async function capturePresent(
	agent: Agent,
	manifest: Manifest,
	coverage: Coverage,
	request: RestoreRequest,
	staging: Staging,
): Promise<Captured> {
	const { system, home, store, patience, host } = agent;
	const into = presentFolder(store);
	system.disk.removeTree(into);
	system.disk.makeDirectory(into, 0o700);
	return capture(
		system,
		{
			home,
			coverage,
			expectDatabase: databaseExpectation(host, manifest),
			open: staging.locks.held,
			into,
			beforeCopy: (found) =>
				refuseFullDisk(
					agent,
					neededFor(agent, found),
					reserveOf(agent, request),
				),
		},
		patience,
	);
}

/**
 * Room for the new files, and for what SQLite writes beside a live database before it lets go of the old content: a disk
 * that is full only then would stop the restore half-way.
 * @throws SnapshotError `no-space`
 */
export function refuseNoRoomFor(
	agent: Agent,
	request: RestoreRequest,
	{ steps }: RestorePlan,
	present: Captured,
	ways: WaysIn,
): void {
	const now = new Map(present.entries.map((entry) => [entry.path, entry]));
	const inside = (path: string, size: number) => {
		if (ways.get(path) !== "through") return 0;
		const live = now.get(path);
		return neededInside(live?.kind === "database" ? live : undefined, size);
	};
	const sizes = steps.map((step) =>
		step.do === "write" || step.do === "database"
			? step.entry.size + inside(step.path, step.entry.size)
			: 0,
	);
	const needed = sizes.reduce((sum, size) => sum + size, 0);
	refuseFullDisk(agent, needed, reserveOf(agent, request));
}

/** A bad line in the settings must not keep anyone from a restore. */
function reserveOf(
	agent: Agent,
	{ undo, ignoreReserve = false }: RestoreRequest,
): number {
	if (!undo || ignoreReserve) return 0;
	return settingsOrDefaults(agent).reserveBytes;
}
