import { errorCode, SnapshotError } from "../errors.ts";
import type { Disk, System } from "../system/system.ts";
import { readBeginning, readText } from "./durable.ts";
import {
	damaged,
	MANIFEST_LIMIT,
	type Manifest,
	type ManifestSummary,
	parseManifest,
	parseSummary,
	UNDO_REASON,
} from "./manifest.ts";
import { STORE_NAME } from "./paths.ts";
import type { Kept } from "./retention.ts";

/** One snapshot as the list knows it, from the first lines of its manifest. */
export interface SnapshotInfo extends Kept {
	/** What people type: 1 is the newest. Undo snapshots carry none, so that a restore never shifts the others. */
	readonly number: number | undefined;
	/** As it was typed. */
	readonly label: string | null;
	readonly createdAt: Date;
	readonly files: number;
	/** What it holds. */
	readonly bytes: number;
	/** Undefined for Hermes' own, which carry no sequence. */
	readonly sequence: number | undefined;
}

export interface Listing {
	/** Newest first. */
	readonly snapshots: readonly SnapshotInfo[];
	/** Folders that were snapshots, and whose manifest cannot be read any more. */
	readonly damaged: readonly string[];
	/** A restore was interrupted and waits to be finished. */
	readonly recoveryPending: boolean;
}

/** Where things lie in `<home>/state-snapshots`. */
export interface StorePaths {
	readonly home: string;
	readonly directory: string;
	readonly lock: string;
	readonly lockHolder: string;
	readonly settings: string;
	/** The restore in progress: journal, staged files, undo snapshot. */
	readonly restoring: string;
	readonly journal: string;
	readonly quarantine: string;
}

export function storePaths(home: string): StorePaths {
	const directory = `${home}/${STORE_NAME}`;
	return {
		home,
		directory,
		lock: `${directory}/.lock.db`,
		lockHolder: `${directory}/.lock.holder`,
		settings: `${directory}/config.json`,
		restoring: `${directory}/.restore`,
		journal: `${directory}/.restore/journal.json`,
		quarantine: `${directory}/quarantine`,
	};
}

/** The longest label that a summary still holds whole: longer ones cost a second read. */
const BEGINNING = 2048;

export function listSnapshots(disk: Disk, store: StorePaths): Listing {
	const names =
		disk.stat(store.directory)?.kind === "directory"
			? disk.names(store.directory)
			: [];
	const found = names
		.filter((name) => !name.startsWith("."))
		.map((id) => ({
			id,
			summary: readSummary(disk, `${store.directory}/${id}`),
		}));
	const summaries = found.flatMap(({ id, summary }) =>
		typeof summary === "object" ? [{ id, summary }] : [],
	);
	return {
		snapshots: numbered(ordered(summaries)),
		damaged: found
			.filter(({ summary }) => summary === "damaged")
			.map(({ id }) => id),
		recoveryPending: disk.stat(store.journal) !== undefined,
	};
}

function readSummary(
	disk: Disk,
	folder: string,
): ManifestSummary | "damaged" | undefined {
	const path = `${folder}/manifest.json`;
	try {
		const beginning = readBeginning(disk, path, BEGINNING).toString("utf8");
		const summary = parseSummary(beginning);
		if (summary !== undefined) return summary;
		return (
			parseSummary(readText(disk, path, MANIFEST_LIMIT) ?? "") ?? "damaged"
		);
	} catch (error) {
		// ENOENT, ENOTDIR: not a snapshot. ELOOP: a link, which we do not follow.
		if (["ENOENT", "ENOTDIR", "ELOOP"].includes(errorCode(error) ?? ""))
			return undefined;
		if (
			["EACCES", "EPERM", "EIO", "EFBIG", "EISDIR"].includes(
				errorCode(error) ?? "",
			)
		)
			return "damaged";
		throw error;
	}
}

type Found = { readonly id: string; readonly summary: ManifestSummary };

/**
 * Newest first, by recorded sequence: a clock that was set back must not make the newest look old. Hermes' own
 * carry no sequence and are put after the newest of ours that is not younger than they are.
 */
function ordered(found: readonly Found[]): Omit<SnapshotInfo, "number">[] {
	const ours = found.filter(({ summary }) => summary.sequence !== undefined);
	const times = ours
		.map(({ summary }) => ({
			sequence: summary.sequence ?? 0,
			time: createdAt(summary).getTime(),
		}))
		.sort((a, b) => a.sequence - b.sequence);
	const theirs = found
		.filter(({ summary }) => summary.sequence === undefined)
		.sort((a, b) => (a.id < b.id ? -1 : 1))
		.map(({ id, summary }, index) => {
			const time = createdAt(summary).getTime();
			const before = times.findLast((one) => one.time <= time)?.sequence ?? 0;
			return describe(id, summary, before + (index + 1) / (found.length + 2));
		});
	return [
		...ours.map(({ id, summary }) =>
			describe(id, summary, summary.sequence ?? 0),
		),
		...theirs,
	].sort((a, b) => b.order - a.order || (a.id < b.id ? 1 : -1));
}

function describe(
	id: string,
	summary: ManifestSummary,
	order: number,
): Omit<SnapshotInfo, "number"> {
	const { label, reason, complete, pinned, sequence } = summary;
	const files = summary.file_count;
	return {
		id,
		order,
		label,
		reason,
		complete,
		pinned,
		sequence,
		createdAt: createdAt(summary),
		files,
		bytes: summary.total_size,
	};
}

function numbered(
	newestFirst: readonly Omit<SnapshotInfo, "number">[],
): SnapshotInfo[] {
	let last = 0;
	return newestFirst.map((info) => ({
		...info,
		number: info.reason === UNDO_REASON ? undefined : ++last,
	}));
}

/** Hermes records only `timestamp`, UTC, `YYYYmmdd-HHMMSS`. */
function createdAt({ createdAt, timestamp }: ManifestSummary): Date {
	const [year, month, day, hour, minute, second] = (
		/^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)/.exec(timestamp) ?? []
	)
		.slice(1)
		.map(Number);
	if (createdAt !== undefined) return new Date(createdAt);
	return new Date(
		Date.UTC(year ?? 1970, (month ?? 1) - 1, day, hour, minute, second),
	);
}

/** A number from the list, an id, its unique beginning, or "latest". @throws SnapshotError `not-found`, `ambiguous` */
export function findSnapshot(listing: Listing, ref: string): SnapshotInfo {
	const { snapshots } = listing;
	const exact = snapshots.find(({ id }) => id === ref);
	if (exact !== undefined) return exact;
	if (snapshots.length === 0)
		throw notFound("There are no snapshots yet.", "Make one with: create");
	const people = snapshots.filter(({ number }) => number !== undefined);
	if (ref === "latest" && people[0] !== undefined) return people[0];
	if (/^#?\d{1,7}$/.test(ref)) {
		const number = Number(ref.replace("#", ""));
		const found = people.find((snapshot) => snapshot.number === number);
		if (found !== undefined) return found;
		throw notFound(
			`There is no snapshot ${ref}.`,
			`Use a number from 1 to ${people.length}: see list.`,
		);
	}
	const begun = snapshots.filter(({ id }) => id.startsWith(ref));
	if (begun.length === 1 && begun[0] !== undefined) return begun[0];
	if (begun.length > 1)
		throw new SnapshotError(
			"ambiguous",
			`${begun.length} snapshots begin with ${JSON.stringify(ref)}. Nothing was changed.`,
			{
				hint: `They are: ${begun
					.slice(0, 3)
					.map(({ id }) => id)
					.join(", ")}${begun.length > 3 ? ", …" : ""}`,
			},
		);
	if (listing.damaged.includes(ref))
		throw damaged(`The manifest of ${ref}`, "cannot be read");
	const labelled = snapshots.find(({ label }) => label === ref);
	throw notFound(
		`There is no snapshot ${JSON.stringify(ref)}.`,
		labelled ? `Did you mean ${labelled.id}?` : "See list.",
	);
}

function notFound(message: string, hint: string): SnapshotError {
	return new SnapshotError("not-found", `${message} Nothing was changed.`, {
		hint,
	});
}

/** The whole manifest. @throws SnapshotError `damaged` */
export function readManifest(
	disk: Disk,
	store: StorePaths,
	id: string,
): Manifest {
	const path = `${store.directory}/${id}/manifest.json`;
	const what = `The manifest of ${id}`;
	try {
		const text = readText(disk, path, MANIFEST_LIMIT);
		if (text === undefined) throw damaged(what, "is gone");
		return parseManifest(text, what);
	} catch (error) {
		if (errorCode(error) === "EFBIG")
			throw damaged(what, `is larger than ${MANIFEST_LIMIT} bytes`);
		throw error;
	}
}

/** Makes the store if need be, and private: Hermes once left it readable for all (#77470). */
export function prepareStore(system: System, store: StorePaths): void {
	const { disk } = system;
	const home = disk.stat(store.home);
	const found = disk.stat(store.directory);
	if (found === undefined) disk.makeDirectory(store.directory, 0o700);
	else if (found.kind !== "directory")
		throw new SnapshotError(
			"failed",
			`${store.directory} is not a directory. Nothing was changed.`,
			{
				hint: "Move it away: snapshots are kept in a directory of that name, on the disk of the home.",
			},
		);
	else if ((found.mode & 0o077) !== 0) disk.setMode(store.directory, 0o700);
	if (found === undefined && home !== undefined)
		giveToOwner(system, store.directory, home);
}

/** Under sudo, what we make belongs to whom the home belongs to: else the agent could not read it. */
export function giveToOwner(
	system: System,
	path: string,
	owner: { uid: number; gid: number },
): void {
	if (system.processes.canSetOwner)
		system.disk.setOwner(path, owner.uid, owner.gid);
}
