import { type KeepRules, parseDuration } from "./keep-rules.ts";

/** Milliseconds that clocks are ahead of UTC in a time zone, at an instant in milliseconds since 1970. */
export type Zone = (instant: number) => number;

/** The zone of this machine. */
export const localZone: Zone = (instant) =>
	-new Date(instant).getTimezoneOffset() * 60_000;

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** What a clock on the wall shows, as if that were UTC. */
type Wall = number;

interface CountingRule {
	readonly key: Exclude<keyof KeepRules, "keepWithin" | "keepBytes">;
	readonly name: string;
	/** The same for all of one period. @param index in the pool */
	readonly periodOf: (wall: Wall, index: number) => number;
}

const COUNTING: readonly CountingRule[] = [
	{ key: "keepLast", name: "last", periodOf: (_, index) => index },
	{
		key: "keepHourly",
		name: "hourly",
		periodOf: (wall) => Math.floor(wall / HOUR),
	},
	{
		key: "keepDaily",
		name: "daily",
		periodOf: (wall) => Math.floor(wall / DAY),
	},
	{
		key: "keepWeekly",
		name: "weekly",
		// From Monday to Sunday, as ISO 8601 has it: 1970 began on a Thursday.
		periodOf: (wall) => Math.floor((wall / DAY + 3) / 7),
	},
	{
		key: "keepMonthly",
		name: "monthly",
		periodOf: (wall) =>
			12 * new Date(wall).getUTCFullYear() + new Date(wall).getUTCMonth(),
	},
	{
		key: "keepYearly",
		name: "yearly",
		periodOf: (wall) => new Date(wall).getUTCFullYear(),
	},
];

/**
 * Which rules keep each of a pool, in words: "last 3" is the third of the newest, "daily 1" the newest of the newest day that
 * has one. By the order in which they were made: where a clock went back, a period that comes again is the same one.
 * @param times of the pool, newest first
 */
export function keptBy(
	times: readonly Date[],
	rules: KeepRules,
	zone: Zone,
): string[][] {
	const words = times.map((): string[] => []);
	const walls = times.map((time) => time.getTime() + zone(time.getTime()));
	for (const { key, name, periodOf } of COUNTING) {
		const most = rules[key];
		if (most === undefined) continue;
		const periods = walls.map(periodOf);
		for (const [index, word] of newestOfEach(periods, most, name))
			words[index]?.push(word);
	}
	const { keepWithin } = rules;
	if (keepWithin !== undefined)
		for (const index of indicesWithin(times, keepWithin, zone))
			words[index]?.push(`within ${keepWithin}`);
	return words;
}

/** "last 20, daily 7, within 30d"; empty: none of them says how many. */
export function rulesText(rules: KeepRules): string {
	const counting = COUNTING.flatMap(({ key, name }) =>
		rules[key] === undefined ? [] : [`${name} ${rules[key]}`],
	);
	const { keepWithin } = rules;
	return [
		...counting,
		...(keepWithin === undefined ? [] : [`within ${keepWithin}`]),
	].join(", ");
}

/** By index. */
function newestOfEach(
	periods: readonly number[],
	most: number,
	name: string,
): Map<number, string> {
	const seen = new Set<number>();
	const found = new Map<number, string>();
	for (const [index, period] of periods.entries()) {
		if (seen.size >= most) break;
		if (seen.has(period)) continue;
		seen.add(period);
		found.set(index, `${name} ${seen.size}`);
	}
	return found;
}

/** The newest is within any time. One whose own time cannot be told stays. */
function indicesWithin(
	times: readonly Date[],
	within: string,
	zone: Zone,
): number[] {
	const [newest] = times;
	if (newest === undefined) return [];
	const since = timeBefore(newest.getTime(), within, zone);
	return [...times.keys()].filter(
		(index) => index === 0 || !(Number(times[index]) <= since),
	);
}

/** As a person counts back on a calendar, at the same time of day; hours as they pass. */
function timeBefore(instant: number, within: string, zone: Zone): number {
	const { years, months, days, hours } = parseDuration(within) ?? NEVER;
	const wall = new Date(instant + zone(instant));
	wall.setUTCFullYear(
		wall.getUTCFullYear() - years,
		wall.getUTCMonth() - months,
		wall.getUTCDate() - days,
	);
	return instantOf(wall.getTime(), zone) - hours * HOUR;
}

/** Nothing is older than this: what cannot be understood removes nothing. */
const NEVER = { years: 9999, months: 0, days: 0, hours: 0 };

/**
 * When clocks show that. Where they are put back they show it twice, and the first time counts; where they are put forward
 * they never do, and the time before goes on. As JavaScript has it for local times.
 */
function instantOf(wall: Wall, zone: Zone): number {
	const [before, after] = [zone(wall - DAY), zone(wall + DAY)];
	const fits = [before, after].find((offset) => zone(wall - offset) === offset);
	return wall - (fits ?? before);
}
