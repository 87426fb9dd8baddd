import { SnapshotError } from "../../errors.ts";
import type { System } from "../../system/system.ts";
import { quoted } from "../words.ts";
import type { Timer } from "./timer.ts";

/** What of a machine starts something at night. */
export type Scheduler =
	| {
			readonly kind: "systemd" | "launchd";
			/** Of the machine, for which one has to be root, or of this user. */
			readonly scope: "system" | "user";
			/** Where its files lie. */
			readonly directory: string;
	  }
	| { readonly kind: "cron" };

type Scope = "system" | "user";

/** The one that this machine has: systemd, launchd, cron. @throws SnapshotError `failed` when there is none */
export async function schedulerHere(
	system: System,
	timer: Timer,
	{ forUser }: { readonly forUser: boolean },
): Promise<Scheduler> {
	const { programs, processes } = system;
	const isRoot = processes.userId === 0;
	const scope = isRoot && !forUser ? "system" : "user";
	const found: Scheduler | undefined = (await hasSystemd(system, scope))
		? systemdOf(system, scope)
		: programs.find("launchctl") !== undefined
			? launchdOf(system, scope)
			: programs.find("crontab") !== undefined
				? { kind: "cron" }
				: undefined;
	if (found === undefined) throw none(timer);
	const isOfSystem = found.kind === "systemd" && found.scope === "system";
	if (timer.user !== undefined && !isOfSystem)
		throw new SnapshotError(
			"failed",
			`The home belongs to another user (${timer.user}), for whom ${found.kind} cannot be told by root. Nothing was changed.`,
			{ hint: "Give the command as that user." },
		);
	return found;
}

/** All that it could have been told to, wherever systemd and the others are by now. */
export async function everyScheduler(system: System): Promise<Scheduler[]> {
	const { programs } = system;
	const scopes = ["user", "system"] as const;
	return [
		...scopes.map((scope) => systemdOf(system, scope)),
		...scopes.map((scope) => launchdOf(system, scope)),
		...(programs.find("crontab") === undefined
			? []
			: [{ kind: "cron" } as const]),
	];
}

/** As `sd_booted` finds out; and whether it answers this user: not everybody who was let in has a manager of his own. */
async function hasSystemd(system: System, scope: Scope): Promise<boolean> {
	const { disk, programs } = system;
	if (disk.stat("/run/systemd/system")?.kind !== "directory") return false;
	const program = programs.find("systemctl");
	if (program === undefined) return false;
	const asked = [program, ...scopeFlag(scope), "show", "--property=Version"];
	return (await programs.run(asked, {})).exitCode === 0;
}

function systemdOf({ programs }: System, scope: Scope): Scheduler {
	const directory =
		scope === "user"
			? `${programs.userHome}/.config/systemd/user`
			: "/etc/systemd/system";
	return { kind: "systemd", scope, directory };
}

function launchdOf({ programs }: System, scope: Scope): Scheduler {
	const directory =
		scope === "user"
			? `${programs.userHome}/Library/LaunchAgents`
			: "/Library/LaunchDaemons";
	return { kind: "launchd", scope, directory };
}

export function scopeFlag(scope: Scope): string[] {
	return scope === "user" ? ["--user"] : [];
}

/** In which launchd keeps it. */
export function domainOf({ processes }: System, scope: Scope): string {
	return scope === "system" ? "system" : `gui/${processes.userId ?? 0}`;
}

/** Its files; none for cron, which has a text of its own. */
export function filesOf(scheduler: Scheduler, name: string): string[] {
	if (scheduler.kind === "cron") return [];
	const ends =
		scheduler.kind === "systemd" ? [".service", ".timer"] : [".plist"];
	return ends.map((end) => `${scheduler.directory}/${name}${end}`);
}

/** Something of cron's is at work; undefined: nobody can tell. */
export function isCronRunning({ programs }: System): boolean | undefined {
	const found = programs.running(["cron", "crond", "anacron", "fcron"], []);
	return found && found.length > 0;
}

/** What this user starts goes on when he logs out; undefined: nobody can tell. */
export async function isLingering({
	programs,
	processes,
}: System): Promise<boolean | undefined> {
	const program = programs.find("loginctl");
	const { userId } = processes;
	if (program === undefined || userId === undefined) return undefined;
	const asked = ["show-user", String(userId), "--property=Linger"];
	const { exitCode, output } = await programs.run([program, ...asked], {});
	if (exitCode !== 0) return undefined;
	return output.trim() === "Linger=yes";
}

/** To the minute in which it will begin, if systemd has it and tells (from 246 on). */
export async function nextBySystemd(
	{ programs }: System,
	{ scheduler, name }: { readonly scheduler: Scheduler; readonly name: string },
): Promise<Date | undefined> {
	const program = programs.find("systemctl");
	if (scheduler.kind !== "systemd" || program === undefined) return undefined;
	const asked = [
		...[program, ...scopeFlag(scheduler.scope), "list-timers", "--all"],
		...["--output=json", `${name}.timer`],
	];
	const { exitCode, output } = await programs.run(asked, {});
	const next =
		exitCode === 0 ? /"next":(\d{13,17})\b/.exec(output)?.[1] : undefined;
	// In microseconds.
	return next === undefined ? undefined : new Date(Number(next) / 1000);
}

function none({ command }: Timer): SnapshotError {
	return new SnapshotError(
		"failed",
		"This machine has neither a systemd that answers, nor launchd, nor cron. Nothing was changed.",
		{
			hint: `Install cron, or have something else call this every night: ${command.map(quoted).join(" ")}`,
		},
	);
}
