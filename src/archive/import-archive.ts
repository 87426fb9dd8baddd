import { type Entry, isFile } from "../core/capture/entry.ts";
import { refuseFullDisk } from "../core/create/room.ts";
import { syncNew } from "../core/files/durable.ts";
import { withScratch } from "../core/files/scratch.ts";
import { type Agent, settingsOrDefaults } from "../core/home/agent.ts";
import { coverageOf } from "../core/home/coverage.ts";
import type { Host } from "../core/home/host.ts";
import {
	manifestOf,
	nameSnapshot,
	publishSnapshot,
	sealSnapshot,
} from "../core/manifest/assemble.ts";
import type { Manifest } from "../core/manifest/manifest.ts";
import { IMPORTED_REASON } from "../core/manifest/manifest-summary.ts";
import {
	type RestoreOutcome,
	restoreSnapshot,
} from "../core/restore/restore.ts";
import {
	filesIn,
	removeSnapshots,
} from "../core/retention/remove-snapshots.ts";
import { listSnapshots } from "../core/store/listing.ts";
import { withLock } from "../core/store/lock.ts";
import { prepareStore } from "../core/store/store.ts";
import { printable } from "../core/words.ts";
import { afterDoing } from "../errors.ts";
import type { Archive } from "./archive.ts";
import { type Contents, contentsOf } from "./contents.ts";
import type { Keys } from "./encryption.ts";
import {
	type Bounds,
	RATIO,
	RATIO_FROM,
	refuseHarmful,
} from "./member-names.ts";
import { openArchive } from "./open-archive.ts";
import { type ExternalPlaced, placeExternal } from "./place-external.ts";
import { unpack } from "./unpack.ts";

export interface ImportRequest {
	/** Of the archive. */
	readonly file: string;
	readonly keys: Keys;
	/** Only says what would change. */
	readonly dryRun: boolean;
	/** Goes over what is there. */
	readonly force: boolean;
	/** All agents that are known. */
	readonly hosts: readonly Host[];
}

export interface Imported {
	readonly contents: Pick<Contents, "manifest" | "left" | "bytes" | "captured">;
	readonly comment: string;
	/** The snapshot that was made of it; its id is in the list as long as it was not only looked at. */
	readonly manifest: Manifest;
	readonly outcome: RestoreOutcome;
	readonly external: readonly ExternalPlaced[];
	/** It was not done, because something is there already. */
	readonly isHeldBack: boolean;
}

/** It is another agent's: to be imported into that one's home. */
export interface OfAnother {
	readonly other: Host;
}

/**
 * Makes a snapshot of an archive, and restores it: what a restore promises holds for it, undo and all.
 * @throws SnapshotError `failed`, `damaged`, `wrong-key`, `no-space`, and as a restore does
 */
export async function importArchive(
	agent: Agent,
	request: ImportRequest,
): Promise<Imported | OfAnother> {
	const { system, store } = agent;
	prepareStore(system, store);
	const name = printable(request.file);
	return withScratch(agent, async (scratch) => {
		const archive = await openArchive(agent, {
			path: request.file,
			keys: request.keys,
			scratch,
			most: (packed) =>
				request.force
					? Number.POSITIVE_INFINITY
					: Math.max(RATIO_FROM, packed * RATIO),
		});
		try {
			const bounds = { packed: archive.packed, isForced: request.force };
			const contents = await lookInto(agent, archive, name, request, bounds);
			if (contents.host.name !== agent.host.name)
				return { other: contents.host };
			return await bringIn(agent, archive, contents, request, scratch);
		} finally {
			archive.close();
		}
	});
}

async function lookInto(
	agent: Agent,
	archive: Archive,
	name: string,
	{ hosts }: ImportRequest,
	bounds: Bounds,
): Promise<Contents> {
	refuseHarmful(name, await archive.list(), bounds);
	return contentsOf(agent, archive, name, hosts);
}

async function bringIn(
	agent: Agent,
	archive: Archive,
	contents: Contents,
	request: ImportRequest,
	scratch: string,
): Promise<Imported> {
	const { disk } = agent.system;
	const isHeldBack = !request.dryRun && !request.force && hasState(agent);
	const dryRun = request.dryRun || isHeldBack;
	refuseFullDisk(agent, contents.bytes, settingsOrDefaults(agent).reserveBytes);
	agent.patience.progress?.begin("copying", contents.bytes);
	const state = `${scratch}/state`;
	const external = `${scratch}/external`;
	for (const folder of [state, external]) disk.makeDirectory(folder, 0o700);
	const unpacked = await unpack(agent, archive, contents.state, state);
	await unpack(agent, archive, contents.external, external);
	const entries = [...withoutTwice(contents.others, unpacked.entries)];
	const manifest = await publish(agent, contents, entries, state, request.file);
	const { comment } = archive;
	try {
		const outcome = await restoreSnapshot(agent, {
			target: { ref: manifest.id },
			dryRun,
			include: [],
			select: [],
			undo: true,
			typed: "import",
		});
		const placed = dryRun
			? []
			: await afterDoing(
					`The state of ${agent.host.title} was imported.`,
					async () => placeExternal(agent, contents, external, request.force),
				);
		const isWanting = isHeldBack && outcome.plan.steps.length > 0;
		return {
			contents,
			comment,
			manifest,
			outcome,
			external: placed,
			isHeldBack: isWanting,
		};
	} finally {
		if (dryRun) await takeOut(agent, manifest.id);
	}
}

/** What is there would be written over. */
function hasState({ system, home, host, ...agent }: Agent): boolean {
	const settings = settingsOrDefaults({ system, home, host, ...agent });
	const { paths } = coverageOf(system.disk, home, host, settings);
	return paths.some(
		(path) => system.disk.stat(`${home}/${path}`)?.kind === "file",
	);
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

async function publish(
	agent: Agent,
	{ manifest: said, captured }: Contents,
	entries: readonly Entry[],
	folder: string,
	file: string,
): Promise<Manifest> {
	const { system, store, patience } = agent;
	const survey = await syncNew(system, patience, folder);
	return withLock(agent, "import", async () => {
		const { snapshots } = listSnapshots(system.disk, store);
		const isTaken = (id: string) =>
			system.disk.stat(`${store.directory}/${id}`) !== undefined;
		const now = system.clock.now();
		const naming = nameSnapshot(snapshots, isTaken, {
			label: `from ${file.slice(file.lastIndexOf("/") + 1)}`,
			reason: IMPORTED_REASON,
			hostVersion: said?.hostVersion,
			now,
		});
		const paths = entries.filter(isFile).map(({ path }) => path);
		const taken = {
			entries,
			missed: said?.missed ?? [],
			coherent: said?.coherent ?? false,
			verifiedAt: now.toISOString(),
		};
		// Of one that does not say what was looked for, nothing else is taken away.
		const coverage = captured ?? { paths, except: [] };
		const manifest = manifestOf(agent, naming, taken, coverage);
		sealSnapshot(agent, folder, manifest, survey);
		publishSnapshot(agent, folder, {
			above: store.directory,
			folder: `${store.directory}/${naming.id}`,
		});
		return manifest;
	});
}

function takeOut(agent: Agent, id: string): Promise<void> {
	return withLock(agent, "import", async () => {
		const { snapshots } = listSnapshots(agent.system.disk, agent.store);
		const gone = snapshots.filter((one) => one.id === id);
		if (gone.length > 0)
			removeSnapshots(agent, snapshots, gone, filesIn(agent, id));
	});
}
