import type { Agent } from "../../core/home/agent.ts";
import type { RestoreOutcome } from "../../core/restore/restore.ts";
import { canTakeBack } from "../../core/restore/restore-steps.ts";
import { endText, type Verdict } from "../../core/update/after-run.ts";
import {
	brokenLogins,
	type GuardOutcome,
	isWhole,
} from "../../core/update/guarded-run.ts";
import type { Problem } from "../../core/update/health.ts";
import { quoted } from "../../core/words.ts";
import type { Ended } from "../../system/system.ts";
import type { Invocation } from "../call/handler.ts";
import { incompleteText } from "../create.ts";
import { leftAloneText } from "../restore/left-alone-text.ts";
import { undoText } from "../restore/restore-text.ts";
import { nameOf } from "../text/snapshot-name.ts";
import {
	callable,
	countText,
	finishedText,
	pathText,
	printable,
	shortened,
	someOf,
} from "../text/text.ts";
import { changedText } from "./guarded-run-changed-text.ts";

interface Told extends Pick<Invocation, "prefix"> {
	/** Of the program. */
	readonly name: string;
	/** What it has changed within files, a line each. */
	readonly inside: readonly string[];
}

/** Twelve lines at most: whether all is well, what is not, whether it was put back and how that is done, and then the rest. */
export function reportText(
	outcome: GuardOutcome,
	agent: Agent,
	told: Told,
): string[] {
	const { before, ended, verdict, goneFrom, rollback } = outcome;
	const first = [
		...("why" in before ? [] : finishedText(before.recovered)),
		...beforeText(before, told),
	];
	const name = printable(told.name);
	if (ended === undefined)
		return [
			...first,
			`So ${name} was NOT run. To run it all the same: --anyway`,
		];
	if (verdict === undefined)
		return [...first, `${name} could not be started: ${ended.problem}.`];
	const needed = [
		...headline(ended, verdict, name),
		...(goneFrom !== undefined
			? goneText(goneFrom)
			: rollback === undefined
				? wayBack(before, verdict, agent, told.prefix)
				: rollbackText(rollback, verdict, agent, {
						...told,
						before: "why" in before ? { id: "" } : before.snapshot,
					})),
	];
	const changed = verdict.changed ? changedText(verdict.changed) : [];
	// Where it is kept is to be had from nothing else.
	const last = afterText(verdict, told.prefix);
	const room = LINES - last.length;
	const inside = insideText(
		told.inside,
		room - needed.length - changed.length - first.length,
	);
	const rest = [...needed, ...changed, ...inside, ...first].slice(0, room);
	return [...rest, ...last];
}

/** What fits a chat. */
const LINES = 12;

/** @param room lines that are left for it */
function insideText(lines: readonly string[], room: number): string[] {
	const isAll = lines.length <= Math.min(MOST, room);
	const most = isAll ? lines.length : Math.min(MOST, room - 1);
	if (most < 1) return [];
	const shown = lines.slice(0, most).map((line) => `  ${shortened(line, 160)}`);
	const more = lines.length - shown.length;
	return more > 0 ? [...shown, `  and ${more} more`] : shown;
}

/** Only what a person has to know. */
function beforeText(before: GuardOutcome["before"], { prefix }: Told) {
	if ("why" in before)
		return [
			`There is NO snapshot of before. ${callable(printable(before.why), prefix)}`,
		];
	if (isWhole(before)) return [];
	const lines = incompleteText(before);
	return lines.length > 0
		? lines
		: [
				`An interrupted restore waits to be settled, and until then nothing can be put back: ${prefix} recover`,
			];
}

function headline(
	ended: Ended,
	{ problems, after, unseen }: Verdict,
	name: string,
): string[] {
	const how = ended.signal
		? `was ended by ${ended.signal} (exit code ${ended.exitCode})`
		: `${ended.exitCode === 0 ? "ended" : "FAILED"} with ${endText(ended)}`;
	if (problems.length > 0)
		return [
			`UNHEALTHY: ${name} ${how}, and this is worse than before:`,
			...problems.slice(0, MOST).map(problemText),
			...(problems.length > MOST
				? [`  and ${problems.length - MOST} more`]
				: []),
		];
	const isUnseen = "why" in after || unseen !== undefined;
	return isUnseen
		? [`NOT CHECKED: ${name} ${how}, and what it left could not be looked at.`]
		: [`${name} ${how}. What it left looks sound.`];
}

const MOST = 3;

function problemText({ path, what }: Problem): string {
	const sentence = shortened(printable(what), 160);
	if (path === undefined) return `  ${sentence}`;
	const isVerb = /^(is|has|holds|keeps|cannot) /.test(what);
	return `  ${pathText(path)}${isVerb ? "" : ":"} ${sentence}`;
}

function goneText(directory: string): string[] {
	return [
		`It cannot be rolled back: the snapshot of before is not in ${pathText(directory)} any more. It was removed, or that directory was moved: then put it back, and restore.`,
	];
}

/** Nobody has gone back yet. */
function wayBack(
	before: GuardOutcome["before"],
	{ after, problems }: Verdict,
	agent: Agent,
	prefix: string,
): string[] {
	if ("why" in before) return [];
	const { id } = before.snapshot;
	if (!("why" in after) && after.snapshot.id === id) return [];
	const words = problems.length > 0 ? "Roll back with" : "Back to before it";
	const logins = brokenLogins(agent, problems).map(
		(path) => ` --include ${printable(quoted(path))}`,
	);
	return [`${words}: ${prefix} restore ${printable(id)}${logins.join("")}`];
}

function rollbackText(
	rollback: NonNullable<GuardOutcome["rollback"]>,
	verdict: Verdict,
	agent: Agent,
	{ prefix, before }: Told & { before: { readonly id: string } },
): string[] {
	if ("why" in rollback) {
		const why = callable(printable(rollback.why), prefix);
		const isSaid = why.includes(` restore ${printable(before.id)}`);
		const way = `Roll back with: ${prefix} restore ${printable(before.id)}`;
		return [`It could NOT be rolled back. ${why}`, ...(isSaid ? [] : [way])];
	}
	const { plan, undo } = rollback;
	const now = agent.system.clock.now();
	if (plan.steps.length === 0)
		return [
			plan.leftAlone.length > 0
				? "NOT ROLLED BACK: none of what is other than before may be put back by itself."
				: "There was nothing to roll back: all is as before.",
			...leftAloneText(rollback),
		];
	return [
		`ROLLED BACK to ${nameOf(rollback.snapshot, now)}: ${putBackText(rollback)}.`,
		...meanwhileText(verdict),
		...leftAloneText(rollback),
		agent.host.afterRestore,
		...(undo === undefined ? [] : [undoText(canTakeBack(plan.steps), prefix)]),
	];
}

/** An agent that went on beside the update has written what is in the state before it no more. */
function meanwhileText({ changed, after }: Verdict): string[] {
	const came = (changed?.counts ?? []).filter((one) => one.after > one.before);
	if (came.length === 0 || "why" in after) return [];
	const counts = came
		.slice(0, 3)
		.map((one) => countText(one.after - one.before, one.what));
	return [
		`What came meanwhile went with it, and is in ${printable(after.snapshot.id)}: ${counts.join(", ")}.`,
	];
}

function putBackText({ plan }: RestoreOutcome): string {
	const paths = [...new Set(plan.steps.map(({ path }) => path))];
	return someOf(paths, 4);
}

function afterText({ after, unseen }: Verdict, prefix: string): string[] {
	if ("why" in after)
		return [
			`What it left is in no snapshot. ${callable(printable(after.why), prefix)}`,
		];
	const { created, snapshot } = after;
	return [
		...(unseen
			? [`Not looked at: ${callable(printable(unseen), prefix)}`]
			: []),
		...(created ? [`What it left is kept: ${printable(snapshot.id)}`] : []),
	];
}
