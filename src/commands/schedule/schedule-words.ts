import type { OpenStep } from "../../core/schedule/open-steps.ts";
import type { TimerNote } from "../../core/schedule/timer.ts";
import { momentText, printable, shortened } from "../text/text.ts";

type Asked = Pick<TimerNote, "nightly" | "weeklyDrill" | "push">;

/** What a person types to have it again. */
export function installWords({ nightly, weeklyDrill, push }: Asked): string {
	const flags = [weeklyDrill && "--weekly-drill", push && "--push"];
	return ["schedule install --nightly", nightly, ...flags.filter(Boolean)].join(
		" ",
	);
}

/** What has failed before, and the last run did not come to. */
export function openText(open: readonly OpenStep[], now: Date): string[] {
	return open.map(
		({ at, step, what }) =>
			`Not mended since ${momentText(new Date(at), now)}: ${step}: ${shortened(printable(what), 300)}.`,
	);
}
