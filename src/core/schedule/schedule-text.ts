import type { System } from "../../system/system.ts";
import { isCronRunning, isLingering, type Scheduler } from "./scheduler.ts";
import type { TimerNote } from "./timer.ts";

/** "Every night at 03:30, with a drill once a week" */
export function nightlyText({
	nightly,
	weeklyDrill,
	push,
}: Pick<TimerNote, "nightly" | "weeklyDrill" | "push">): string {
	const drill = weeklyDrill ? ", with a drill once a week" : "";
	return `Every night at ${nightly}${drill}${push ? ", pushed elsewhere" : ""}`;
}

export function overdueText({ kind }: Scheduler): string {
	return `It should have run since the last time, and did not: is ${kind} at work?`;
}

/** Why nothing would be begun, though all is installed, as far as anybody can tell; and what to do. */
export async function whyIdle(
	system: System,
	scheduler: Scheduler,
): Promise<{ readonly text: string; readonly advice: string } | undefined> {
	const { kind } = scheduler;
	if (kind === "cron" && isCronRunning(system) === false)
		return {
			text: "cron does not run here, so nothing will happen",
			advice: "start it",
		};
	const isOfUser = kind === "systemd" && scheduler.scope === "user";
	if (isOfUser && (await isLingering(system)) === false)
		return {
			text: "it only runs while you are logged in",
			advice: "loginctl enable-linger",
		};
	return undefined;
}
