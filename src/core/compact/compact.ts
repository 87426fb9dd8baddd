import { FailedAfter, reasonIn, SnapshotError } from "../../errors.ts";
import { type Entry, isFile } from "../capture/entry.ts";
import { refuseFullDisk } from "../create/room.ts";
import { type Agent, loadSettings } from "../home/agent.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { safePoint } from "../patience.ts";
import type { Finished } from "../recover/recover.ts";
import { recoverAll } from "../recover/recover-related.ts";
import { waitingSnapshot } from "../restore/next-start.ts";
import { refusePending } from "../restore/restore.ts";
import { storedFiles, takenBy } from "../sizes/disk-use.ts";
import { noteAll } from "../sizes/sizes.ts";
import { listSnapshots, type SnapshotInfo } from "../store/listing.ts";
import { withLock } from "../store/lock.ts";
import { isRecoveryPending, readManifest } from "../store/store.ts";
import { bytesText, someOf } from "../words.ts";
import { rebuild } from "./compact-build.ts";
import {
	compactEntries,
	type Form,
	piecesOf,
	sharedWith,
} from "./compact-plan.ts";
import { settleCompacting } from "./compacting.ts";

export interface CompactRequest {
	/** Reads everything, says what would come of it and changes nothing. */
	readonly dryRun: boolean;
	/** Those that Hermes made, too: its files become read-only in them. */
	readonly foreign: boolean;
}

export interface CompactOutcome {
	/** Ids, oldest first. */
	readonly compacted: readonly string[];
	/** Bytes of the disk that became free; in a dry run about those that would. */
	readonly saved: number;
	/** Left as they are, with the end of a sentence that begins with the id. */
	readonly left: readonly { readonly id: string; readonly why: string }[];
	/** Those of Hermes' own that were not asked for. */
	readonly foreign: number;
	/** An interrupted restore that was finished first. */
	readonly recovered: Finished;
}

/**
 * Gives snapshots that were made as whole copies the form that they have today, oldest first: what is as in the one
 * before is shared with it, what is large is kept in parts. One that is damaged is left alone.
 */
export async function compact(
	agent: Agent,
	request: CompactRequest,
): Promise<CompactOutcome> {
	const { partsFromBytes } = loadSettings(agent);
	const { system, store } = agent;
	if (system.disk.stat(store.directory) === undefined)
		throw new SnapshotError(
			"not-found",
			"There are no snapshots yet. Nothing was changed.",
			{ hint: "Make one with `create`." },
		);
	if (request.dryRun) refusePending(agent);
	return withLock(agent, "compact", async () => {
		const recovered = await recoverAll(agent);
		refuseBesideRestore(agent);
		const { snapshots } = listSnapshots(system.disk, store);
		const wanted = snapshots.filter(
			({ sequence }) => sequence !== undefined || request.foreign,
		);
		const before = taken(agent, snapshots);
		const work = new Compacting(agent, request.dryRun, partsFromBytes);
		try {
			for (const { id } of wanted.toReversed()) await work.next(id);
		} catch (error) {
			const { compacted } = work;
			throw request.dryRun || compacted.length === 0
				? error
				: new FailedAfter(`Compacted ${someOf(compacted)}.`, error);
		} finally {
			settleCompacting(system.disk, store);
			if (!request.dryRun) noteAll(agent, snapshots);
		}
		const { compacted, left, expected } = work;
		const saved = request.dryRun ? expected : before - taken(agent, snapshots);
		const foreign = snapshots.length - wanted.length;
		return { compacted, left, saved, foreign, recovered };
	});
}

/** It names a snapshot and may have files of it open by now. */
function refuseBesideRestore({ system: { disk }, store }: Agent): void {
	if (!isRecoveryPending(disk, store) && !waitingSnapshot(disk, store)) return;
	throw new SnapshotError(
		"recovery-blocked",
		"A restore waits, and snapshots stay as they are until it is done. Nothing was changed.",
		{ hint: "`recover` does it, or `recover --cancel` forgets it." },
	);
}

function taken(
	{ system: { disk }, store }: Agent,
	snapshots: readonly SnapshotInfo[],
): number {
	return takenBy(
		snapshots.flatMap(({ id }) => [
			...storedFiles(disk, `${store.directory}/${id}`),
		]),
	);
}

/** From snapshot to snapshot. */
class Compacting {
	readonly compacted: string[] = [];
	readonly left: { id: string; why: string }[] = [];
	expected = 0;
	readonly #agent: Agent;
	readonly #dryRun: boolean;
	readonly #partsFrom: number;
	/**
	 * The last one that is sound, in its new form: of ours, and of Hermes' own. These share among themselves: in ours a
	 * large file lies in another form, and Hermes may remove and restore what it made without a thought of ours.
	 */
	readonly #last: { ours?: Form; theirs?: Form } = {};

	constructor(agent: Agent, dryRun: boolean, partsFrom: number) {
		this.#agent = agent;
		this.#dryRun = dryRun;
		this.#partsFrom = partsFrom;
	}

	async next(id: string): Promise<void> {
		const { system, store, patience } = this.#agent;
		await safePoint(system, patience);
		try {
			const manifest = readManifest(system.disk, store, id);
			// Its files are for others, who may write to them.
			if (manifest.plain) return;
			refuseStrangers(this.#agent, manifest);
			await this.#compact(manifest);
		} catch (error) {
			if (!(error instanceof SnapshotError && error.code === "damaged"))
				throw error;
			const why = reasonIn(error.message);
			this.left.push({ id, why });
		}
	}

	async #compact(manifest: Manifest): Promise<void> {
		const { store } = this.#agent;
		const whose = manifest.sequence === undefined ? "theirs" : "ours";
		const before = this.#last[whose];
		const entries = await compactEntries(
			this.#agent,
			manifest,
			before,
			this.#partsFrom,
		);
		const byPath = new Map(entries.map((entry) => [entry.path, entry]));
		const folder = `${store.directory}/${manifest.id}`;
		const { isOther, saved, written } = this.#gain(folder, entries, before);
		this.#last[whose] = { folder, entries: byPath };
		if (!isOther) return;
		if (!this.#dryRun) {
			refuseFullDisk(this.#agent, written, 0);
			await rebuild(this.#agent, manifest, entries, before);
		}
		this.compacted.push(manifest.id);
		this.expected += saved;
	}

	/** What there is to do for these entries, in bytes. */
	#gain(folder: string, entries: readonly Entry[], before: Form | undefined) {
		const { disk } = this.#agent.system;
		const gain = { isOther: false, saved: 0, written: 0 };
		for (const entry of entries.filter(isFile)) {
			const isCut =
				entry.parts !== undefined &&
				disk.stat(`${folder}/${entry.path}`)?.kind === "file";
			gain.isOther ||= isCut;
			const shared = sharedWith(before, entry);
			for (const { path, bytes } of piecesOf(entry)) {
				if (!shared.has(path)) {
					gain.written += isCut ? bytes : 0;
					continue;
				}
				const now = disk.stat(`${folder}/${path}`)?.inode;
				const other = disk.stat(`${before?.folder}/${path}`)?.inode;
				if (!isCut && now === other) continue;
				gain.isOther = true;
				gain.saved += bytes;
			}
		}
		return gain;
	}
}

/** What somebody put there would not be in the new form. @throws SnapshotError `damaged` */
function refuseStrangers(
	{ system: { disk }, store }: Agent,
	{ id, entries }: Manifest,
): void {
	const named = new Set(["manifest.json"]);
	for (const { path } of entries.filter(isFile).flatMap(piecesOf))
		named.add(path);
	for (const { path, bytes } of storedFiles(disk, `${store.directory}/${id}`))
		if (!named.has(path))
			throw new SnapshotError(
				"damaged",
				`${id} holds ${someOf([path])} (${bytesText(bytes)}), which its manifest does not name. Nothing was changed.`,
			);
}
