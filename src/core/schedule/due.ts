import type { Run } from "./run-log.ts";
import { lastTime, type TimeOfNight } from "./time-of-night.ts";

export interface Occasion {
	/** When it should have begun; undefined: nobody said. */
	readonly time: TimeOfNight | undefined;
	/** Whoever calls does so every hour: nothing is done where this night's run was begun already. */
	readonly ifDue: boolean;
}

/** How soon after one that went well another one does nothing, in milliseconds: two timers may have been set. */
const PAUSE = 5 * 60_000;
/** By how much later it is said to have begun late, in milliseconds. */
const LATE = 60 * 60_000;

/** Pure. Undefined: it is due. */
export function whyNotDue(
	runs: readonly Run[],
	{ time, ifDue }: Occasion,
	now: Date,
): string | undefined {
	// One from the future was noted by another clock.
	const begunSince = (from: number) =>
		runs.filter(
			({ at, putOff }) =>
				putOff === undefined &&
				Date.parse(at) >= from &&
				Date.parse(at) <= now.getTime(),
		);
	if (begunSince(now.getTime() - PAUSE).some(({ ok }) => ok === true))
		return "there was one a few minutes ago, and it went well";
	if (!ifDue || time === undefined) return undefined;
	return begunSince(lastTime(now, time).getTime()).length > 0
		? "this night's was done"
		: undefined;
}

/** By how much later than it should it begins, in milliseconds: the machine was off, or asleep. */
export function lateness(
	begun: Date,
	time: TimeOfNight | undefined,
): number | undefined {
	if (time === undefined) return undefined;
	const late = begun.getTime() - lastTime(begun, time).getTime();
	return late > LATE ? late : undefined;
}

const DAY = 24 * 60 * 60_000;

/** A day and more after it should have been, there was none; not before there was a first. Put off is not forgotten. */
export function isOverdue(
	runs: readonly Run[],
	time: TimeOfNight,
	now: Date,
): boolean {
	const last = runs.at(-1);
	const wanted = lastTime(new Date(now.getTime() - DAY), time);
	return last !== undefined && Date.parse(last.at) < wanted.getTime();
}
