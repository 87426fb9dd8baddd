import { readNote, writeNote } from "../files/noted.ts";
import type { Agent } from "../home/agent.ts";
import {
	type ManifestSummary,
	summaryOf,
} from "../manifest/manifest-summary.ts";
import { unlessDiskFails } from "../sizes/sizes-by-looking.ts";
import { type Listing, listSnapshots } from "./listing.ts";
import { giveToOwner } from "./store.ts";

/** From so many manifests on that had to be read, what they say is noted for the next list. */
export const MANY = 100;
/**
 * A file that is younger, in milliseconds, may be written to again without another time: some disks keep every second one.
 * Or replaced: one with another label keeps the time of the old one (marks.ts), may be as long, and may get its inode.
 */
const SETTLED = 2500;

interface Noted {
	/** Of the manifest: see `stampOf`. */
	readonly stamp: string;
	readonly summary: ManifestSummary;
}

/**
 * As `listSnapshots`, for display: a manifest that looks as it did is not opened. What is done to a snapshot, and
 * which are removed, is never decided by it.
 */
export function listForPeople(agent: Agent): Listing {
	const { disk, clock } = agent.system;
	const noted = readSummaries(agent);
	const known = new Map<string, Noted>();
	const oldest = clock.now().getTime() - SETTLED;
	let read = 0;
	const listing = listSnapshots(disk, agent.store, (id, summarise) => {
		const manifest = disk.glance(
			`${agent.store.directory}/${id}/manifest.json`,
		);
		const { kind, inode, size, mtime = 0, ctime = 0 } = manifest ?? {};
		const stamp = `${inode} ${size} ${mtime} ${ctime}`;
		const was = noted.get(id);
		const isSame = kind === "file" && was?.stamp === stamp;
		const summary = isSame ? was.summary : summarise();
		if (!isSame) read++;
		const isSettled = mtime < oldest && ctime < oldest;
		if (typeof summary === "object" && kind === "file" && isSettled)
			known.set(id, { stamp, summary });
		return summary;
	});
	if (read >= MANY) noteSummaries(agent, known);
	return listing;
}

/** `.summaries.json`: may be gone or wrong at any time, and then is read anew. */
function readSummaries({ system, store }: Agent): Map<string, Noted> {
	const found = readNote(system.disk, store.summaries);
	const known = new Map<string, Noted>();
	if (typeof found !== "object" || found === null) return known;
	const { formatVersion, snapshots } = found as Record<string, unknown>;
	if (formatVersion !== 1 || !Array.isArray(snapshots)) return known;
	for (const one of snapshots) {
		const [id, stamp, told] = Array.isArray(one) ? one : [];
		const summary = summaryOf(told);
		if (typeof id === "string" && typeof stamp === "string" && summary)
			known.set(id, { stamp, summary });
	}
	return known;
}

function noteSummaries(
	{ system, store }: Agent,
	known: ReadonlyMap<string, Noted>,
): void {
	const { disk } = system;
	const snapshots = [...known].map(([id, { stamp, summary }]) => [
		id,
		stamp,
		summary,
	]);
	// The store may be another user's, or on a disk that is read only.
	unlessDiskFails(() => {
		writeNote(disk, store.summaries, { formatVersion: 1, snapshots });
		const owner = disk.stat(store.home);
		if (owner) giveToOwner(system, store.summaries, owner);
	});
}
