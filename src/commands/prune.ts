import { type PruneOutcome, prune as pruneStore } from "../core/prune.ts";
import { countOf, type Handler, waitOf } from "./handler.ts";
import {
	bytesText,
	countText,
	finishedText,
	printable,
	shortened,
} from "./text.ts";

export const prune: Handler = async (invocation) => {
	const { positionals, flags, prefix } = invocation;
	const [text] = positionals;
	const keep =
		text === undefined
			? undefined
			: countOf(invocation, text, "The number of snapshots to keep");
	const dryRun = flags["dry-run"] === true;
	const agent = invocation.agent({ wait: waitOf(invocation) });
	const outcome = await pruneStore(agent, {
		...(keep !== undefined && { keep }),
		dryRun,
	});
	return {
		text: [
			...finishedText(outcome.recovered),
			...pruneText(
				outcome,
				dryRun,
				`${prefix} ${["prune", ...positionals].join(" ")}`,
			),
			...tooLargeText(outcome),
			...(outcome.waiting === undefined
				? []
				: [
						`The interrupted restore of ${printable(outcome.waiting)} still waits, and what it needs was kept: ${prefix} recover`,
					]),
		].join("\n"),
		data: {
			removed: dryRun ? [] : outcome.removed.map(({ id }) => id),
			dryRun,
			freed: outcome.freed,
			tooLarge: outcome.tooLarge ?? null,
			verdicts: outcome.verdicts.map(({ snapshot, keep, why }) => ({
				id: snapshot.id,
				keep,
				why,
			})),
		},
	};
};

function pruneText(
	{ verdicts, removed, freed }: PruneOutcome,
	dryRun: boolean,
	command: string,
): string[] {
	const kept = verdicts.length - removed.length;
	if (removed.length === 0)
		return [`Nothing to prune: ${countText(kept, "snapshot")} kept.`];
	const lines = verdicts
		.filter(({ keep }) => !keep)
		.map(
			({ snapshot, why }) =>
				`  ${shortened(printable(snapshot.id), 60)}: ${why}`,
		);
	const more = lines.length > 8 ? [`  and ${lines.length - 8} more`] : [];
	const head = dryRun
		? `Would remove ${countText(removed.length, "snapshot")}, and make ${bytesText(freed)} free:`
		: `Removed ${countText(removed.length, "snapshot")}, kept ${kept}; ${bytesText(freed)} became free:`;
	return [
		head,
		...lines.slice(0, 8),
		...more,
		...(dryRun ? [`Nothing was changed. To do it: ${command}`] : []),
	];
}

/** A limit that cannot be kept, for want of what may go. */
export function tooLargeText({
	tooLarge,
}: Pick<PruneOutcome, "tooLarge">): string[] {
	if (tooLarge === undefined) return [];
	const { taken, limit } = tooLarge;
	return [
		`keepBytes is ${bytesText(limit)}, and what is not removed takes ${bytesText(taken)}: the last complete snapshots, pinned ones, undo snapshots and those in use.`,
	];
}
