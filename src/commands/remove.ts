import type { Agent } from "../core/home/agent.ts";
import { type Removed, removeSnapshot } from "../core/retention/remove.ts";
import { type Handler, type Invocation, waitOf } from "./call/handler.ts";
import { type Answer, snapshotData } from "./call/reply.ts";
import { nameOf } from "./text/snapshot-name.ts";
import { bytesText, countText, finishedText, printable } from "./text/text.ts";

/** Who sits at a terminal is asked; elsewhere it takes a --yes. */
export const remove: Handler = async (invocation) => {
	const { positionals, flags, confirm } = invocation;
	const [ref = ""] = positionals;
	const force = flags.force === true;
	const agent = invocation.agent({ wait: waitOf(invocation) });
	const request = { ref, force };
	if (flags.yes === true) return removed(agent, request);
	const planned = await removeSnapshot(agent, { ...request, dryRun: true });
	if (confirm === undefined) return onlyPlanned(agent, planned, invocation);
	// By its id: another may have its number by the time of the answer.
	const exact = { ref: planned.snapshot.id, force };
	if (await confirm(`${planText(agent, planned)}\nDo it?`))
		return removed(agent, exact);
	return { text: "Nothing was changed.", data: dataOf(planned, true) };
};

async function removed(
	agent: Agent,
	request: { readonly ref: string; readonly force: boolean },
): Promise<Answer> {
	const outcome = await removeSnapshot(agent, { ...request, dryRun: false });
	const name = nameOf(outcome.snapshot, agent.system.clock.now());
	const text = [
		...finishedText(outcome.recovered),
		`Removed ${name}; ${bytesText(outcome.freed)} became free. ${leftText(outcome)}`,
	].join("\n");
	return { text, data: dataOf(outcome, false) };
}

function onlyPlanned(
	agent: Agent,
	planned: Removed,
	{ flags, prefix }: Invocation,
): Answer {
	const id = printable(planned.snapshot.id);
	const force = flags.force === true ? " --force" : "";
	const text = [
		planText(agent, planned),
		`Nothing was changed. To do it: ${prefix} remove ${id}${force} --yes`,
	].join("\n");
	return { text, data: dataOf(planned, true) };
}

function planText({ system }: Agent, planned: Removed): string {
	const name = nameOf(planned.snapshot, system.clock.now());
	return `To remove ${name} would make ${bytesText(planned.freed)} free. ${leftText(planned)} It cannot be taken back.`;
}

function dataOf({ snapshot, freed }: Removed, dryRun: boolean): Answer["data"] {
	return {
		snapshot: snapshotData(snapshot),
		removed: dryRun ? [] : [snapshot.id],
		dryRun,
		freed,
	};
}

function leftText({ left }: Removed): string {
	return left === 0
		? "No other one is there."
		: `${countText(left, "other")} ${left === 1 ? "stays" : "stay"}.`;
}
