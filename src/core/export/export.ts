import { afterDoing, SnapshotError } from "../../errors.ts";
import { isFile } from "../capture/entry.ts";
import { refuseFullDisk } from "../create/room.ts";
import { syncingTree } from "../files/durable.ts";
import { type Agent, loadSettings } from "../home/agent.ts";
import {
	publishSnapshot,
	sealSnapshot,
	stampOf,
} from "../manifest/assemble.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { type Finished, finishedFirst } from "../recover/recover.ts";
import { recoverAllIfClear } from "../recover/recover-related.ts";
import { noteCreated } from "../sizes/sizes.ts";
import { findSnapshot } from "../store/find-snapshot.ts";
import { listSnapshots, type SnapshotInfo } from "../store/listing.ts";
import { withLock } from "../store/lock.ts";
import { readManifest } from "../store/store.ts";
import { inTurns } from "../work.ts";
import { refuseBadPlace } from "./export-place.ts";
import { sayingWhichIsFull } from "./full-place.ts";
import { plainEntries } from "./plain-entries.ts";

export interface ExportRequest {
	/** As people type it. */
	readonly ref: string;
	/** A directory to be made; undefined: a snapshot beside the others. */
	readonly to: string | undefined;
}

export interface Exported {
	readonly source: SnapshotInfo;
	/** Where it lies. */
	readonly folder: string;
	/** Of the new snapshot; undefined when it lies elsewhere. */
	readonly id: string | undefined;
	/** Of the files of the source that it holds, in bytes. */
	readonly bytes: number;
	/** These are in its manifest only: a folder of plain files holds what a person can copy. */
	readonly links: readonly string[];
	/** An interrupted restore that was finished first. */
	readonly recovered: Finished;
}

/**
 * Makes a rendition of a snapshot that needs no tool: every file whole, writable, and with no name elsewhere. Each is
 * compared with its hashes as it is copied.
 * @throws SnapshotError `not-found`, `damaged`, `no-space`, `failed`
 */
export async function exportPlain(
	agent: Agent,
	{ ref, to }: ExportRequest,
): Promise<Exported> {
	const settings = loadSettings(agent);
	const { system, store } = agent;
	// A store is not made in order to say that it holds nothing.
	findSnapshot(listSnapshots(system.disk, store), ref);
	return withLock(agent, "export", async () => {
		const { isBlocked, blockedElsewhere, ...recovered } =
			await recoverAllIfClear(agent);
		return afterDoing(finishedFirst(recovered), async () => {
			const { snapshots, ...listing } = listSnapshots(system.disk, store);
			const source = findSnapshot({ snapshots, ...listing }, ref);
			const manifest = readManifest(system.disk, store, source.id);
			const id = `${source.id}-plain`;
			const place =
				to === undefined
					? placeInStore(agent, id)
					: refuseBadPlace(agent, settings, to);
			refuseFullDisk(
				agent,
				source.bytes,
				settings.reserveBytes,
				undefined,
				place.above,
			);
			await sayingWhichIsFull(agent, place.above, () =>
				make(agent, manifest, id, place),
			);
			if (to === undefined) noteCreated(agent, snapshots, { id });
			return {
				source,
				folder: place.folder,
				id: to === undefined ? id : undefined,
				bytes: source.bytes,
				links: manifest.entries
					.filter(({ kind }) => kind === "link")
					.map(({ path }) => path),
				recovered,
			};
		});
	});
}

export interface Place {
	/** Exists. */
	readonly above: string;
	/** In it, and not there yet. */
	readonly folder: string;
	/** Beside that, while it is made. */
	readonly partial: string;
}

function placeInStore({ system, store }: Agent, id: string): Place {
	const above = store.directory;
	const folder = `${above}/${id}`;
	if (system.disk.stat(folder) !== undefined)
		throw new SnapshotError(
			"failed",
			`There is a ${id} already. Nothing was changed.`,
			{
				hint: "It is the plain copy that you want, or --to DIR makes one elsewhere.",
			},
		);
	// A name that the next create removes, should this one die.
	const stamp = stampOf(system.clock.now());
	return { above, folder, partial: `${above}/.${stamp}-plain.partial` };
}

async function make(
	agent: Agent,
	manifest: Manifest,
	id: string,
	{ above, folder, partial }: Place,
): Promise<void> {
	const { system, patience } = agent;
	const { disk } = system;
	disk.makeDirectory(partial, 0o700);
	try {
		const entries = await plainEntries(agent, manifest, partial);
		patience.progress?.begin("writing");
		await inTurns(system, patience, syncingTree(disk, partial));
		sealSnapshot(agent, partial, plainManifest(agent, manifest, id, entries));
		publishSnapshot(agent, partial, { above, folder });
	} catch (error) {
		disk.removeTree(partial);
		throw error;
	}
}

/**
 * As Hermes reads it, and as we do. It says what its original says, so it stands right behind that in the list, and not
 * in front of what is newer.
 */
function plainManifest(
	{ system: { clock } }: Agent,
	manifest: Manifest,
	id: string,
	entries: Manifest["entries"],
): Manifest {
	const { undoes, sequence, note, ...said } = manifest;
	return {
		...said,
		id,
		label: `plain copy of ${manifest.label ?? manifest.id}`,
		reason: "manual",
		formatVersion: 1,
		...(sequence !== undefined && { sequence: Math.max(0, sequence - 1) }),
		// It was asked for, and stays until somebody removes it: behind its original it would be the first to go.
		pinned: true,
		plain: true,
		file_count: entries.filter(isFile).length,
		verifiedAt: clock.now().toISOString(),
		entries,
	};
}
