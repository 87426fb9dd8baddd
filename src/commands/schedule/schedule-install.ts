import type { Agent } from "../../core/home/agent.ts";
import { isWebAddress } from "../../core/home/settings.ts";
import {
	carryOutSchedule,
	stepContent,
	stepText,
} from "../../core/schedule/carry-out-schedule.ts";
import { scheduleOf } from "../../core/schedule/find-schedule.ts";
import { openSteps } from "../../core/schedule/last-failure.ts";
import { noteSchedule, scheduledSince } from "../../core/schedule/run-log.ts";
import {
	planNoSchedule,
	planSchedule,
	type SchedulePlan,
} from "../../core/schedule/schedule-plan.ts";
import { nightlyText, whyIdle } from "../../core/schedule/schedule-text.ts";
import type { ScheduleStep } from "../../core/schedule/scheduler-steps.ts";
import {
	parseTime,
	type TimeOfNight,
	timeText,
} from "../../core/schedule/time-of-night.ts";
import type { System } from "../../system/system.ts";
import { usageError } from "../call/grammar.ts";
import { type Invocation, textFlag } from "../call/handler.ts";
import type { Answer } from "../call/reply.ts";
import { isAgreed, notDoneText } from "../text/ask-shown.ts";
import { capital, printable } from "../text/text.ts";
import { foldersForTimer } from "./schedule-push.ts";

const USUAL_TIME: TimeOfNight = { hour: 3, minute: 30 };

/** What is not said stays as it is where there is a schedule already. */
export async function installSchedule(invocation: Invocation): Promise<Answer> {
	const { flags, meant, system } = invocation;
	const time = timeOf(invocation);
	const notice = { ping: pingOf(invocation), onFailure: commandOf(invocation) };
	const agent = invocation.agent();
	const there = await scheduleOf(agent);
	const nightly = timeText(time ?? there?.time ?? USUAL_TIME);
	const weeklyDrill =
		flags["weekly-drill"] === true || there?.note.weeklyDrill === true;
	const push = flags.push === true || there?.note.push === true;
	const folders = push ? await foldersForTimer(agent, invocation) : [];
	const forUser = flags.user === true;
	const wanted = { nightly, weeklyDrill, push, folders, forUser, notice };
	const plan = await planSchedule(agent, meant, wanted);
	const said = `${nightlyText({ nightly, weeklyDrill, push })}, by ${plan.scheduler.kind}`;
	if (plan.steps.length === 0)
		return answer(`${said}: that is so already. Nothing was changed.`);
	if (!(await isAgreed(invocation, shown(plan.steps, "install"))))
		return notDone(invocation, plan.steps, "install");
	await carryOutSchedule(agent, plan.steps);
	await noteSchedule(agent, "install");
	return answer(
		[
			`${said}.`,
			...(await warnings(system, plan)),
			`How it goes: ${invocation.prefix} schedule status`,
		].join("\n"),
		plan.steps,
	);
}

export async function removeSchedule(invocation: Invocation): Promise<Answer> {
	const agent = invocation.agent();
	const steps = await planNoSchedule(agent);
	if (steps.length === 0) return nothingLeft(agent);
	if (!(await isAgreed(invocation, shown(steps, "remove"))))
		return notDone(invocation, steps, "remove");
	await carryOutSchedule(agent, steps);
	await noteSchedule(agent, "remove");
	return answer("The schedule is removed. The snapshots stay.", steps);
}

/** One that was taken away by hand is still awaited, and what it failed of is still told. */
async function nothingLeft(agent: Agent): Promise<Answer> {
	const { system, store } = agent;
	const isAwaited =
		scheduledSince(agent) !== undefined ||
		openSteps(system.disk, store).length > 0;
	if (!isAwaited)
		return answer("No schedule is installed. Nothing was changed.");
	await noteSchedule(agent, "remove");
	return answer("No schedule is installed. None is awaited any more.");
}

/** @throws SnapshotError `usage` */
export function timeOf(invocation: Invocation): TimeOfNight | undefined {
	const text = textFlag(invocation, "nightly");
	if (text === undefined) return undefined;
	const time = parseTime(text);
	if (time !== undefined) return time;
	throw usageError(
		invocation.verb,
		`--nightly needs a time of day such as 03:30, and ${JSON.stringify(text)} is none.`,
	);
}

/** What was typed may be a secret, and is not repeated. "" takes it out. */
function pingOf(invocation: Invocation): string | undefined {
	const text = textFlag(invocation, "ping");
	if (text === undefined || text === "" || isWebAddress(text)) return text;
	throw usageError(
		invocation.verb,
		"--ping needs an address that begins with https:// or http://.",
	);
}

function commandOf(invocation: Invocation): string | undefined {
	return textFlag(invocation, "on-failure")?.trim();
}

function notDone(
	invocation: Invocation,
	steps: readonly ScheduleStep[],
	what: "install" | "remove",
): Answer {
	const how = "To do it, give the same command with --yes.";
	const text = notDoneText(invocation, shown(steps, what), how);
	return { text, data: { done: [], planned: steps.map(stepText) } };
}

function shown(steps: readonly ScheduleStep[], what: string): string[] {
	return [
		`To ${what} it would:`,
		...steps.flatMap((step) => [
			`  ${printable(stepText(step))}`,
			...stepContent(step)
				.split("\n")
				.filter(Boolean)
				.map((line) => `    ${printable(line)}`),
		]),
	];
}

async function warnings(
	system: System,
	{ scheduler }: SchedulePlan,
): Promise<string[]> {
	const why = await whyIdle(system, scheduler);
	return why === undefined ? [] : [`${capital(why.text)}: ${why.advice}.`];
}

function answer(text: string, steps: readonly ScheduleStep[] = []): Answer {
	return { text, data: { done: steps.map(stepText), planned: [] } };
}
