import {
	IMPORTED_REASON,
	PULLED_REASON,
	UNDO_REASON,
	UNHEALTHY_REASON,
} from "../manifest/manifest-summary.ts";

/**
 * Which of a pool to keep, in the words of restic's `forget` and borg's `prune`. Each rule counts by itself, and what one
 * of them keeps stays.
 */
export interface KeepRules {
	readonly keepLast?: number;
	/** The newest of each of the last so many hours that have one, and so on. */
	readonly keepHourly?: number;
	readonly keepDaily?: number;
	readonly keepWeekly?: number;
	readonly keepMonthly?: number;
	readonly keepYearly?: number;
	/** "1y5m7d2h": all that are not older than this, counted back from the newest of the pool. */
	readonly keepWithin?: string;
	/** Bytes of the disk that those which the other rules keep (without any: all) may take together. */
	readonly keepBytes?: number;
}

/** A number is as many of the newest. */
export type Keep = number | KeepRules;

/** What to keep in each pool. `manual` is the pool of all that people made and of unknown reasons. */
export type Policy = Readonly<Record<string, Keep>> & {
	readonly manual: Keep;
};

export interface Rules {
	readonly policy: Policy;
	/** Bytes that all snapshots together may take on the disk; undefined: any number. */
	readonly keepBytes: number | undefined;
}

/**
 * A pool a reason: with one pool for all, every update deleted people's own snapshots (hermes-agent #58672).
 * An undo snapshot is needed only until the next restores, those around an update until it has proven itself.
 */
export const DEFAULT_POLICY: Policy = {
	manual: 20,
	"pre-update": 5,
	"post-update": 3,
	[UNHEALTHY_REASON]: 3,
	scheduled: 7,
	[PULLED_REASON]: 3,
	[IMPORTED_REASON]: 1,
	[UNDO_REASON]: 3,
};

/** Years and months of the calendar; days as long as they are where clocks are changed. */
export interface Duration {
	readonly years: number;
	readonly months: number;
	readonly days: number;
	readonly hours: number;
}

/** For people, behind "must be". */
export const DURATION_FORM = 'a time such as "30d" or "1y5m7d2h"';

/** restic's form, and weeks as in borg's. Undefined when it is none, or no time at all. */
export function parseDuration(text: string): Duration | undefined {
	const found =
		/^(?:(\d{1,4})y)?(?:(\d{1,4})m)?(?:(\d{1,4})w)?(?:(\d{1,5})d)?(?:(\d{1,6})h)?$/.exec(
			text,
		);
	const numbers = found?.slice(1).map((digits = "0") => Number(digits)) ?? [];
	const [years = 0, months = 0, weeks = 0, inDays = 0, hours = 0] = numbers;
	if (numbers.every((number) => number === 0)) return undefined;
	return { years, months, days: 7 * weeks + inDays, hours };
}
