import type { Disk } from "../../system/system.ts";
import { betweenForms } from "../compact/compacting.ts";
import {
	type ManifestSummary,
	UNDO_REASON,
	UNHEALTHY_REASON,
} from "../manifest/manifest-summary.ts";
import { readSummary, type Summarised } from "../manifest/read-summary.ts";
import type { Kept } from "../retention/retention.ts";
import { type Found as FoundBad, readFound } from "../verify/found.ts";
import { type Mark, readMarks } from "../verify/marked.ts";
import { isRecoveryPending, type StorePaths } from "./store.ts";

/** One snapshot as the list knows it, from the first lines of its manifest. */
export interface SnapshotInfo extends Kept {
	/**
	 * What people type: 1 is the newest. Undo snapshots carry none, so that a restore never shifts the others, nor does one of
	 * what an update has broken.
	 */
	readonly number: number | undefined;
	/** As it was typed. */
	readonly label: string | null;
	/** The agent's version then, as far as it is known. */
	readonly hostVersion: string | undefined;
	readonly createdAt: Date;
	readonly files: number;
	/** What it holds. */
	readonly bytes: number;
	/** Undefined for Hermes' own, which carry no sequence. */
	readonly sequence: number | undefined;
	/** Written down as damaged: it is no good one, and nothing relies on it. */
	readonly mark?: Mark;
	/** What its last verification or drill found against it: it is no good one. */
	readonly found?: FoundBad;
}

export interface Listing {
	/** Newest first. */
	readonly snapshots: readonly SnapshotInfo[];
	/** Folders that were snapshots, and whose manifest cannot be read any more. */
	readonly damaged: readonly string[];
	/** Folders that are called like snapshots and hold something, but no manifest: it was removed, or never written. */
	readonly lost: readonly string[];
	/** Not in the list only because a `compact` died over them: the next writing command puts them back. */
	readonly betweenForms: readonly string[];
	/** A restore was interrupted and waits to be finished. */
	readonly recoveryPending: boolean;
}

/** @param summarise reads what `read` does, or knows it already: see listing-noted.ts */
export function listSnapshots(
	disk: Disk,
	store: StorePaths,
	summarise: (id: string, read: () => Summarised) => Summarised = (_, read) =>
		read(),
): Listing {
	const names =
		disk.stat(store.directory)?.kind === "directory"
			? disk.directories(store.directory)
			: [];
	const found = names
		.filter(
			(name) =>
				!name.startsWith(".") &&
				`${store.directory}/${name}` !== store.quarantine,
		)
		.map((id) => ({
			id,
			summary: summarise(id, () =>
				readSummary(disk, `${store.directory}/${id}`),
			),
		}));
	const summaries = found.flatMap(({ id, summary }) =>
		typeof summary === "object" ? [{ id, summary }] : [],
	);
	return {
		snapshots: judged(disk, store, numbered(ordered(summaries))),
		damaged: found
			.filter(({ summary }) => summary === "damaged")
			.map(({ id }) => id),
		lost: found
			.filter(
				({ id, summary }) => summary === undefined && isLost(disk, store, id),
			)
			.map(({ id }) => id),
		betweenForms: betweenForms(disk, store),
		recoveryPending: isRecoveryPending(disk, store),
	};
}

/** What is called otherwise is somebody's own. */
function isLost(disk: Disk, store: StorePaths, id: string): boolean {
	return (
		/^\d{8}-\d{6}(-|$)/.test(id) &&
		disk.names(`${store.directory}/${id}`).length > 0
	);
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
	const { label, hostVersion, reason, complete, pinned, sequence } = summary;
	const files = summary.file_count;
	return {
		id,
		order,
		label,
		hostVersion,
		reason,
		complete,
		pinned,
		sequence,
		createdAt: createdAt(summary),
		files,
		bytes: summary.total_size,
	};
}

const UNCOUNTED: readonly string[] = [UNDO_REASON, UNHEALTHY_REASON];

function numbered(
	newestFirst: readonly Omit<SnapshotInfo, "number">[],
): SnapshotInfo[] {
	let last = 0;
	return newestFirst.map((info) => ({
		...info,
		number: UNCOUNTED.includes(info.reason) ? undefined : ++last,
	}));
}

/** With what is known against each. */
function judged(
	disk: Disk,
	store: StorePaths,
	snapshots: SnapshotInfo[],
): SnapshotInfo[] {
	const marks = readMarks(disk, store);
	const all = readFound(disk, store);
	if (marks.size + all.size === 0) return snapshots;
	return snapshots.map((snapshot) => {
		const mark = marks.get(snapshot.id);
		const found = all.get(snapshot.id);
		return { ...snapshot, ...(mark && { mark }), ...(found && { found }) };
	});
}

/** What every verb means by a good one: nothing is known against it, as far as it was looked at. */
export function isGood(snapshot: SnapshotInfo): boolean {
	return isAsCaptured(snapshot) && snapshot.found === undefined;
}

/**
 * It lacks nothing and was not found damaged, whatever faults were captured with it; and no undo snapshot, which holds what
 * somebody wanted to be rid of.
 */
export function isAsCaptured(snapshot: SnapshotInfo): boolean {
	const { complete, number } = snapshot;
	return complete && number !== undefined && !isKnownDamaged(snapshot);
}

export function isKnownDamaged({ mark, found }: SnapshotInfo): boolean {
	return mark !== undefined || found?.isDamage === true;
}

/** Hermes records only `timestamp`, UTC, `YYYYmmdd-HHMMSS`. */
function createdAt({ createdAt, timestamp }: ManifestSummary): Date {
	if (createdAt !== undefined) return new Date(createdAt);
	const found = /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)/.exec(timestamp);
	const [year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0] =
		found?.slice(1).map(Number) ?? [];
	return new Date(Date.UTC(year, month - 1, day, hour, minute, second));
}
