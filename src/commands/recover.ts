import type { Agent } from "../core/agent.ts";
import { recover as recoverRestore } from "../core/recover.ts";
import { settle } from "../core/settle.ts";
import { usageError } from "./grammar.ts";
import { type Handler, type Invocation, waitOf } from "./handler.ts";
import { type Answer, snapshotData } from "./reply.ts";
import { leftAloneText } from "./restore.ts";
import { printable } from "./text.ts";

export const recover: Handler = async (invocation) => {
	const { flags, verb } = invocation;
	if (flags.finish === true && flags.back === true)
		throw usageError(verb, "--finish and --back exclude each other.");
	const agent = invocation.agent({ wait: waitOf(invocation) });
	if (flags.finish === true) return settled(invocation, agent, "finish");
	if (flags.back === true) return settled(invocation, agent, "back");
	const { snapshot } = await recoverRestore(agent);
	return {
		text:
			snapshot === undefined
				? "No restore was interrupted: there is nothing to recover."
				: `Finished the interrupted restore of ${printable(snapshot)}.\n${agent.host.afterRestore}\nTake it back with: ${invocation.prefix} undo`,
		data: { recovered: snapshot ?? null },
	};
};

async function settled(
	{ prefix }: Invocation,
	agent: Agent,
	direction: "finish" | "back",
): Promise<Answer> {
	const { restored, present, outcome } = await settle(agent, direction);
	const done =
		direction === "finish"
			? `Finished the interrupted restore of ${printable(restored)}.`
			: `Went back to what was there before the interrupted restore of ${printable(restored)}.`;
	return {
		text: [
			done,
			...leftAloneText(outcome),
			`What was there a moment ago is snapshot ${present.id}: ${prefix} restore ${present.id}`,
			agent.host.afterRestore,
		].join("\n"),
		data: {
			recovered: restored,
			present: snapshotData(present),
			leftAlone: outcome.plan.leftAlone,
		},
	};
}
