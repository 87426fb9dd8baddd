import type { Run } from "./run-log.ts";
import { lastTime, type TimeOfNight } from "./time-of-night.ts";

export interface Occasion {
	/** When it should have begun; undefined: nobody said. */
	readonly time: TimeOfNight | undefined;
	/** Whoever calls does so every hour: nothing is done where this night's run was begun already. */
	readonly ifDue: boolean;
	/** The names of what is to be done; "push" is that to any repository. */
	readonly steps: readonly string[];
	/** When the schedule was installed, as far as that is known. */
	readonly since: Date | undefined;
}

/** How soon after one that went well another one does nothing, in milliseconds: two timers may have been set. */
const PAUSE = 5 * 60_000;
/** By how much later it is said to have begun late, in milliseconds. */
const LATE = 60 * 60_000;

/** Pure. Undefined: it is due. */
export function whyNotDue(
	runs: readonly Run[],
	{ time, ifDue, steps, since }: Occasion,
	now: Date,
): string | undefined {
	// One from the future was noted by another clock.
	const begunSince = (from: number) =>
		runs.filter(
			(run) =>
				run.putOff === undefined &&
				Date.parse(run.at) >= from &&
				Date.parse(run.at) <= now.getTime() &&
				// What a person did by hand may have been less.
				steps.every((step) => hasTried(run, step)),
		);
	if (begunSince(now.getTime() - PAUSE).some(({ ok }) => ok === true))
		return "there was one a few minutes ago, and it went well";
	if (!ifDue || time === undefined) return undefined;
	const night = lastTime(now, time);
	// As with systemd the first one waits for its time: nobody expects one in the middle of the day.
	if (since !== undefined && night < since)
		return "the first night is still to come";
	return begunSince(night.getTime()).length > 0
		? "this night's was done"
		: undefined;
}

function hasTried({ tried, steps }: Run, name: string): boolean {
	const all = tried ?? steps.map(({ step }) => step);
	return all.some((step) => step === name || step.startsWith(`${name} to `));
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

/** A day and more after it should have been, there was none. Put off is not forgotten. */
export function isOverdue(
	runs: readonly Run[],
	{ time, since }: Pick<Occasion, "since"> & { readonly time: TimeOfNight },
	now: Date,
): boolean {
	const last = Date.parse(runs.at(-1)?.at ?? "");
	const known = [last, since?.getTime() ?? Number.NaN].filter(Number.isFinite);
	const wanted = lastTime(new Date(now.getTime() - DAY), time);
	return known.length > 0 && Math.max(...known) < wanted.getTime();
}
