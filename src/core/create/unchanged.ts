import { SnapshotError } from "../../errors.ts";
import type { Base } from "../capture/base.ts";
import type { Captured } from "../capture/capture.ts";
import { compareEntries, type Differences } from "../capture/compare.ts";
import type { Entry } from "../capture/entry.ts";
import type { Agent } from "../home/agent.ts";
import { putBackOf } from "../home/coverage.ts";
import { isWithin } from "../home/paths.ts";
import type { Manifest } from "../manifest/manifest.ts";
import type { SnapshotInfo } from "../store/listing.ts";
import { readManifest } from "../store/store.ts";

/** The manifest of the newest snapshot that people made, that lacks nothing and whose manifest can be read. */
export function newestComplete(
	{ system, store }: Agent,
	snapshots: readonly SnapshotInfo[],
	known?: Base,
): Manifest | undefined {
	for (const { id, complete, number, mark } of snapshots) {
		// What was found wrong with it does not make it another: a create that goes by it looks for damage itself.
		if (!complete || number === undefined || mark !== undefined) continue;
		if (known?.id === id) return known.manifest;
		try {
			return readManifest(system.disk, store, id);
		} catch (error) {
			if (!(error instanceof SnapshotError && error.code === "damaged"))
				throw error;
		}
	}
	return undefined;
}

/**
 * State of running processes changes all the time and is never put back: it makes no snapshot worth taking.
 * And what could not be captured is not gone; where a FIFO stands now, which holds nothing, it is.
 */
export function matters(
	{ host }: Agent,
	{ missed }: Captured,
): (entry: Entry) => boolean {
	const unread = missed.filter(({ lost }) => lost);
	return ({ path }) =>
		putBackOf(host, path) !== "never" &&
		!unread.some((one) => isWithin(path, one.path));
}

/** Nothing that matters is another, and as much was looked for. */
export function sayTheSame(
	before: Manifest,
	now: Manifest,
	differences: Differences | undefined,
): boolean {
	const covered = ({ captured }: Manifest) => JSON.stringify(captured);
	return (
		now.complete &&
		differences?.none === true &&
		covered(before) === covered(now)
	);
}

/** Nothing at all is another. */
export function isCopy(before: Manifest, now: Manifest): boolean {
	const differences = compareEntries(before.entries, now.entries);
	return sayTheSame(before, now, differences);
}
