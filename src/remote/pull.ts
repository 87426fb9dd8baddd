import { type FileEntry, isFile, totalOf } from "../core/capture/entry.ts";
import { surveyOf } from "../core/capture/survey.ts";
import { refuseFullDisk } from "../core/create/room.ts";
import { syncingTree } from "../core/files/durable.ts";
import { withScratch } from "../core/files/scratch.ts";
import { type Agent, loadSettings } from "../core/home/agent.ts";
import {
	damaged,
	type Manifest,
	parseManifest,
} from "../core/manifest/manifest.ts";
import { listSnapshots, type SnapshotInfo } from "../core/store/listing.ts";
import { prepareStore, readManifest } from "../core/store/store.ts";
import { damageIn, verifySnapshot } from "../core/verify/verify.ts";
import { inTurns } from "../core/work.ts";
import { SnapshotError } from "../errors.ts";
import { refuseStrangeTree } from "./foreign-tree.ts";
import { publishPulled } from "./publish-pulled.ts";
import type { RemoteSnapshot } from "./repository.ts";
import type { Restic } from "./restic.ts";
import { manifestTextThere, treeThere } from "./wholeness.ts";

export interface Pulled {
	readonly snapshot: SnapshotInfo;
	/** False: it is in the store already, and sound. */
	readonly isNew: boolean;
}

/**
 * Brings a snapshot back into the store, every file compared with its hash, as one of the moment that it is of.
 * @param agent whose store it comes into
 * @throws SnapshotError `damaged`: it is not what was pushed, or no snapshot of this agent; `no-space`
 */
export async function pullSnapshot(
	agent: Agent,
	restic: Restic,
	wanted: RemoteSnapshot,
): Promise<Pulled> {
	const { system, store, host } = agent;
	if (wanted.agent !== host.name)
		throw new SnapshotError(
			"failed",
			`${wanted.id} is a snapshot of ${JSON.stringify(wanted.agent)}, and this is ${host.title}. Nothing was changed.`,
			{ hint: `Say so: --host ${wanted.agent}` },
		);
	prepareStore(system, store);
	const manifest = await manifestThere(restic, wanted);
	const local = await localCopy(agent, manifest);
	if (local !== undefined) return { snapshot: local, isNew: false };
	refuseStrangeTree(manifest, await treeThere(restic, wanted.resticId));
	const needed = totalOf(manifest.entries.filter(isFile));
	refuseFullDisk(agent, needed, loadSettings(agent).reserveBytes);
	const id = await withScratch(agent, async (scratch) => {
		const sound = await bringIn(agent, restic, wanted, manifest, scratch);
		return publishPulled(agent, sound, `${scratch}/${manifest.id}`);
	});
	const { snapshots } = listSnapshots(system.disk, store);
	const snapshot = snapshots.find((one) => one.id === id);
	if (snapshot === undefined) throw damaged(`The manifest of ${id}`, "is gone");
	return { snapshot, isNew: true };
}

/** As it was pushed, trusting nothing in it. */
async function manifestThere(
	restic: Restic,
	{ id, resticId }: RemoteSnapshot,
): Promise<Manifest> {
	const what = `The manifest of ${printableId(id)} in the repository`;
	const text = await manifestTextThere(restic, resticId);
	return { ...parseManifest(text, what), id: printableId(id) };
}

/** It becomes the name of a folder. */
function printableId(id: string): string {
	if (/^\d{8}-\d{6}[\w-]{0,100}$/.test(id)) return id;
	throw new SnapshotError(
		"damaged",
		"That snapshot has a name which no snapshot of ours has. Nothing was changed.",
		{ hint: "Take another one: see `remote list`." },
	);
}

/** One of that name that says the same, and is sound. */
async function localCopy(
	agent: Agent,
	manifest: Manifest,
): Promise<SnapshotInfo | undefined> {
	const { system, store } = agent;
	const { snapshots } = listSnapshots(system.disk, store);
	const found = snapshots.find(({ id }) => id === manifest.id);
	if (found === undefined) return undefined;
	if ((await damageIn(agent, found.id)) !== undefined) return undefined;
	const own = readManifest(system.disk, store, found.id);
	return contentsOf(own) === contentsOf(manifest) ? found : undefined;
}

function contentsOf({ entries }: Manifest): string {
	const content = ({ path, size, sha256, parts }: FileEntry) => ({
		path,
		size,
		sha256,
		parts,
	});
	return JSON.stringify(entries.filter(isFile).map(content));
}

/** Into `<scratch>/<id>`. Returns its manifest, with the hash of each file known. */
async function bringIn(
	agent: Agent,
	restic: Restic,
	{ resticId }: RemoteSnapshot,
	{ id, entries }: Manifest,
	scratch: string,
): Promise<Manifest> {
	const { system, store, patience } = agent;
	const { disk } = system;
	const folder = `${scratch}/${id}`;
	patience.progress?.begin("fetching", totalOf(entries.filter(isFile)));
	await restic.run({
		words: ["restore", resticId, "--target", folder],
		doing: "restore from it",
		rescue: ({ kind }) => (kind === "full" ? fullHere() : undefined),
	});
	// As files of a store are, whatever modes and access lists came with them.
	const { files, directories } = surveyOf(disk, folder);
	for (const { path } of files) disk.setMode(path, 0o400);
	for (const { path } of directories) disk.setMode(path, 0o700);
	const there = { ...agent, store: { ...store, directory: scratch } };
	const manifest = readManifest(disk, there.store, id);
	const sound = await verifySnapshot(there, manifest);
	await inTurns(system, patience, syncingTree(disk, folder));
	return sound;
}

function fullHere(): SnapshotError {
	return new SnapshotError(
		"no-space",
		"The disk became full while the snapshot came. Nothing was changed.",
		{ hint: "Free some space, or remove old snapshots with `prune 5`." },
	);
}
