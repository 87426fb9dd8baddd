import { SnapshotError } from "../../errors.ts";
import type { Agent } from "../home/agent.ts";
import { isOverdue } from "../schedule/due.ts";
import {
	findSchedules,
	nextRun,
	type Schedule,
} from "../schedule/find-schedule.ts";
import { openSteps } from "../schedule/last-failure.ts";
import { readRuns, scheduledSince } from "../schedule/run-log.ts";
import {
	nightlyText,
	overdueText,
	whyIdle,
} from "../schedule/schedule-text.ts";
import { nextBySystemd } from "../schedule/scheduler.ts";
import { isActive } from "../schedule/scheduler-steps.ts";
import { momentText } from "../words.ts";
import type { Finding } from "./finding.ts";

const about = "schedule";
const AGAIN = "`schedule install`";

/** Whether each night's snapshot will come. Who never had a schedule is told of none. */
export async function lookAtSchedule(agent: Agent): Promise<Finding[]> {
	const schedules = await schedulesOf(agent);
	const failed = openSteps(agent.system.disk, agent.store);
	return [
		...(await Promise.all(schedules.map((one) => stateOf(agent, one)))).flat(),
		...(schedules.length === 0 ? goneOf(agent) : []),
		...failed.map(({ step, what }) =>
			problem(`it failed, ${step}: ${what}`, "`schedule status`"),
		),
	];
}

/** Where cron does not tell, and nothing says that there was one, there is none. */
async function schedulesOf(agent: Agent): Promise<Schedule[]> {
	try {
		return await findSchedules(agent);
	} catch (error) {
		const isExpected = scheduledSince(agent) !== undefined;
		if (isExpected || !(error instanceof SnapshotError)) throw error;
		return [];
	}
}

async function stateOf(agent: Agent, found: Schedule): Promise<Finding[]> {
	const { system } = agent;
	const { scheduler, note, missing, name, time } = found;
	const head = `${nightlyText(note).toLowerCase()}, by ${scheduler.kind}`;
	if (missing !== undefined)
		return [problem(`${head}: it cannot run, ${missing} is gone`, AGAIN)];
	if (!(await isActive(system, scheduler, name)))
		return [problem(`${head}: it is not waiting for its time`, AGAIN)];
	const idle = await whyIdle(system, scheduler);
	if (idle) return [problem(`${head}: ${idle.text}`, idle.advice)];
	const now = system.clock.now();
	const since = scheduledSince(agent);
	if (isOverdue(readRuns(agent), { time, since }, now))
		return [problem(`${head}. ${overdueText(scheduler)}`)];
	const next = (await nextBySystemd(system, found)) ?? nextRun(agent, found);
	const text = `${head}; next on ${momentText(next, now)}`;
	return [{ level: "ok", about, text }];
}

function goneOf(agent: Agent): Finding[] {
	const since = scheduledSince(agent);
	if (since === undefined) return [];
	const when = momentText(since, agent.system.clock.now());
	const text = `that of ${when} is not there any more, or was another machine's`;
	return [{ level: "note", about, text, advice: AGAIN }];
}

function problem(text: string, advice?: string): Finding {
	return { level: "problem", about, text, ...(advice && { advice }) };
}
