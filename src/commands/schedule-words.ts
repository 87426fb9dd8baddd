import type { TimerNote } from "../core/schedule/timer.ts";

type Asked = Pick<TimerNote, "nightly" | "weeklyDrill" | "push">;

/** "Every night at 03:30, with a drill once a week" */
export function nightlyText({ nightly, weeklyDrill, push }: Asked): string {
	const drill = weeklyDrill ? ", with a drill once a week" : "";
	return `Every night at ${nightly}${drill}${push ? ", pushed elsewhere" : ""}`;
}

/** What a person types to have it again. */
export function installWords({ nightly, weeklyDrill, push }: Asked): string {
	const flags = [weeklyDrill && "--weekly-drill", push && "--push"];
	return ["schedule install --nightly", nightly, ...flags.filter(Boolean)].join(
		" ",
	);
}
