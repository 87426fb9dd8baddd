import type { System } from "../../system/system.ts";
import { crontabBlock } from "./crontab.ts";
import type { Schedule } from "./find-schedule.ts";
import { launchdPlist } from "./launchd-plist.ts";
import { domainOf, filesOf, type Scheduler, scopeFlag } from "./scheduler.ts";
import { systemdUnits } from "./systemd-units.ts";
import type { Timer } from "./timer.ts";

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
	/** Something of ours, if it is still there. */
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

/** What it has to be given, by path; for cron a block, by "". */
export function textsFor(
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

export type WithFiles = Exclude<Scheduler, { kind: "cron" }>;

/** Has it begin with the files that lie there. */
export function enabling(
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

/** Has it end, and takes away what was written. */
export function removalOf(
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
		// Should systemd not have answered.
		{
			do: "remove",
			path: `${scheduler.directory}/timers.target.wants/${name}.timer`,
		},
		{ ...run(...told, "daemon-reload"), mayFail },
	];
}

function run(...command: string[]) {
	return { do: "run", command } as const;
}

const mayFail = true;

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
