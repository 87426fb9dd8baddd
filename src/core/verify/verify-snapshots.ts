import { isFile, totalOf } from "../capture/entry.ts";
import { betweenForms } from "../compact/compacting.ts";
import type { Agent } from "../home/agent.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { whyDamaged } from "../parts/stored-file.ts";
import { findSnapshot } from "../store/find-snapshot.ts";
import {
	isGood,
	type Listing,
	listSnapshots,
	type SnapshotInfo,
} from "../store/listing.ts";
import { readManifest } from "../store/store.ts";
import { inTurns } from "../work.ts";
import { type Flaw, type Flaws, joined, NO_FLAWS } from "./flaws.ts";
import type { Found as Known } from "./found.ts";
import { flawsOfManifest } from "./manifest-flaws.ts";
import { noteVerifications } from "./note-verified.ts";
import { type ReadOnce, verifyingOnce } from "./read-once.ts";
import { type Searched, searchStored } from "./search-stored.ts";

/** What was found in one snapshot. */
export interface Verified extends Flaws {
	readonly id: string;
	/** Undefined: its manifest cannot be read or is gone, and it is in no list. */
	readonly snapshot: SnapshotInfo | undefined;
	/** What was there and could not be saved, which makes it incomplete. */
	readonly lacks: readonly Flaw[];
	/** One of Hermes' own: its files could only be compared by their sizes. */
	readonly isUnhashed: boolean;
	/** What an earlier search or drill found against it, which this one has not refuted. */
	readonly known: Known | undefined;
}

export interface Verification {
	/** Newest first, and behind them those that are in no list. */
	readonly verified: readonly Verified[];
	/** Of these the newest good one, as every verb means it; undefined: there is none. */
	readonly good: SnapshotInfo | undefined;
	/** Of these the newest that is as it was captured, faults and all. */
	readonly asCaptured: SnapshotInfo | undefined;
	/** Ids of those that were removed while they were read. */
	readonly gone: readonly string[];
	/** False: what was found could not be noted for `status`. */
	readonly isNoted: boolean;
}

export interface VerifyRequest {
	/** As people type it; undefined: all. */
	readonly ref: string | undefined;
	/** Databases are searched, and configurations parsed, too. */
	readonly full: boolean;
}

type Found = Flaws & Pick<Verified, "lacks" | "isUnhashed">;

interface Run {
	readonly full: boolean;
	readonly read: ReadOnce;
	readonly searched: Searched;
}

/**
 * Reads snapshots whole and compares them with their hashes. Changes nothing but a note of what it found, opens nothing of
 * the agent's, and waits for nobody: one that is pruned meanwhile is not damaged.
 * @throws SnapshotError `not-found`, `ambiguous`
 */
export async function verifySnapshots(
	agent: Agent,
	{ ref, full }: VerifyRequest,
): Promise<Verification> {
	const { system, store } = agent;
	const listing = listSnapshots(system.disk, store);
	const run = { full, read: new Map(), searched: new Map() };
	const verified: Omit<Verified, "known">[] = [];
	const gone: string[] = [];
	for (const [id, snapshot] of meantBy(listing, ref)) {
		const flaws = await flawsWhileThere(agent, id, run);
		if (flaws === undefined) gone.push(id);
		else verified.push({ id, snapshot, ...flaws });
	}
	const isNoted = await noteVerifications(agent, verified, full);
	return { ...judged(agent, verified), gone, isNoted };
}

function meantBy(
	listing: Listing,
	ref: string | undefined,
): (readonly [id: string, snapshot: SnapshotInfo | undefined])[] {
	const unlisted = [...listing.damaged, ...listing.lost];
	if (ref === undefined)
		return [
			...listing.snapshots.map((one) => [one.id, one] as const),
			...unlisted.map((id) => [id, undefined] as const),
		];
	if (unlisted.includes(ref)) return [[ref, undefined]];
	const found = findSnapshot(listing, ref);
	return [[found.id, found]];
}

/**
 * As they stand now that what was found is noted, or written down: what only reads a snapshot does not refute who searched
 * it.
 */
export function judged(
	{ system, store }: Agent,
	verified: readonly Omit<Verified, "known">[],
): Pick<Verification, "verified" | "good" | "asCaptured"> {
	const { snapshots } = listSnapshots(system.disk, store);
	const all = new Map(snapshots.map((one) => [one.id, one]));
	const now = verified.map((one) => {
		const { damage, faults } = one;
		const snapshot = all.get(one.id) ?? one.snapshot;
		const isNew = damage.length + faults.length > 0;
		const found = isNew ? undefined : snapshot?.found;
		// It was read a moment ago, and that could not be noted beside another command.
		const known = found?.isDamage ? undefined : found;
		return { ...one, snapshot, known };
	});
	return { verified: now, ...newestOf(now) };
}

function newestOf(
	verified: readonly Verified[],
): Pick<Verification, "good" | "asCaptured"> {
	const whole = verified.filter(
		({ snapshot, damage }) =>
			snapshot?.complete &&
			snapshot.number !== undefined &&
			damage.length === 0,
	);
	const good = whole.find(
		({ snapshot, faults }) =>
			snapshot !== undefined && faults.length === 0 && isGood(snapshot),
	);
	return { good: good?.snapshot, asCaptured: whole[0]?.snapshot };
}

/** Undefined: it was removed. A `compact` that gave it another form meanwhile has it read once more. */
async function flawsWhileThere(
	agent: Agent,
	id: string,
	run: Run,
): Promise<Found | undefined> {
	const { disk, clock } = agent.system;
	const folder = `${agent.store.directory}/${id}`;
	const path = `${folder}/manifest.json`;
	for (;;) {
		const before = disk.stat(path)?.signature;
		const flaws = await flawsIn(agent, id, run);
		if (flaws.damage.length === 0) return flaws;
		const after = disk.stat(path)?.signature;
		if (after !== undefined && after === before) return flaws;
		if (after !== undefined) continue;
		// Who removes or changes a snapshot takes its folder away in one step.
		if (disk.stat(folder)?.kind === "directory") return flaws;
		if (!betweenForms(disk, agent.store).includes(id)) return undefined;
		await clock.sleep(50);
		if (disk.stat(path) === undefined) return undefined;
	}
}

async function flawsIn(agent: Agent, id: string, run: Run): Promise<Found> {
	const { system, store, patience } = agent;
	let manifest: Manifest;
	try {
		manifest = readManifest(system.disk, store, id);
	} catch (error) {
		const none = { lacks: [], isUnhashed: false };
		return { ...flawsOfManifest(agent, id, error), ...none };
	}
	const files = manifest.entries.filter(isFile);
	patience.progress?.begin("verifying", totalOf(files));
	const folder = `${store.directory}/${id}`;
	const all: Flaws[] = [];
	for (const entry of files) {
		const { path } = entry;
		patience.progress?.at(path);
		try {
			const work = verifyingOnce(system.disk, folder, entry, run.read);
			await inTurns(system, patience, work);
		} catch (error) {
			const what = whyDamaged(error);
			if (what === undefined) throw error;
			all.push({ ...NO_FLAWS, damage: [{ path, what }] });
			continue;
		}
		if (run.full)
			all.push(await searchStored(agent, manifest, entry, run.searched));
	}
	const isUnhashed = manifest.sequence === undefined;
	return { ...joined(all), lacks: lackedBy(manifest), isUnhashed };
}

function lackedBy({ missed }: Manifest): Flaw[] {
	return missed
		.filter(({ lost }) => lost)
		.map(({ path, why }) => ({ path, what: why }));
}
