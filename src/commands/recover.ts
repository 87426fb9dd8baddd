import type { Agent } from "../core/home/agent.ts";
import { settle } from "../core/recover/settle.ts";
import {
	cancelNextStart,
	recover as recoverRestore,
} from "../core/restore/at-next-start.ts";
import { usageError } from "./call/grammar.ts";
import { type Handler, type Invocation, waitOf } from "./call/handler.ts";
import { type Answer, EXIT, snapshotData } from "./call/reply.ts";
import { incompleteText, lossOf } from "./create.ts";
import { inHomeText } from "./restore/beside-text.ts";
import { leftAloneText } from "./restore/left-alone-text.ts";
import { movedAsideText } from "./restore/plan-text.ts";
import {
	forgottenText,
	outcomeText,
	prunedText,
	undoText,
} from "./restore/restore-text.ts";
import { removedBy, restoreData } from "./restore.ts";
import { printable } from "./text/text.ts";

const EXCLUDE_EACH_OTHER = ["finish", "back", "cancel"];

export const recover: Handler = async (invocation) => {
	const { flags, verb } = invocation;
	const given = EXCLUDE_EACH_OTHER.filter((name) => flags[name] === true);
	if (given.length > 1)
		throw usageError(verb, `--${given.join(" and --")} exclude each other.`);
	const agent = invocation.agent({ wait: waitOf(invocation) });
	if (flags.finish === true) return settled(invocation, agent, "finish");
	if (flags.back === true) return settled(invocation, agent, "back");
	if (flags.cancel === true) return cancelled(agent);
	const {
		snapshot: recovered,
		forgotten,
		canUndo,
		movedAside,
		outcome,
		elsewhere = [],
	} = await recoverRestore(agent);
	const text = [
		...(recovered === undefined
			? []
			: [`Finished the interrupted restore of ${printable(recovered)}.`]),
		...movedAsideText(movedAside),
		...forgottenText(forgotten),
		...(outcome === undefined ? [] : outcomeText(outcome, agent, invocation)),
		...elsewhere.flatMap((one) => [
			`Finished the interrupted restore of ${printable(one.snapshot ?? "")} in ${printable(one.home)}.`,
			...movedAsideText(one.movedAside),
			...forgottenText(one.forgotten),
		]),
		...(elsewhere.length > 0 || (recovered !== undefined && !outcome)
			? [agent.host.afterRestore]
			: []),
		...(recovered !== undefined && !outcome && canUndo !== undefined
			? [undoText(canUndo, invocation.prefix)]
			: []),
	];
	return {
		text:
			text.length === 0
				? "No restore was interrupted, and none waits for the next start: there is nothing to recover."
				: text.join("\n"),
		data: {
			recovered: recovered ?? null,
			elsewhere: elsewhere.map(({ home, snapshot }) => ({ home, snapshot })),
			forgotten: forgotten ?? null,
			movedAside,
			atNextStart: outcome === undefined ? null : restoreData(outcome, false),
		},
	};
};

async function cancelled(agent: Agent): Promise<Answer> {
	const snapshot = await cancelNextStart(agent);
	return {
		text:
			snapshot === undefined
				? "No restore waits for the next start. Nothing was changed."
				: `The restore of ${printable(snapshot)} is forgotten. Nothing was changed in the agent's home.`,
		data: { cancelled: snapshot ?? null },
	};
}

const WHERE_IT_IS =
	"What had to give way is in state-snapshots/quarantine; all else is as it was.";

async function settled(
	{ prefix }: Invocation,
	agent: Agent,
	direction: "finish" | "back",
): Promise<Answer> {
	const settlement = await settle(agent, direction);
	const { restored, present, missed, outcome, movedAside, forgotten } =
		settlement;
	const taken = { snapshot: present, missed };
	const done =
		direction === "finish"
			? `Finished the interrupted restore of ${printable(restored)}.`
			: `Went back to what was there before the interrupted restore of ${printable(restored)}.`;
	return {
		text: [
			done,
			...incompleteText(taken),
			...movedAsideText(movedAside),
			...inHomeText(outcome.inHome, agent, false),
			...leftAloneText(outcome),
			...prunedText(outcome),
			...forgottenText(forgotten),
			`What was there a moment ago is snapshot ${present.id}: ${prefix} restore ${present.id}`,
			agent.host.afterRestore,
		].join("\n"),
		...(missed.some(({ lost }) => lost) && {
			exitCode: EXIT.incomplete,
			error: lossOf(taken, WHERE_IT_IS),
		}),
		data: {
			recovered: restored,
			forgotten: forgotten ?? null,
			present: snapshotData(present),
			missed,
			movedAside,
			leftAlone: outcome.plan.leftAlone,
			removed: removedBy(outcome),
		},
	};
}
