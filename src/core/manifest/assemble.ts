import type { FileStat } from "../../system/system.ts";
import type { Captured } from "../capture/capture.ts";
import { isFile } from "../capture/entry.ts";
import { type Survey, surveyOf } from "../capture/survey.ts";
import { syncDirectory, writeDurably } from "../files/durable.ts";
import type { Agent } from "../home/agent.ts";
import { maskServiceKeys } from "../secrets/service-keys.ts";
import type { SnapshotInfo } from "../store/listing.ts";
import { giveToOwner } from "../store/store.ts";
import { formatManifest } from "./format-manifest.ts";
import { type Coverage, formatVersionFor, type Manifest } from "./manifest.ts";
import { HIGHEST_SEQUENCE } from "./manifest-summary.ts";

export interface Naming {
	readonly id: string;
	readonly sequence: number;
	readonly label: string | null;
	readonly reason: string;
	/** The agent's version then, as far as it is known. */
	readonly hostVersion?: string | undefined;
	readonly now: Date;
}

/** The UTC stamp and as much of the label as a folder name can safely hold; `-2`, `-3` … when it is taken. */
export function nameSnapshot(
	snapshots: readonly SnapshotInfo[],
	isTaken: (id: string) => boolean,
	{ label, reason, hostVersion, now }: Omit<Naming, "id" | "sequence">,
): Naming {
	const wanted = [stampOf(now), slugOf(label ?? "")]
		.filter((part) => part !== "")
		.join("-");
	let id = wanted;
	for (let copy = 2; isTaken(id); copy++) id = `${wanted}-${copy}`;
	const highest = Math.max(
		0,
		...snapshots.map(({ order }) => Math.floor(order)),
	);
	// Nobody makes so many: somebody has written the highest number. Equal ones are told apart by their id.
	const sequence = Math.min(highest + 1, HIGHEST_SEQUENCE);
	return { id, sequence, label, reason, hostVersion, now };
}

/** `20261121-011402` */
export function stampOf(now: Date): string {
	return now.toISOString().replace(/[-:]/g, "").replace("T", "-").slice(0, 15);
}

/** Plain letters, digits, "-" and "_", at most 40: nothing that a shell, a disk or a terminal could take amiss. */
function slugOf(said: string): string {
	// What somebody has pasted there by mistake is no name for a folder, which everybody may see.
	const label = maskServiceKeys(said);
	// V8 reads the tables of Unicode for these, which takes a millisecond.
	const plain = /^[ -~]*$/.test(label)
		? label
		: label.normalize("NFKD").replace(/\p{M}/gu, "");
	return plain
		.replace(/[^A-Za-z0-9_]+/g, "-")
		.slice(0, 40)
		.replace(/^-+|-+$/g, "");
}

export function manifestOf(
	agent: Agent,
	naming: Naming,
	captured: Pick<Captured, "entries" | "missed" | "coherent" | "verifiedAt">,
	coverage: Coverage,
	undoes?: Manifest["undoes"],
): Manifest {
	const kept = captured.entries.filter(isFile);
	return {
		id: naming.id,
		timestamp: stampOf(naming.now),
		label: naming.label,
		file_count: kept.length,
		total_size: kept.reduce((sum, { size }) => sum + size, 0),
		formatVersion: formatVersionFor(captured.entries),
		sequence: naming.sequence,
		createdAt: naming.now.toISOString(),
		reason: naming.reason,
		host: agent.host.name,
		...(naming.hostVersion !== undefined && {
			hostVersion: naming.hostVersion,
		}),
		complete: !captured.missed.some(({ lost }) => lost),
		coherent: captured.coherent,
		pinned: false,
		files: Object.fromEntries(kept.map(({ path, size }) => [path, size])),
		captured: coverage,
		missed: [...captured.missed],
		undoes,
		store: agent.store.below,
		...(agent.outside && { outside: agent.outside }),
		...(captured.verifiedAt && { verifiedAt: captured.verifiedAt }),
		...(agent.system.processes.boot !== undefined && {
			boot: agent.system.processes.boot,
		}),
		tool: agent.system.processes.toolVersion,
		sqlite: agent.system.sqlite.version,
		entries: captured.entries,
	};
}

/**
 * The manifest goes last: a folder without one is not a snapshot, so a crash before leaves nothing to mistake.
 * @param survey of all else in it, where somebody has looked already
 */
export function sealSnapshot(
	{ system, store }: Agent,
	folder: string,
	manifest: Manifest,
	survey?: Survey,
): void {
	const { disk } = system;
	const path = `${folder}/manifest.json`;
	writeDurably(disk, path, formatManifest(manifest));
	const owner = disk.stat(store.home);
	if (owner === undefined || !system.processes.canSetOwner) return;
	giveToOwner(system, path, owner);
	giveAll(system, survey ?? surveyOf(disk, folder), owner);
}

/** Moves a sealed snapshot into the list, durably. If that fails it is not in the list. */
export function publishSnapshot(
	{ system: { disk } }: Agent,
	partial: string,
	{ above, folder }: { readonly above: string; readonly folder: string },
): void {
	disk.rename(partial, folder);
	try {
		syncDirectory(disk, above);
	} catch (error) {
		disk.rename(folder, partial);
		throw error;
	}
}

/** What is his already (a file that older snapshots hold, too) is not touched: its times are what tells that nobody was at it. */
function giveAll(
	system: Agent["system"],
	{ directories, files, shared }: Survey,
	owner: FileStat,
): void {
	for (const { path, stat } of [...directories, ...files, ...shared])
		if (stat.uid !== owner.uid || stat.gid !== owner.gid)
			giveToOwner(system, path, owner);
}
