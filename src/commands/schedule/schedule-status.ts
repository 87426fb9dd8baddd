import { settingsOrDefaults } from "../../core/home/agent.ts";
import { isOverdue } from "../../core/schedule/due.ts";
import {
	findSchedules,
	nextRun,
	type Schedule,
} from "../../core/schedule/find-schedule.ts";
import {
	type Run,
	readRuns,
	scheduledSince,
} from "../../core/schedule/run-log.ts";
import { nightlyText, overdueText } from "../../core/schedule/schedule-text.ts";
import { nextBySystemd } from "../../core/schedule/scheduler.ts";
import { isActive } from "../../core/schedule/scheduler-steps.ts";
import { maskedAddress } from "../../core/schedule/tell-outcome.ts";
import { maskText } from "../../core/secrets/secrets.ts";
import type { Invocation } from "../call/handler.ts";
import type { Answer } from "../call/reply.ts";
import { printable, shortened, whenText } from "../text/text.ts";
import { installWords, openText } from "./schedule-words.ts";

export async function scheduleStatus(invocation: Invocation): Promise<Answer> {
	const { system, prefix } = invocation;
	const agent = invocation.agent();
	const now = system.clock.now();
	const schedules = await findSchedules(agent);
	const runs = readRuns(agent);
	const since = scheduledSince(agent);
	const rows = await Promise.all(
		schedules.map(async (one) => ({
			...one,
			isActive: await isActive(system, one.scheduler, one.name),
			isOverdue: isOverdue(runs, { time: one.time, since }, now),
			next: (await nextBySystemd(system, one)) ?? nextRun(agent, one),
		})),
	);
	const { schedule: listeners = {} } = settingsOrDefaults(agent);
	const last = runs.at(-1);
	return {
		text: [
			...(rows.length === 0
				? [`No schedule is installed. One: ${prefix} schedule install`]
				: rows.flatMap((row) => scheduleText(row, now, prefix))),
			...(last === undefined ? ["No run yet."] : runText(last, now)),
			...(listeners.ping === undefined
				? []
				: [`Each run is told to ${maskedAddress(listeners.ping)}.`]),
			...(listeners.onFailure === undefined
				? []
				: [`On a failure: ${printable(maskText(listeners.onFailure))}`]),
		].join("\n"),
		data: {
			schedules: rows.map(scheduleData),
			lastRun: last ?? null,
			ping: listeners.ping === undefined ? null : maskedAddress(listeners.ping),
			onFailure:
				listeners.onFailure === undefined
					? null
					: maskText(listeners.onFailure),
		},
	};
}

interface Row extends Schedule {
	readonly isActive: boolean;
	readonly isOverdue: boolean;
	readonly next: Date;
}

function scheduleText(
	{ name, scheduler, note, missing, isActive, isOverdue, next }: Row,
	now: Date,
	prefix: string,
): string[] {
	const again = `give ${prefix} ${installWords(note)} again`;
	return [
		`${nightlyText(note)}, by ${scheduler.kind} (${name}).`,
		...(missing === undefined
			? []
			: [`It CANNOT run: ${printable(missing)} is gone; ${again}.`]),
		...(isActive
			? [`Next run: ${whenText(next, now)}.`]
			: [`It is NOT waiting for its time: ${again}.`]),
		...(isOverdue ? [overdueText(scheduler)] : []),
	];
}

/** The last one, in a line or two. */
function runText(run: Run, now: Date): string[] {
	const { at, ok, steps, open = [], putOff, notes = [], late } = run;
	const when = whenText(new Date(at), now);
	const after = late === undefined ? "" : ", late";
	const told = notes.map((note) => `${printable(note)}.`);
	if (putOff !== undefined)
		return [`Last run: ${when}${after}, put off: ${putOff}.`, ...told];
	const shown = steps
		.filter((step) => ok === true || !step.ok)
		.map(({ step, what }) => `${step}: ${shortened(printable(what), 300)}`);
	const how = ok === true ? "went well" : "FAILED";
	return [
		`Last run: ${when}${after}, ${how}. ${shown.join("; ")}.`,
		...openText(open, now),
		...told,
	];
}

function scheduleData(row: Row): Record<string, unknown> {
	const { scheduler, note, texts } = row;
	return {
		name: row.name,
		by: scheduler.kind,
		scope: "scope" in scheduler ? scheduler.scope : "user",
		nightly: note.nightly,
		weeklyDrill: note.weeklyDrill,
		push: note.push === true,
		files: [...texts.keys()].filter((path) => path !== ""),
		next: row.isActive ? row.next.toISOString() : null,
		active: row.isActive,
		overdue: row.isOverdue,
		missing: row.missing ?? null,
	};
}
