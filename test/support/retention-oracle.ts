import type { KeepRules, Policy } from "../../src/core/retention/keep-rules.ts";
import type { Kept } from "../../src/core/retention/retention.ts";

/*
 * What retention promises, by its definition and with no thought of time: of each snapshot it is asked anew which of all
 * others are newer. Hours, days and so on are those of JavaScript's local times.
 */

const PERIODS: Readonly<Record<string, (time: Date) => string>> = {
	hourly: (time) => `${dayOf(time)} at ${time.getHours()}`,
	daily: dayOf,
	weekly: weekOf,
	monthly: (time) => `${time.getFullYear()}, month ${time.getMonth()}`,
	yearly: (time) => `${time.getFullYear()}`,
};
const COUNTS = {
	hourly: "keepHourly",
	daily: "keepDaily",
	weekly: "keepWeekly",
	monthly: "keepMonthly",
	yearly: "keepYearly",
} as const;

/** Ids of those that stay, with the rules that keep them; none of what stays for another reason. */
export function keptByOracle(
	all: readonly Kept[],
	policy: Policy,
	inUse: readonly string[],
): Map<string, string[]> {
	const kept = new Map<string, string[]>();
	for (const one of all) {
		const rules = rulesFor(one, policy);
		const pool = all.filter(
			(other) =>
				!other.pinned &&
				other.complete === one.complete &&
				reasonIn(other, policy) === reasonIn(one, policy),
		);
		const words = one.pinned ? [] : wordsFor(one, pool, rules);
		if (words.length > 0) kept.set(one.id, words);
		else if (one.pinned || inUse.includes(one.id)) kept.set(one.id, []);
		else if (isLastComplete(one, all, policy)) kept.set(one.id, []);
	}
	return kept;
}

/** What lies in a snapshot: a number is a file of so many bytes, which several may share. */
export type Held = Kept & { readonly holds: readonly number[] };

/**
 * Of what the other rules keep, with the limits of bytes of each reason: the longest beginning, from the newest on, that
 * fits together with what may not go; tried one after the other, and added up anew each time.
 */
export function withinBytesByOracle(
	all: readonly Held[],
	policy: Policy,
	inUse: readonly string[],
): string[] {
	const kept = keptByOracle(all, policy, inUse);
	const left = all.filter(({ id }) => kept.has(id));
	return left
		.filter((one) => {
			const limit = rulesFor(one, policy).keepBytes;
			if (limit === undefined) return true;
			const pool = left
				.filter(
					(other) =>
						other.complete === one.complete &&
						reasonIn(other, policy) === reasonIn(one, policy),
				)
				.toSorted((a, b) => b.order - a.order);
			const mustStay = (some: Held) =>
				some.pinned ||
				some === pool[0] ||
				inUse.includes(some.id) ||
				isLastComplete(some, all, policy);
			const fixed = pool.filter(mustStay);
			const free = pool.filter((some) => !mustStay(some));
			const fits = (count: number) => {
				const stay = [...fixed, ...free.slice(0, count)];
				const files = [...new Set(stay.flatMap(({ holds }) => holds))];
				return files.reduce((sum, bytes) => sum + bytes, 0) <= limit;
			};
			const counts = [...free.keys(), free.length].filter(fits);
			return mustStay(one) || free.indexOf(one) < Math.max(0, ...counts);
		})
		.map(({ id }) => id);
}

function reasonIn({ reason }: Kept, policy: Policy): string {
	return Object.keys(policy).includes(reason) ? reason : "manual";
}

function rulesFor(one: Kept, policy: Policy): KeepRules {
	const keep = policy[reasonIn(one, policy)] ?? {};
	return typeof keep === "number" ? { keepLast: keep } : keep;
}

function wordsFor(
	one: Kept,
	pool: readonly Kept[],
	rules: KeepRules,
): string[] {
	const upToOne = pool.filter(({ order }) => order >= one.order);
	const words: string[] = [];
	if (upToOne.length <= (rules.keepLast ?? 0))
		words.push(`last ${upToOne.length}`);
	for (const [name, periodOf] of Object.entries(PERIODS)) {
		const wanted = rules[COUNTS[name as keyof typeof COUNTS]] ?? 0;
		const period = periodOf(one.createdAt);
		const isNewestOfIt = !upToOne.some(
			(other) => other !== one && periodOf(other.createdAt) === period,
		);
		const different = (some: readonly Kept[]) =>
			new Set(some.map(({ createdAt }) => periodOf(createdAt))).size;
		if (isNewestOfIt && different(upToOne) <= wanted)
			words.push(`${name} ${different(upToOne)}`);
	}
	if (isWithin(one, pool, rules.keepWithin))
		words.push(`within ${rules.keepWithin}`);
	const isOnlyBytes = Object.keys(rules).join() === "keepBytes";
	return isOnlyBytes ? ["any number"] : words;
}

function isWithin(
	one: Kept,
	pool: readonly Kept[],
	within: string | undefined,
): boolean {
	const newest = pool.find((some) =>
		pool.every(({ order }) => order <= some.order),
	);
	if (within === undefined || newest === undefined) return false;
	const of = (unit: string) =>
		Number(new RegExp(`(\\d+)${unit}`).exec(within)?.[1] ?? 0);
	const since = new Date(newest.createdAt);
	since.setFullYear(
		since.getFullYear() - of("y"),
		since.getMonth() - of("m"),
		since.getDate() - of("d"),
	);
	const limit = since.getTime() - of("h") * 60 * 60 * 1000;
	return one === newest || one.createdAt.getTime() > limit;
}

/** Of all, of those that people made, of those of ours. */
function isLastComplete(
	one: Kept,
	all: readonly Kept[],
	policy: Policy,
): boolean {
	const isPeoples = (some: Kept) => reasonIn(some, policy) === "manual";
	const kinds: ((some: Kept) => boolean)[] = [
		() => true,
		isPeoples,
		(some) => isPeoples(some) && some.sequence !== undefined,
	];
	return kinds.some(
		(is) =>
			one.complete &&
			is(one) &&
			!all.some(
				(other) => other.complete && is(other) && other.order > one.order,
			),
	);
}

function dayOf(time: Date): string {
	return `${time.getFullYear()}-${time.getMonth() + 1}-${time.getDate()}`;
}

/** ISO 8601: the week of a year's first Thursday is its first, and a week is of the year of its Thursday. */
function weekOf(time: Date): string {
	// Of a day by its date: in a zone that left one out, a day of local time cannot be counted on.
	const [year, month, date] = [
		time.getFullYear(),
		time.getMonth(),
		time.getDate(),
	];
	const day = new Date(Date.UTC(year, month, date));
	const weekday = day.getUTCDay() === 0 ? 7 : day.getUTCDay();
	day.setUTCDate(day.getUTCDate() + 4 - weekday);
	const ofYear = day.getUTCFullYear();
	let week = 0;
	while (day.getUTCFullYear() === ofYear) {
		week++;
		day.setUTCDate(day.getUTCDate() - 7);
	}
	return `${ofYear}, week ${week}`;
}
