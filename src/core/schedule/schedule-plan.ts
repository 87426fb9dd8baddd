import { SnapshotError } from "../../errors.ts";
import type { System } from "../../system/system.ts";
import { type Agent, loadSettings } from "../home/agent.ts";
import type { KnownAgent } from "../home/known-agent.ts";
import { refuseStrangeHome } from "../home/strange-home.ts";
import { blockIn } from "./crontab.ts";
import { readCrontab } from "./crontab-access.ts";
import { findSchedules, type Schedule, textAt } from "./find-schedule.ts";
import { type NoticeSettings, settingsStep } from "./notice-settings.ts";
import { filesOf, type Scheduler, schedulerHere } from "./scheduler.ts";
import {
	enabling,
	isActive,
	removalOf,
	type ScheduleStep,
	textsFor,
} from "./scheduler-steps.ts";
import { noteIn, type Timer, timerFor, type Wanted } from "./timer.ts";

export interface ScheduleWanted extends Wanted {
	/** Of this user, although root could have one of the machine. */
	readonly forUser: boolean;
	readonly notice: NoticeSettings;
}

export interface SchedulePlan {
	readonly scheduler: Scheduler;
	readonly timer: Timer;
	/** None: it is so already. */
	readonly steps: readonly ScheduleStep[];
}

/** What has to be done to have one schedule, and that one. Changes nothing. */
export async function planSchedule(
	agent: Agent,
	known: KnownAgent,
	wanted: ScheduleWanted,
): Promise<SchedulePlan> {
	const { system } = agent;
	refuseStrangeHome(agent, loadSettings(agent));
	const timer = timerFor(agent, known, wanted);
	const scheduler = await schedulerHere(system, timer, wanted);
	await refuseForeign(system, scheduler, timer.name);
	const there = await findSchedules(agent);
	const isSame = (one: Schedule) => isSamePlace(one.scheduler, scheduler);
	const others = there.filter((one) => !isSame(one));
	const own = there.find(isSame);
	refuseOfRoot(system, others);
	const steps = [
		...settingsStep(agent, wanted.notice),
		...others.flatMap((one) => removalOf(system, one)),
		...(await installation(system, scheduler, timer, own)),
	];
	return { scheduler, timer, steps };
}

/** What has to be done to have none. */
export async function planNoSchedule(agent: Agent): Promise<ScheduleStep[]> {
	const there = await findSchedules(agent);
	if (there.length === 0) return [];
	refuseOfRoot(agent.system, there);
	return [
		...there.flatMap((one) => removalOf(agent.system, one)),
		...settingsStep(agent, { ping: "", onFailure: "" }),
	];
}

async function installation(
	system: System,
	scheduler: Scheduler,
	timer: Timer,
	own: Schedule | undefined,
): Promise<ScheduleStep[]> {
	const texts = textsFor(system, scheduler, timer);
	const changed = [...texts].filter(
		([path, text]) => own?.texts.get(path) !== text,
	);
	if (scheduler.kind === "cron")
		return changed.map(([, block]) => ({
			do: "crontab",
			name: timer.name,
			block,
		}));
	if (changed.length === 0 && (await isActive(system, scheduler, timer.name)))
		return [];
	return [
		...changed.map(
			([path, text]) => ({ do: "write", path, text, mode: 0o644 }) as const,
		),
		...enabling(system, scheduler, timer.name, own !== undefined),
	];
}

function refuseOfRoot({ disk }: System, schedules: readonly Schedule[]): void {
	for (const { scheduler } of schedules)
		if ("directory" in scheduler && !disk.mayChangeIn(scheduler.directory))
			throw new SnapshotError(
				"failed",
				`There is one of the machine for this home, in ${scheduler.directory}, which this user may not change. Nothing was changed.`,
				{ hint: "Give the command with sudo." },
			);
}

function isSamePlace(one: Scheduler, other: Scheduler): boolean {
	const place = (scheduler: Scheduler) =>
		scheduler.kind + ("scope" in scheduler ? scheduler.scope : "");
	return place(one) === place(other);
}

/** Nothing of a person's own is written over. */
async function refuseForeign(
	system: System,
	scheduler: Scheduler,
	name: string,
): Promise<void> {
	const refuse = (what: string, hint: string) => {
		throw new SnapshotError("failed", `${what} Nothing was changed.`, { hint });
	};
	for (const path of filesOf(scheduler, name)) {
		const found = system.disk.stat(path);
		if (found === undefined) continue;
		const text = found.kind === "file" ? (textAt(system, path) ?? "") : "";
		if (noteIn(text) === undefined)
			refuse(`${path} is there, and is not ours.`, "Move it away first.");
	}
	if (scheduler.kind !== "cron") return;
	const text = await readCrontab(system);
	if (text.includes(`# BEGIN ${name} `) && blockIn(text, name) === undefined)
		refuse(
			"The block of agent-snapshot in your crontab has lost its end.",
			"Take what is left of it out with: crontab -e",
		);
}
