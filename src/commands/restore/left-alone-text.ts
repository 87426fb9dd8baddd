import type { RestoreOutcome } from "../../core/restore/restore.ts";
import { printable, someOf } from "../text/text.ts";

/** Something was damaged or unreadable when the undo snapshot was taken, and went to the quarantine. */
export function lacksOld({ plan: { leftAlone } }: RestoreOutcome): boolean {
	return leftAlone.some(({ why }) => why.startsWith("not in the snapshot"));
}

export function leftAloneText(outcome: RestoreOutcome): string[] {
	const { undone } = outcome;
	const { leftAlone } = outcome.plan;
	if (leftAlone.length === 0) return [];
	const byReason = Map.groupBy(leftAlone, ({ why }) => why);
	const parts = [...byReason].map(
		([why, items]) => `${someOf(items.map(({ path }) => path))} (${why})`,
	);
	const held = leftAlone.find(({ onRequest }) => onRequest);
	const hint =
		held === undefined || undone !== undefined
			? ""
			: ` To put back all the same: --include ${printable(held.path)}`;
	const quarantine = lacksOld(outcome) ? asideNowText(undone?.aside ?? []) : "";
	return [`Left alone: ${parts.join("; ")}.${hint}${quarantine}`];
}

function asideNowText(aside: readonly string[]): string {
	if (aside.length === 0) return "";
	const what = aside.length === 1 ? "it" : "them";
	return ` What was there before is ${someOf(aside)}: to have ${what} back, stop the agent and move ${what} to where ${aside.length === 1 ? "it was" : "they were"}, in place of what stands there.`;
}
