import {
	type CompactOutcome,
	compact as compactStore,
} from "../core/compact/compact.ts";
import { type Handler, waitOf } from "./call/handler.ts";
import { firstOf } from "./text/room.ts";
import { bytesText, countText, finishedText, printable } from "./text/text.ts";

export const compact: Handler = async (invocation) => {
	const { flags, prefix } = invocation;
	const dryRun = flags["dry-run"] === true;
	const isAll = flags.foreign === true;
	const agent = invocation.agent({ wait: waitOf(invocation) });
	const outcome = await compactStore(agent, { dryRun, foreign: isAll });
	const { compacted, saved, left, foreign } = outcome;
	return {
		text: [
			...finishedText(outcome.recovered),
			headText(outcome, dryRun),
			...leftText(left),
			...foreignText(outcome, `${prefix} compact --foreign`, isAll),
			...(dryRun
				? [
						`Nothing was changed. To do it: ${prefix} compact${isAll ? " --foreign" : ""}`,
					]
				: []),
		].join("\n"),
		data: { dryRun, compacted, saved, left, foreign },
	};
};

/** Of those that are left, so many are told. */
const SHOWN = 4;

function leftText(left: CompactOutcome["left"]): string[] {
	const shown = firstOf(left, SHOWN);
	const more = left.length - shown.length;
	return [
		...shown.map(({ why }) => `Left as it is: ${printable(why)}.`),
		...(more > 0 ? [`And ${countText(more, "other")} for such reasons.`] : []),
	];
}

function headText({ compacted, saved, left }: CompactOutcome, dryRun: boolean) {
	if (compacted.length === 0)
		return left.length > 0
			? "Nothing was compacted."
			: "Nothing to compact: snapshots share what they can.";
	const many = countText(compacted.length, "snapshot");
	// The first one of a row shares with those that come.
	const free = saved > 0 ? bytesText(saved) : "nothing yet";
	return dryRun
		? `Would compact ${many}, and make about ${free} free.`
		: `Compacted ${many}: ${free} became free.`;
}

/** Of those that the agent itself made. */
function foreignText(
	{ foreign, compacted }: CompactOutcome,
	command: string,
	isAll: boolean,
): string[] {
	if (isAll)
		return compacted.length === 0
			? []
			: [
					"What a snapshot of the agent's own making shares is read-only now; its own restore brings it back so: `chmod u+w`.",
				];
	return foreign === 0
		? []
		: [
				`${countText(foreign, "snapshot")} of the agent's own making left as ${foreign === 1 ? "it is" : "they are"}: ${command}`,
			];
}
