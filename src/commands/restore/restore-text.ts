import { lateText } from "../../core/apply/moved-aside.ts";
import type { Agent } from "../../core/home/agent.ts";
import type { RestoreOutcome } from "../../core/restore/restore.ts";
import { canTakeBack } from "../../core/restore/restore-steps.ts";
import type { Invocation } from "../call/handler.ts";
import { nameOf } from "../text/snapshot-name.ts";
import {
	ageText,
	countText,
	printable,
	shortened,
	someOf,
	whenText,
} from "../text/text.ts";
import { besidesText } from "./beside-text.ts";
import { lacksOld, leftAloneText } from "./left-alone-text.ts";
import { DONE, planText } from "./plan-text.ts";

/** "config.yaml and memories of snapshot 3 …" */
export function partsOf(selected: readonly string[], name: string): string {
	return selected.length === 0 ? name : `${someOf([...selected])} of ${name}`;
}

export function whole({ selected }: RestoreOutcome): string {
	if (selected.length === 0) return "Everything is";
	return `${someOf([...selected])} ${selected.length === 1 ? "is" : "are"}`;
}

function headline(outcome: RestoreOutcome, now: Date): string {
	const { snapshot, undone } = outcome;
	if (undone === undefined)
		return `Restored ${partsOf(outcome.selected, nameOf(snapshot, now))}.`;
	const when = whenText(snapshot.createdAt, now);
	const all = lacksOld(outcome) ? "as far as it could be saved, all" : "all";
	return undone.wasUndo
		? `Took back the undo: ${all} is again as it was ${when}.`
		: `Took back the restore of ${printable(undone.id)}: ${all} is again as it was ${when}.`;
}

/** What was done, in words. */
export function outcomeText(
	outcome: RestoreOutcome,
	agent: Agent,
	{ prefix }: Pick<Invocation, "prefix">,
): string[] {
	const now = agent.system.clock.now();
	const { plan, undo, undone } = outcome;
	if (plan.steps.length === 0)
		return [
			undone === undefined
				? `${whole(outcome)} already as in ${nameOf(outcome.snapshot, now)}. Nothing was changed.`
				: undone.aside.length > 0
					? "Nothing was taken back: what was there before could not be read then, and was moved aside. Nothing was changed."
					: "There is nothing that could be taken back. Nothing was changed.",
			...foundText(outcome, now),
			...leftAloneText(outcome),
		];
	return [
		headline(outcome, now),
		...foundText(outcome, now),
		...planText(plan.steps, DONE),
		...besidesDone(outcome, agent),
		...lateText(outcome.movedAside),
		...leftAloneText(outcome),
		...prunedText(outcome),
		...replacedText(outcome),
		agent.host.afterRestore,
		undo === undefined
			? "There is no undo for it, as you asked."
			: undoText(canTakeBack(plan.steps), prefix),
	];
}

/** What is known against what goes back. */
export function foundText(
	{ snapshot: { found }, selected }: RestoreOutcome,
	now: Date,
): string[] {
	if (found === undefined) return [];
	const { at, by, why } = found;
	const isMeant =
		selected.length === 0 || selected.some((path) => why.startsWith(path));
	const who = by === "drill" ? "drill" : "verification";
	const when = ageText(new Date(at), now);
	return isMeant
		? [`WARNING: its ${who} ${when} failed: ${shortened(printable(why), 200)}.`]
		: [];
}

export function undoText(isPossible: boolean, prefix: string): string {
	return isPossible
		? `Take it back with: ${prefix} undo`
		: "It cannot be taken back: what was there could not be read, and is in state-snapshots/quarantine.";
}

/** Another one that waited. One that was finished first has said so itself. */
function replacedText(outcome: RestoreOutcome): string[] {
	const { forgotten, snapshot, recovered } = outcome;
	const isSaid = forgotten === recovered?.forgotten;
	return isSaid || forgotten === snapshot.id ? [] : forgottenText(forgotten);
}

export function forgottenText(forgotten: string | undefined): string[] {
	if (forgotten === undefined) return [];
	return [
		`The restore of ${printable(forgotten)} that waited for the next start is forgotten.`,
	];
}

export function prunedText({
	pruned,
}: Pick<RestoreOutcome, "pruned">): string[] {
	if (pruned === undefined || "problem" in pruned) return [];
	const old = pruned.removed.length;
	return old === 0 ? [] : [`Removed ${countText(old, "old snapshot")}.`];
}

/** Few restores touch one: the words for it are not read for the others. */
function besidesDone(outcome: RestoreOutcome, agent: Agent): string[] {
	const isNone = outcome.beside.length + outcome.inHome.length === 0;
	return isNone ? [] : besidesText(outcome, agent, false);
}
