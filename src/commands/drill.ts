import { type Drilled, drillSnapshot } from "../core/drill/drill.ts";
import type { Flaw } from "../core/verify/flaws.ts";
import { usageError } from "./call/grammar.ts";
import {
	type Handler,
	type Invocation,
	isChat,
	secondsFlag,
	textFlag,
	waitOf,
} from "./call/handler.ts";
import { EXIT } from "./call/reply.ts";
import { firstOf } from "./text/room.ts";
import {
	bytesText,
	countText,
	pathText,
	printable,
	shortened,
	someOf,
} from "./text/text.ts";

/** How long a command is given, in seconds: a server that has not failed by then will not. */
const START_TIMEOUT = 60;
/** Of what people would miss, so many kinds are told. */
const COUNTS = 6;

export const drill: Handler = async (invocation) => {
	const { positionals, meant } = invocation;
	const [ref = "latest"] = positionals;
	const start = startOf(invocation);
	const agent = invocation.agent({ wait: waitOf(invocation) });
	const { places } = meant;
	const drilled = await drillSnapshot(agent, { ref, start, places });
	const { drill: done, trial } = drilled;
	const what = `The drill of ${printable(done.id)} failed: ${printable(done.why ?? "")}.`;
	return {
		exitCode: done.ok ? EXIT.done : EXIT.failed,
		text: done.ok ? wellText(drilled) : failedText(what, invocation),
		data: {
			...done,
			why: done.why ?? null,
			surroundings: done.surroundings ?? false,
			counts: done.counts ?? null,
			started: trial === undefined ? null : trial,
			faults: drilled.faults,
			notes: drilled.notes,
			leftAlone: drilled.left,
		},
		...(!done.ok && {
			error: {
				code: "damaged",
				message: `${what} Nothing of the agent's was changed.`,
				hint: "Look at the others: `verify`",
			} as const,
		}),
	};
};

/** @throws SnapshotError `usage` */
function startOf(
	invocation: Invocation,
): { command: string; milliseconds: number } | undefined {
	const { verb, prefix } = invocation;
	const command = textFlag(invocation, "start");
	const seconds = secondsFlag(invocation, "start-timeout");
	if (command === undefined) {
		if (seconds === undefined) return undefined;
		throw usageError(verb, "--start-timeout is for --start.");
	}
	// Several people may be there.
	if (isChat(prefix))
		throw usageError(verb, "--start runs a command, and is for a terminal.");
	if (command.trim() === "") throw usageError(verb, "--start needs a command.");
	return { command, milliseconds: (seconds ?? START_TIMEOUT) * 1000 };
}

function wellText(drilled: Drilled): string {
	const { drill, trial, notes, left } = drilled;
	const { id, milliseconds, counts } = drill;
	const all = Object.entries(counts ?? {});
	const shown = firstOf(all, COUNTS);
	const more = all.length - shown.length;
	const counted = shown.map(([what, count]) => countText(count, what));
	return [
		`The drill passed: ${printable(id)} came back whole in ${(milliseconds / 1000).toFixed(1)} s.`,
		comparedText(drilled),
		...(counted.length > 0
			? [
					`Back, as counted then: ${counted.join(", ")}${more > 0 ? ` and ${more} more` : ""}.`,
				]
			: []),
		...(trial === undefined
			? []
			: [
					trial.isRunning
						? "The command was still running when its time was up, and was ended."
						: "The command ended well.",
				]),
		...(left.length > 0
			? [`Not put back, as in a restore: ${someOf(left)}.`]
			: []),
		...flawsText("To be known", notes),
		"The agent's own home was not touched; what was restored is removed again.",
	].join("\n");
}

function comparedText({ drill, isUnhashed }: Drilled): string {
	const what = `${countText(drill.files, "file")}, ${bytesText(drill.bytes)}`;
	return isUnhashed
		? `${what}, each of its size: the agent itself made this one, without hashes. Each database was searched for damage.`
		: `${what}, each compared with its hash, each database searched for damage.`;
}

function flawsText(head: string, flaws: readonly Flaw[]): string[] {
	if (flaws.length === 0) return [];
	const shown = flaws
		.slice(0, 3)
		.map(({ path, what }) => `${pathText(path)} ${printable(what)}`);
	const more = flaws.length > 3 ? ` and ${flaws.length - 3} more` : "";
	return [`${head}: ${shortened(shown.join("; "), 400)}${more}.`];
}

function failedText(what: string, { prefix }: Invocation): string {
	return [
		shortened(what, 1000),
		"The agent's own home was not touched.",
		`Which others are good: ${prefix} verify`,
	].join("\n");
}
