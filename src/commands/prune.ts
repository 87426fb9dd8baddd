import {
	type PruneOutcome,
	prune as pruneStore,
} from "../core/retention/prune.ts";
import { type Handler, type Invocation, waitOf } from "./call/handler.ts";
import { keepOf } from "./keep/keep-flags.ts";
import { dryRunText, prunedText } from "./keep/prune-text.ts";
import { bytesText, finishedText, printable } from "./text/text.ts";

export const prune: Handler = async (invocation) => {
	const { flags, prefix } = invocation;
	const keep = keepOf(invocation);
	const dryRun = flags["dry-run"] === true;
	const agent = invocation.agent({ wait: waitOf(invocation) });
	const outcome = await pruneStore(agent, { keep, dryRun });
	const telling = {
		now: agent.system.clock.now(),
		isAll: flags.all === true,
		command: commandIn(invocation),
		invocation,
	};
	return {
		text: [
			...finishedText(outcome.recovered),
			...(dryRun ? dryRunText : prunedText)(outcome, telling),
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

/** As it was typed, with the same rules. */
function commandIn({ prefix, positionals, flags }: Invocation): string {
	const rules = Object.entries(flags)
		.filter(([name]) => name.startsWith("keep-"))
		.map(([name, value]) => `--${name} ${value}`);
	return [prefix, "prune", ...positionals, ...rules].join(" ");
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
