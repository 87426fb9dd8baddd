import { type Entry, isFile } from "../core/capture/entry.ts";
import { syncNew } from "../core/files/durable.ts";
import type { Agent } from "../core/home/agent.ts";
import {
	manifestOf,
	nameSnapshot,
	publishSnapshot,
	sealSnapshot,
} from "../core/manifest/assemble.ts";
import type { Manifest } from "../core/manifest/manifest.ts";
import { IMPORTED_REASON } from "../core/manifest/manifest-summary.ts";
import {
	filesIn,
	removeSnapshots,
} from "../core/retention/remove-snapshots.ts";
import { listSnapshots } from "../core/store/listing.ts";
import { withLock } from "../core/store/lock.ts";
import type { Contents } from "./contents.ts";

/**
 * Makes a snapshot of what was unpacked.
 * @param folder in the store, which becomes it
 */
export async function addSnapshot(
	agent: Agent,
	contents: Contents,
	found: readonly Entry[],
	folder: string,
	{ file }: { readonly file: string },
): Promise<Manifest> {
	const { system, store, patience } = agent;
	const survey = await syncNew(system, patience, folder);
	return withLock(agent, "import", async () => {
		const { snapshots } = listSnapshots(system.disk, store);
		const isTaken = (id: string) =>
			system.disk.stat(`${store.directory}/${id}`) !== undefined;
		const naming = nameSnapshot(snapshots, isTaken, {
			label: `from ${file.slice(file.lastIndexOf("/") + 1)}`,
			reason: IMPORTED_REASON,
			hostVersion: contents.manifest?.hostVersion,
			now: system.clock.now(),
		});
		const entries = withoutTwice(contents.others, found);
		const taken = {
			entries,
			missed: contents.missed,
			coherent: contents.manifest?.coherent ?? false,
			verifiedAt: naming.now.toISOString(),
		};
		const paths = entries.filter(isFile).map(({ path }) => path);
		// Of one that does not say what was looked for, nothing else is taken away.
		const coverage = contents.captured ?? { paths, except: [] };
		const manifest = manifestOf(agent, naming, taken, coverage);
		sealSnapshot(agent, folder, manifest, survey);
		publishSnapshot(agent, folder, {
			above: store.directory,
			folder: `${store.directory}/${naming.id}`,
		});
		return manifest;
	});
}

/** Directories that files lie in are in both. */
function withoutTwice(
	said: readonly Entry[],
	found: readonly Entry[],
): Entry[] {
	const known = new Set(said.map(({ path }) => path));
	return [...said, ...found.filter(({ path }) => !known.has(path))].sort(
		(a, b) => (a.path < b.path ? -1 : 1),
	);
}

export function takeOut(agent: Agent, id: string): Promise<void> {
	return withLock(agent, "import", async () => {
		const { snapshots } = listSnapshots(agent.system.disk, agent.store);
		const gone = snapshots.filter((one) => one.id === id);
		if (gone.length > 0)
			removeSnapshots(agent, snapshots, gone, filesIn(agent, id));
	});
}
