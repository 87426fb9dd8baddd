import type { Agent } from "../../core/home/agent.ts";
import { isOverdue } from "../../core/schedule/due.ts";
import { nextRun, type Schedule } from "../../core/schedule/find-schedule.ts";
import { readRuns, scheduledSince } from "../../core/schedule/run-log.ts";
import { overdueText } from "../../core/schedule/schedule-text.ts";
import type { Invocation } from "../call/handler.ts";
import { printable, whenText } from "../text/text.ts";

export function scheduleText(
	agent: Agent,
	schedule: Schedule,
	{ terminal }: Invocation,
): string[] {
	if (schedule.missing !== undefined)
		return [
			`The schedule CANNOT run: ${printable(schedule.missing)} is gone. In a terminal: ${terminal} schedule status`,
		];
	const now = agent.system.clock.now();
	const next = nextRun(agent, schedule);
	const { scheduler, time } = schedule;
	const since = scheduledSince(agent);
	const overdue = isOverdue(readRuns(agent), { time, since }, now)
		? ` ${overdueText(scheduler)}`
		: "";
	return [
		`Next scheduled run: ${whenText(next, now)}, by ${scheduler.kind}.${overdue}`,
	];
}

export function scheduleData(
	agent: Agent,
	schedule: Schedule,
): Record<string, unknown> {
	const { scheduler, note, missing } = schedule;
	return {
		by: scheduler.kind,
		nightly: note.nightly,
		weeklyDrill: note.weeklyDrill,
		push: note.push === true,
		next: missing === undefined ? nextRun(agent, schedule).toISOString() : null,
	};
}
