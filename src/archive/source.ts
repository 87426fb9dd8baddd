import { type Entry, isFile } from "../core/capture/entry.ts";
import { removeLeftovers } from "../core/create/leftovers.ts";
import { whatIsKnown } from "../core/create/look-first.ts";
import { refuseLostForRoom } from "../core/create/room.ts";
import { takeState } from "../core/create/take-state.ts";
import { withScratch } from "../core/files/scratch.ts";
import { type Agent, loadSettings } from "../core/home/agent.ts";
import { fullCoverageOf } from "../core/home/full-coverage.ts";
import type { KnownAgent } from "../core/home/known-agent.ts";
import { refuseStrangeHome } from "../core/home/strange-home.ts";
import { manifestOf, nameSnapshot } from "../core/manifest/assemble.ts";
import type { Manifest } from "../core/manifest/manifest.ts";
import { type Finished, finishedFirst } from "../core/recover/recover.ts";
import { recoverAll } from "../core/recover/recover-related.ts";
import { findSnapshot } from "../core/store/find-snapshot.ts";
import { listSnapshots } from "../core/store/listing.ts";
import { withLock } from "../core/store/lock.ts";
import { prepareStore, readManifest } from "../core/store/store.ts";
import { afterDoing } from "../errors.ts";
import {
	moved,
	movedCoverage,
	pathInArchive,
	treeOf,
} from "./archive-paths.ts";
import { withExternal } from "./external.ts";

/** What an archive is made of: paths are as in the archive. */
export interface Source {
	readonly manifest: Manifest;
	/** Where a file of it lies, whole or in parts. */
	readonly placeOf: (entry: Entry) => Place;
	/** An interrupted restore that was finished first. */
	readonly recovered: Finished | undefined;
}

export interface Place {
	/** As a snapshot's. */
	readonly folder: string;
	/** In it. */
	readonly path: string;
}

export interface Wanted {
	/** As people type it; "now" is the present. */
	readonly ref: string;
	/** Of the present all that is the agent's, and not only what is critical. */
	readonly isFull: boolean;
	readonly reason: string;
}

/** Hands a snapshot to `use`, or the present, which is captured for it as for a snapshot. */
export async function withSource<T>(
	agent: Agent,
	known: KnownAgent,
	wanted: Wanted,
	use: (source: Source) => Promise<T>,
): Promise<T> {
	if (wanted.ref !== "now") return use(stored(agent, wanted.ref));
	refuseStrangeHome(agent, loadSettings(agent));
	prepareStore(agent.system, agent.store);
	return withScratch(agent, async (folder) => {
		const source = await withLock(agent, "export", async () => {
			const recovered = await recoverAll(agent);
			return afterDoing(finishedFirst(recovered), async () => ({
				...(await present(agent, known, wanted, folder)),
				recovered,
			}));
		});
		// Others may work on while it is packed.
		return use(source);
	});
}

function stored(agent: Agent, ref: string): Source {
	const { system, store } = agent;
	const { id } = findSnapshot(listSnapshots(system.disk, store), ref);
	const manifest = readManifest(system.disk, store, id);
	return inArchive(agent, manifest, `${store.directory}/${id}`);
}

async function present(
	agent: Agent,
	known: KnownAgent,
	{ isFull, reason }: Wanted,
	scratch: string,
): Promise<Source> {
	removeLeftovers(agent);
	const { system } = agent;
	const settings = loadSettings(agent);
	const asked = { label: null, reason, force: true };
	const { snapshots, newest, before, request } = whatIsKnown(
		agent,
		asked,
		settings,
	);
	const into = `${scratch}/state`;
	system.disk.makeDirectory(into, 0o700);
	const found = isFull ? withExternal(agent, known) : undefined;
	const coverage = found
		? found.covering(fullCoverageOf(agent, known, settings))
		: request.coverage;
	const taken = await takeState(
		found?.agent ?? agent,
		{ ...request, coverage, into },
		before,
	);
	const now = system.clock.now();
	const naming = nameSnapshot(snapshots, () => false, {
		label: null,
		reason,
		hostVersion: newest?.hostVersion,
		now,
	});
	const missed = [...taken.missed, ...(found?.missed ?? [])];
	refuseLostForRoom(missed);
	const all = { ...taken, missed };
	const manifest = manifestOf(agent, naming, all, taken.scan.coverage);
	return inArchive(agent, manifest, into);
}

function inArchive(agent: Agent, manifest: Manifest, folder: string): Source {
	const tree = treeOf(agent);
	const where = (path: string) => pathInArchive(tree, path);
	const places = new Map(
		manifest.entries.map(({ path }) => [where(path) ?? "", { folder, path }]),
	);
	const { captured, missed } = manifest;
	return {
		manifest: {
			...manifest,
			entries: moved(manifest.entries, where),
			captured: captured && movedCoverage(captured, where),
			missed: [
				...missed.map((one) => ({ ...one, path: where(one.path) ?? one.path })),
				...manifest.entries
					.filter(({ path }) => where(path) === undefined)
					.filter(isFile)
					.map(({ path }) => ({ path, why: NO_PLACE, lost: true })),
			],
		},
		placeOf: ({ path }) => places.get(path) ?? { folder, path },
		recovered: undefined,
	};
}

const NO_PLACE = "it lies neither in the agent's home nor in the user's";
