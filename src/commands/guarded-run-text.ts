import type { Agent } from "../core/home/agent.ts";
import type { RestoreOutcome } from "../core/restore/restore.ts";
import { canTakeBack } from "../core/restore/restore-steps.ts";
import { endText, type Verdict } from "../core/update/after-run.ts";
import { type GuardOutcome, isWhole } from "../core/update/guarded-run.ts";
import type { Problem } from "../core/update/health.ts";
import type { WhatChanged } from "../core/update/health-report.ts";
import type { Ended } from "../system/system.ts";
import { incompleteText } from "./create.ts";
import type { Invocation } from "./handler.ts";
import { leftAloneText, nameOf, undoText } from "./restore-text.ts";
import {
	callable,
	countText,
	finishedText,
	pathText,
	printable,
	shortened,
	someOf,
} from "./text.ts";

interface Told extends Pick<Invocation, "prefix"> {
	/** Of the program. */
	readonly name: string;
}

/** About twelve lines. */
export function reportText(
	outcome: GuardOutcome,
	agent: Agent,
	told: Told,
): string[] {
	const { before, ended, verdict, rollback } = outcome;
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
	return [
		...first,
		...headline(ended, verdict, name),
		...(verdict.changed ? changedText(verdict.changed) : []),
		...(rollback === undefined
			? wayBack(before, verdict, told.prefix)
			: rollbackText(rollback, agent, told)),
		...afterText(verdict, told.prefix),
	];
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
	{ problems, after }: Verdict,
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
	return "why" in after
		? [`NOT CHECKED: ${name} ${how}, and what it left could not be looked at.`]
		: [`${name} ${how}. What it left looks sound.`];
}

const MOST = 4;

function problemText({ path, what }: Problem): string {
	const sentence = shortened(printable(what), 160);
	if (path === undefined) return `  ${sentence}`;
	const isVerb = /^(is|has|holds|cannot) /.test(what);
	return `  ${pathText(path)}${isVerb ? "" : ":"} ${sentence}`;
}

function changedText(all: WhatChanged): string[] {
	const { counts, changed, added, removed, tables } = all;
	const parts = [
		...counts.slice(0, 5).map(({ what, before, after }) => {
			const sign = after > before ? "+" : "-";
			return `${sign}${countText(Math.abs(after - before), what)}`;
		}),
		...(changed.length > 0 ? [`changed: ${someOf(changed)}`] : []),
		...(added.length > 0 ? [`new: ${someOf(added)}`] : []),
		...(removed.length > 0 ? [`gone: ${someOf(removed)}`] : []),
		...tables.slice(0, 2).map(tablesText),
	];
	return parts.length === 0
		? ["Of what is saved it changed nothing."]
		: [`What changed meanwhile: ${parts.join("; ")}.`];
}

function tablesText({ path, added, removed }: WhatChanged["tables"][number]) {
	const came = added > 0 ? [`+${countText(added, "table")}`] : [];
	const went = removed > 0 ? [`-${countText(removed, "table")}`] : [];
	return `${pathText(path)}: ${[...came, ...went].join(", ")}`;
}

/** Nobody has gone back yet. */
function wayBack(
	before: GuardOutcome["before"],
	{ after, problems }: Verdict,
	prefix: string,
): string[] {
	if ("why" in before) return [];
	const { id } = before.snapshot;
	if (!("why" in after) && after.snapshot.id === id) return [];
	const words = problems.length > 0 ? "Roll back with" : "Back to before it";
	return [`${words}: ${prefix} restore ${printable(id)}`];
}

function rollbackText(
	rollback: NonNullable<GuardOutcome["rollback"]>,
	agent: Agent,
	{ prefix }: Told,
): string[] {
	if ("why" in rollback)
		return [
			`It could NOT be rolled back. ${callable(printable(rollback.why), prefix)}`,
		];
	const { plan, undo } = rollback;
	const now = agent.system.clock.now();
	if (plan.steps.length === 0)
		return [
			"There was nothing to roll back: all is as before.",
			...leftAloneText(rollback),
		];
	return [
		`ROLLED BACK to ${nameOf(rollback.snapshot, now)}: ${putBackText(rollback)}.`,
		...leftAloneText(rollback),
		agent.host.afterRestore,
		...(undo === undefined ? [] : [undoText(canTakeBack(plan.steps), prefix)]),
	];
}

function putBackText({ plan }: RestoreOutcome): string {
	const paths = [...new Set(plan.steps.map(({ path }) => path))];
	return someOf(paths, 4);
}

function afterText({ after }: Verdict, prefix: string): string[] {
	if ("why" in after)
		return [
			`What it left is in no snapshot. ${callable(printable(after.why), prefix)}`,
		];
	const { created, snapshot } = after;
	return created ? [`What it left is kept: ${printable(snapshot.id)}`] : [];
}
