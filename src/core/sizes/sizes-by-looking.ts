import { errorCode } from "../../errors.ts";
import type { Agent } from "../home/agent.ts";
import type { SnapshotInfo } from "../store/listing.ts";
import { ownCost, storedFiles, takenBy } from "./disk-use.ts";

/**
 * How long a list looks at files, in milliseconds: 20 snapshots of 2,000 parts are 40,000 of them. Those that it does not
 * come to are shown without.
 */
export const PATIENCE = 80;
/** The same of a command that notes what it finds: most of a store is looked at once only. */
export const CATCH_UP = 1000;

/** What each alone costs: what is known, and the rest by looking, as far as the time goes. */
export function lookedUp(
	{ system: { disk, clock }, store }: Agent,
	snapshots: readonly SnapshotInfo[],
	known: ReadonlyMap<string, number>,
	patience = PATIENCE,
): Map<string, number> {
	const alone = new Map(known);
	const end = clock.monotonic() + patience;
	for (const { id } of snapshots) {
		if (alone.has(id)) continue;
		if (clock.monotonic() >= end) break;
		unlessDiskFails(() => {
			alone.set(id, ownCost(disk, `${store.directory}/${id}`).alone);
		});
	}
	return alone;
}

/** All of them, every file once; `isAll` false: the time was up. */
export function addedUp(
	agent: Agent,
	snapshots: readonly { readonly id: string }[],
	patience: number,
): { readonly bytes: number; readonly isAll: boolean } {
	const { clock, disk } = agent.system;
	const end = clock.monotonic() + patience;
	let isAll = true;
	const files = function* () {
		for (const { id } of snapshots) {
			isAll &&= clock.monotonic() < end;
			if (isAll) yield* storedFiles(disk, `${agent.store.directory}/${id}`);
		}
	};
	const bytes = takenBy(files());
	return { bytes, isAll };
}

export function unlessDiskFails(work: () => void): void {
	try {
		work();
	} catch (error) {
		if (errorCode(error) === undefined) throw error; // not the disk: a bug
	}
}
