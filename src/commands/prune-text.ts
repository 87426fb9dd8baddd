import type { PruneOutcome } from "../core/retention/prune.ts";
import type { Verdict } from "../core/retention/retention.ts";
import type { SnapshotInfo } from "../core/store/listing.ts";
import {
	bytesText,
	columns,
	countText,
	numberText,
	printable,
	shortened,
	whenText,
} from "./text.ts";

/** How many snapshots are named. */
const SHOWN = 8;

interface Telling {
	readonly now: Date;
	/** Names all of them. */
	readonly isAll: boolean;
	/** What was typed, but for --dry-run. */
	readonly command: string;
}

export function prunedText(
	{ verdicts, removed, freed }: PruneOutcome,
	{ isAll }: Pick<Telling, "isAll">,
): string[] {
	const kept = verdicts.length - removed.length;
	if (removed.length === 0) return [nothingText(kept)];
	const shown = isAll ? verdicts.length : SHOWN;
	const lines = verdicts
		.filter(({ keep }) => !keep)
		.map(
			({ snapshot, why }) =>
				`  ${shortened(printable(snapshot.id), 60)}: ${printable(why)}`,
		);
	const hidden = lines.length - shown;
	return [
		`Removed ${countText(removed.length, "snapshot")}, kept ${kept}; ${bytesText(freed)} became free:`,
		...lines.slice(0, shown),
		...(hidden > 0 ? [`  and ${hidden} more`] : []),
	];
}

/** Every snapshot and what keeps it; where not all are named, first of all those that would go. */
export function dryRunText(
	{ verdicts, removed, freed }: PruneOutcome,
	{ now, isAll, command }: Telling,
): string[] {
	const head =
		removed.length === 0
			? nothingText(verdicts.length)
			: `Would remove ${countText(removed.length, "snapshot")}, and make ${bytesText(freed)} free:`;
	const shown = isAll ? verdicts : someOf(verdicts);
	const hidden = verdicts.length - shown.length;
	return [
		head,
		...tableText(shown, now),
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

function someOf(verdicts: Verdicts): Verdicts {
	const going = verdicts.filter(({ keep }) => !keep).slice(0, SHOWN);
	const staying = verdicts
		.filter(({ keep }) => keep)
		.slice(0, SHOWN - going.length);
	const wanted = new Set([...going, ...staying]);
	return verdicts.filter((verdict) => wanted.has(verdict));
}

/** The id comes last: it may be long. */
function tableText(verdicts: Verdicts, now: Date): string[] {
	if (verdicts.length === 0) return [];
	return columns([
		["#", "When", "", "Why", "Snapshot"],
		...verdicts.map(({ snapshot, keep, why }) => [
			numberText(snapshot),
			whenText(snapshot.createdAt, now),
			keep ? "stays" : "goes",
			shortened(printable(why), 70),
			shortened(printable(snapshot.id), 60),
		]),
	]);
}
