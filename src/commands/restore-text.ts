import { lateText, type MovedAside } from "../core/apply/moved-aside.ts";
import type { Diff } from "../core/diff/diff.ts";
import type { Agent } from "../core/home/agent.ts";
import type { RestoreOutcome } from "../core/restore/restore.ts";
import { canTakeBack, type Step } from "../core/restore/restore-steps.ts";
import type { SnapshotInfo } from "../core/store/listing.ts";
import { besideText, inHomeText } from "./beside-text.ts";
import { planLines } from "./diff-lines.ts";
import type { Invocation } from "./handler.ts";
import {
	ageText,
	countText,
	kindText,
	printable,
	shortened,
	someOf,
	whenText,
} from "./text.ts";

/** What was done, in words. */
export function outcomeText(
	outcome: RestoreOutcome,
	agent: Agent,
	{ prefix }: Pick<Invocation, "prefix">,
): string[] {
	return doneText(outcome, { agent, prefix });
}

export function nameOf(snapshot: SnapshotInfo, now: Date): string {
	const { id, createdAt } = snapshot;
	const article = snapshot.number === undefined ? "the " : "";
	return `${article}${kindText(snapshot)} (${printable(id)}) from ${whenText(createdAt, now)}`;
}

/** "config.yaml and memories of snapshot 3 …" */
function partsOf(selected: readonly string[], name: string): string {
	return selected.length === 0 ? name : `${someOf([...selected])} of ${name}`;
}

function whole({ selected }: RestoreOutcome): string {
	if (selected.length === 0) return "Everything is";
	return `${someOf([...selected])} ${selected.length === 1 ? "is" : "are"}`;
}

function headline(outcome: RestoreOutcome, now: Date): string {
	const { snapshot, undone } = outcome;
	if (undone === undefined)
		return `Restored ${partsOf(outcome.selected, nameOf(snapshot, now))}.`;
	const when = whenText(snapshot.createdAt, now);
	const all = lacks(outcome) ? "as far as it could be saved, all" : "all";
	return undone.wasUndo
		? `Took back the undo: ${all} is again as it was ${when}.`
		: `Took back the restore of ${printable(undone.id)}: ${all} is again as it was ${when}.`;
}

/** Something was damaged or unreadable when the undo snapshot was taken, and went to the quarantine. */
function lacks({ plan: { leftAlone } }: RestoreOutcome): boolean {
	return leftAlone.some(({ why }) => why.startsWith("not in the snapshot"));
}

function doneText(
	outcome: RestoreOutcome,
	{ agent, prefix }: { agent: Agent; prefix: string },
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
		...planText(plan.steps, {
			write: "Put back",
			remove: "Removed",
			mode: "Set modes or times of",
		}),
		...besidesText(outcome, agent, false),
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
function foundText(
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

export function dryRunText(
	outcome: RestoreOutcome,
	agent: Agent,
	diff: Diff | undefined,
): string[] {
	const { plan, selected } = outcome;
	const now = agent.system.clock.now();
	const name = partsOf(selected, nameOf(outcome.snapshot, now));
	if (plan.steps.length === 0)
		return [
			outcome.undone !== undefined && lacks(outcome)
				? "There is nothing that could be taken back."
				: `${whole(outcome)} already as in ${nameOf(outcome.snapshot, now)}.`,
			...foundText(outcome, now),
			...leftAloneText(outcome),
		];
	return [
		...foundText(outcome, now),
		`To restore ${name} would:`,
		...planText(
			plan.steps,
			{ write: "Put back", remove: "Remove", mode: "Set modes or times of" },
			8,
		),
		...besidesText(outcome, agent, true),
		...(diff === undefined ? [] : planLines(diff, now)),
		...leftAloneText(outcome),
		"Nothing was changed.",
	];
}

/** Of a restore that was only tried: what it would do, a line each. */
export function importedPlan(outcome: RestoreOutcome, agent: Agent): string[] {
	const { steps } = outcome.plan;
	if (steps.length === 0)
		return [`All of it is in ${agent.host.title}'s home as it is there.`];
	const verbs = {
		write: "Put back",
		remove: "Remove",
		mode: "Set modes or times of",
	};
	return [
		"It would:",
		...planText(steps, verbs, 8),
		...besidesText(outcome, agent, true),
		...leftAloneText(outcome),
	];
}

function besidesText(
	{ beside, inHome }: RestoreOutcome,
	agent: Agent,
	isPlan: boolean,
): string[] {
	return [...besideText(beside, isPlan), ...inHomeText(inHome, agent, isPlan)];
}

function planText(
	steps: readonly Step[],
	verbs: { write: string; remove: string; mode: string },
	most = 4,
): string[] {
	const pathsOf = (...kinds: Step["do"][]) => [
		...new Set(
			steps.filter((step) => kinds.includes(step.do)).map(({ path }) => path),
		),
	];
	const written = pathsOf("write", "database", "link", "make-directory");
	const removed = pathsOf("remove").filter((path) => !written.includes(path));
	const modes = pathsOf("set-mode").filter((path) => !written.includes(path));
	const line = (verb: string, paths: string[]) => lineOf(verb, paths, most);
	return [
		...line(verbs.write, written),
		...line(verbs.remove, removed),
		...line(verbs.mode, modes),
		...asideText(steps, most),
	];
}

/** What could be saved nowhere. */
function asideText(steps: readonly Step[], most = 4): string[] {
	const aside = steps.filter((step) => step.do === "set-aside");
	const paths = aside.map(({ path }) => path);
	return lineOf(UNREADABLE, [...new Set(paths)], most);
}

const UNREADABLE = "Moved to state-snapshots/quarantine, because unreadable,";

/** Where no plan is told: all of it. */
export function movedAsideText(moved: readonly MovedAside[]): string[] {
	const unreadable = moved.filter(({ why }) => why === "unreadable");
	const paths = unreadable.map(({ path }) => path);
	return [...lineOf(UNREADABLE, paths, 4), ...lateText(moved)];
}

function lineOf(verb: string, paths: string[], most: number): string[] {
	if (paths.length === 0) return [];
	return [
		`${verb} ${countText(paths.length, "item")}: ${someOf(paths, most)}.`,
	];
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
	const are = leftAlone.length === 1 ? "it is" : "they are";
	const quarantine = lacks(outcome) ? asideNowText(undone?.aside ?? []) : "";
	return [`Left as ${are}: ${parts.join("; ")}.${hint}${quarantine}`];
}

function asideNowText(aside: readonly string[]): string {
	if (aside.length === 0) return "";
	const what = aside.length === 1 ? "it" : "them";
	return ` What was there before is ${someOf(aside)}: to have ${what} back, stop the agent and move ${what} to where ${aside.length === 1 ? "it was" : "they were"}, in place of what stands there.`;
}
