import { SnapshotError } from "../../errors.ts";
import type { System } from "../../system/system.ts";
import type { Agent } from "../home/agent.ts";
import type { KnownAgent } from "../home/known-agent.ts";
import { blockIn, crontabBlock } from "./crontab.ts";
import { readCrontab } from "./crontab-access.ts";
import { findSchedules, type Schedule, textAt } from "./find-schedule.ts";
import { launchdPlist } from "./launchd-plist.ts";
import { type NoticeSettings, settingsStep } from "./notice-settings.ts";
import {
	domainOf,
	filesOf,
	type Scheduler,
	schedulerHere,
	scopeFlag,
} from "./scheduler.ts";
import { systemdUnits } from "./systemd-units.ts";
import { noteIn, type Timer, timerFor, type Wanted } from "./timer.ts";

/** One thing to be done, so that it can be shown first. */
export type ScheduleStep =
	/** A whole file; private, unless others have to read it. `shown`: in place of its text, where that holds a secret. */
	| {
			readonly do: "write";
			readonly path: string;
			readonly text: string;
			readonly mode: number;
			readonly shown?: string;
	  }
	| { readonly do: "remove"; readonly path: string }
	/** What may fail is seen by what is there afterwards. */
	| {
			readonly do: "run";
			readonly command: readonly string[];
			readonly mayFail?: true;
	  }
	/** A block of this user's crontab, in the place of the one before; undefined: none. */
	| {
			readonly do: "crontab";
			readonly name: string;
			readonly block: string | undefined;
	  };

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
	const timer = timerFor(agent, known, wanted);
	const scheduler = await schedulerHere(system, timer, wanted);
	await refuseForeign(system, scheduler, timer.name);
	const there = await findSchedules(agent);
	const isSame = (one: Schedule) => isSamePlace(one.scheduler, scheduler);
	const others = there.filter((one) => !isSame(one));
	const own = there.find(isSame);
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

function textsFor(
	{ programs }: System,
	scheduler: Scheduler,
	timer: Timer,
): ReadonlyMap<string, string> {
	const [first = "", second = ""] = filesOf(scheduler, timer.name);
	if (scheduler.kind === "systemd") {
		const units = systemdUnits(timer);
		return new Map([
			[first, units.service],
			[second, units.timer],
		]);
	}
	if (scheduler.kind === "launchd")
		return new Map([[first, launchdPlist(timer)]]);
	const idle = programs.find("ionice");
	return new Map([
		["", crontabBlock(timer, idle === undefined ? [] : [idle, "-c", "3"])],
	]);
}

type WithFiles = Exclude<Scheduler, { kind: "cron" }>;

function enabling(
	system: System,
	scheduler: WithFiles,
	name: string,
	isThere: boolean,
): ScheduleStep[] {
	if (scheduler.kind === "systemd") {
		const told = ["systemctl", ...scopeFlag(scheduler.scope)];
		return [
			run(...told, "daemon-reload"),
			run(...told, "enable", `${name}.timer`),
			// One that is at work goes by the time of before.
			run(...told, "restart", `${name}.timer`),
		];
	}
	const [file = ""] = filesOf(scheduler, name);
	const domain = domainOf(system, scheduler.scope);
	return [
		...(isThere
			? [
					{
						...run("launchctl", "bootout", `${domain}/${name}`),
						mayFail,
					} as const,
				]
			: []),
		run("launchctl", "bootstrap", domain, file),
	];
}

const mayFail = true;

function removalOf(
	system: System,
	{ scheduler, name, texts }: Schedule,
): ScheduleStep[] {
	if (scheduler.kind === "cron")
		return [{ do: "crontab", name, block: undefined }];
	const files = [...texts.keys()].map(
		(path) => ({ do: "remove", path }) as const,
	);
	if (scheduler.kind === "launchd") {
		const label = `${domainOf(system, scheduler.scope)}/${name}`;
		return [{ ...run("launchctl", "bootout", label), mayFail }, ...files];
	}
	const told = ["systemctl", ...scopeFlag(scheduler.scope)];
	return [
		{ ...run(...told, "disable", "--now", `${name}.timer`), mayFail },
		...files,
		{ ...run(...told, "daemon-reload"), mayFail },
	];
}

function run(...command: string[]) {
	return { do: "run", command } as const;
}

/** It waits for its time. */
export async function isActive(
	system: System,
	scheduler: Scheduler,
	name: string,
): Promise<boolean> {
	if (scheduler.kind === "cron") return true;
	const words =
		scheduler.kind === "systemd"
			? [
					"systemctl",
					...scopeFlag(scheduler.scope),
					...["is-active", `${name}.timer`],
				]
			: ["launchctl", "print", `${domainOf(system, scheduler.scope)}/${name}`];
	const [program = "", ...rest] = words;
	const found = system.programs.find(program);
	if (found === undefined) return false;
	return (await system.programs.run([found, ...rest], {})).exitCode === 0;
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
