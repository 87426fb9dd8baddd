import type { Diff } from "../../core/diff/diff.ts";
import type { Agent } from "../../core/home/agent.ts";
import type { RestoreOutcome } from "../../core/restore/restore.ts";
import type { Invocation } from "../call/handler.ts";
import { askedAgain } from "../diff/diff-asked.ts";
import { planLines } from "../diff/diff-lines.ts";
import { nameOf } from "../text/snapshot-name.ts";
import { besidesText } from "./beside-text.ts";
import { lacksOld, leftAloneText } from "./left-alone-text.ts";
import { PLANNED, planText } from "./plan-text.ts";
import { foundText, partsOf, whole } from "./restore-text.ts";

/** Of a restore that was only tried. @param diff in the user's words, where something would change */
export function dryRunText(
	outcome: RestoreOutcome,
	agent: Agent,
	diff: Diff | undefined,
	{ prefix }: Pick<Invocation, "prefix">,
): string[] {
	const { plan, selected } = outcome;
	const now = agent.system.clock.now();
	const name = partsOf(selected, nameOf(outcome.snapshot, now));
	if (plan.steps.length === 0)
		return [
			outcome.undone !== undefined && lacksOld(outcome)
				? "There is nothing that could be taken back."
				: `${whole(outcome)} already as in ${nameOf(outcome.snapshot, now)}.`,
			...foundText(outcome, now),
			...leftAloneText(outcome),
		];
	return [
		...foundText(outcome, now),
		`To restore ${name} would:`,
		...planText(plan.steps, PLANNED, 8),
		...besidesText(outcome, agent, true),
		...(diff === undefined
			? []
			: planLines(
					diff,
					now,
					`${prefix} ${askedAgain(diff, onlyOne(selected))}`,
				)),
		...leftAloneText(outcome),
		"Nothing was changed.",
	];
}

/** Of several paths `diff` tells with all others. */
function onlyOne(paths: readonly string[]): string | undefined {
	return paths.length === 1 ? paths[0] : undefined;
}

/** As `dryRunText`, of an archive: what it would do, a line each. */
export function importedPlan(outcome: RestoreOutcome, agent: Agent): string[] {
	const { steps } = outcome.plan;
	if (steps.length === 0)
		return [`All of it is in ${agent.host.title}'s home as it is there.`];
	return [
		"It would:",
		...planText(steps, PLANNED, 8),
		...besidesText(outcome, agent, true),
		...leftAloneText(outcome),
	];
}
