import type { PruneOutcome } from "../../core/retention/prune.ts";
import type { Verdict } from "../../core/retention/retention.ts";
import type { SnapshotInfo } from "../../core/store/listing.ts";
import type { Invocation } from "../call/handler.ts";
import { firstOf, roomBeside } from "../text/room.ts";
import {
	bytesText,
	columns,
	countText,
	momentText,
	numberText,
	printable,
	shortened,
	whenText,
} from "../text/text.ts";

/** How many snapshots are named. */
const SHOWN = 8;
/** Columns from which there is room for ids beside numbers. */
const WIDE = 90;

interface Telling {
	readonly now: Date;
	/** Names all of them. */
	readonly isAll: boolean;
	/** What was typed, but for --dry-run. */
	readonly command: string;
	readonly invocation: Pick<Invocation, "lines" | "columns">;
}

export function prunedText(
	{ verdicts, removed, freed }: PruneOutcome,
	{ isAll, invocation }: Telling,
): string[] {
	const kept = verdicts.length - removed.length;
	if (removed.length === 0) return [nothingText(kept)];
	const lines = verdicts
		.filter(({ keep }) => !keep)
		.map(
			({ snapshot, why }) =>
				`  ${shortened(printable(snapshot.id), 60)}: ${printable(why)}`,
		);
	const shown = isAll ? lines : firstOf(lines, roomOf(invocation));
	const hidden = lines.length - shown.length;
	return [
		`Removed ${countText(removed.length, "snapshot")}, kept ${kept}; ${bytesText(freed)} became free:`,
		...shown,
		...(hidden > 0 ? [`  and ${hidden} more`] : []),
	];
}

/** Every snapshot and what keeps it; where not all are named, first of all those that would go. */
export function dryRunText(
	{ verdicts, removed, freed }: PruneOutcome,
	{ now, isAll, command, invocation }: Telling,
): string[] {
	const head =
		removed.length === 0
			? nothingText(verdicts.length)
			: `Would remove ${countText(removed.length, "snapshot")}, and make ${bytesText(freed)} free:`;
	const shown = isAll ? verdicts : someOf(verdicts, roomOf(invocation));
	const hidden = verdicts.length - shown.length;
	return [
		head,
		...tableText(shown, now, invocation.columns),
		...(hidden > 0 ? [`and ${hidden} more: ${command} --dry-run --all`] : []),
		...(removed.length === 0
			? []
			: [`Nothing was changed. To do it: ${command}`]),
	];
}

function nothingText(kept: number): string {
	return `Nothing to prune: ${countText(kept, "snapshot")} kept.`;
}

type Verdicts = readonly Verdict<SnapshotInfo>[];

/** Beside the heads, how many more there are, the way on, and what else there may be to say. */
function roomOf(invocation: Telling["invocation"]): number {
	return roomBeside(invocation, 5, SHOWN);
}

function someOf(verdicts: Verdicts, most: number): Verdicts {
	if (verdicts.length <= most + 1) return verdicts;
	const going = verdicts.filter(({ keep }) => !keep).slice(0, most);
	const staying = verdicts
		.filter(({ keep }) => keep)
		.slice(0, most - going.length);
	const wanted = new Set([...going, ...staying]);
	return verdicts.filter((verdict) => wanted.has(verdict));
}

/** The id comes last: it may be long. */
function tableText(
	verdicts: Verdicts,
	now: Date,
	width: number | undefined,
): string[] {
	if (verdicts.length === 0) return [];
	const isNarrow = (width ?? WIDE) < WIDE;
	const time = isNarrow ? momentText : whenText;
	return columns(
		[
			["#", "When", "", "Why", "Snapshot"],
			...verdicts.map(({ snapshot, keep, why }) => [
				numberText(snapshot),
				time(snapshot.createdAt, now),
				keep ? "stays" : "goes",
				shortened(printable(why), 70),
				shortened(printable(snapshot.id), 60),
			]),
		].map((row) => (isNarrow ? row.slice(0, -1) : row)),
		width,
	);
}
