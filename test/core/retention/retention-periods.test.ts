import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import type { KeepRules } from "../../../src/core/retention/keep-rules.ts";
import { parseDuration } from "../../../src/core/retention/keep-rules.ts";
import { applyReasonBudgets } from "../../../src/core/retention/reason-budgets.ts";
import { applyRetention } from "../../../src/core/retention/retention.ts";
import { keptBy } from "../../../src/core/retention/retention-periods.ts";
import {
	type Held,
	keptByOracle,
	withinBytesByOracle,
} from "../../support/retention-oracle.ts";

const here = process.env.TZ;
afterAll(() => {
	process.env.TZ = here;
});

/** Newest first, in UTC; what each is kept by. */
function kept(times: readonly string[], rules: KeepRules): string[] {
	const dates = times.map((time) => new Date(`${time}Z`));
	return keptBy(dates, rules, () => 0).map((words) => words.join(", "));
}

describe("rules of the calendar", () => {
	it("keep the newest of each of the last periods that have one", () => {
		const times = [
			"2026-11-21T18:00",
			"2026-11-21T09:00",
			"2026-11-20T18:00",
			"2026-11-13T18:00",
			"2026-10-31T18:00",
			"2025-12-31T18:00",
			"2025-12-30T18:00",
		];
		expect(kept(times, { keepDaily: 3 })).toEqual([
			"daily 1",
			"",
			"daily 2",
			"daily 3",
			"",
			"",
			"",
		]);
		expect(kept(times, { keepLast: 1, keepWeekly: 2, keepYearly: 9 })).toEqual([
			"last 1, weekly 1, yearly 1",
			"",
			"",
			"weekly 2",
			"",
			"yearly 2",
			"",
		]);
		expect(kept(times, { keepMonthly: 2, keepHourly: 2 })).toEqual([
			"hourly 1, monthly 1",
			"hourly 2",
			"",
			"",
			"monthly 2",
			"",
			"",
		]);
	});

	it("begin a week on Monday, and let it go on over the end of a year", () => {
		const times = [
			"2027-01-04T00:00", // Monday
			"2027-01-03T23:59",
			"2026-12-28T00:00",
			"2026-12-27T23:59",
		];
		expect(kept(times, { keepWeekly: 3 })).toEqual([
			"weekly 1",
			"weekly 2",
			"",
			"weekly 3",
		]);
	});

	it("count a time back from the newest, and not from now", () => {
		const times = [
			"2020-03-31T12:00",
			"2020-03-30T12:01",
			"2020-03-30T12:00",
			"2020-02-29T12:00",
		];
		expect(kept(times, { keepWithin: "1d" })).toEqual([
			"within 1d",
			"within 1d",
			"",
			"",
		]);
		// There is no 31 February: that is 2 March.
		expect(kept(times, { keepWithin: "1m" }).at(-1)).toBe("");
		expect(kept(times, { keepWithin: "1m2d" }).at(-1)).toBe("");
		expect(kept(times, { keepWithin: "1m2d1h" }).at(-1)).toBe("within 1m2d1h");
	});

	it("go by the order in which they were made when a clock went back", () => {
		const times = ["2026-11-20T10:00", "2026-11-25T10:00", "2026-11-20T09:00"];
		expect(kept(times, { keepDaily: 2 })).toEqual(["daily 1", "daily 2", ""]);
		expect(kept(times, { keepWithin: "1h" })).toEqual([
			"within 1h",
			"within 1h",
			"",
		]);
	});

	it("remove nothing because of a time that cannot be told", () => {
		const times = ["nonsense", "2026-11-20T10:00"];
		expect(kept(times, { keepWithin: "1h" })).toEqual([
			"within 1h",
			"within 1h",
		]);
	});
});

describe("a time to keep", () => {
	it.each([
		["30d", { years: 0, months: 0, days: 30, hours: 0 }],
		["1y5m7d2h", { years: 1, months: 5, days: 7, hours: 2 }],
		["2w1d", { years: 0, months: 0, days: 15, hours: 0 }],
		["48h", { years: 0, months: 0, days: 0, hours: 48 }],
	])("%s", (text, duration) => {
		expect(parseDuration(text)).toEqual(duration);
	});

	it.each([
		"",
		"0d",
		"1",
		"d",
		"-1d",
		"1.5d",
		"1D",
		"2d1y",
		"1d 2h",
		"99999y",
	])("%j is none", (text) => {
		expect(parseDuration(text)).toBeUndefined();
	});
});

/** Where clocks are put forward and back by an hour or half of one, a day was left out, and halves and quarters of hours count. */
const ZONES = [
	"UTC",
	"Europe/Berlin",
	"America/New_York",
	"Australia/Lord_Howe",
	"Asia/Kolkata",
	"Asia/Kathmandu",
	"Pacific/Apia",
	"America/St_Johns",
];
/** Beside them: changes of the clock both ways in these zones, leap days, ends of years with 52 weeks and with 53. */
const MOMENTS = [
	"2026-03-29T01:00Z",
	"2026-10-25T01:00Z",
	"2026-03-08T07:00Z",
	"2026-11-01T06:00Z",
	"2026-04-04T15:00Z",
	"2026-10-03T15:30Z",
	"2011-12-30T10:00Z",
	"2024-02-29T12:00Z",
	"2028-03-01T00:00Z",
	"2027-01-01T00:00Z",
	"2021-01-03T23:30Z",
	"2026-06-15T12:00Z",
].map((time) => Date.parse(time));

const SECOND = 1000;
const HOUR = 3600 * SECOND;
const step = fc.oneof(
	fc.constantFrom(0, SECOND, HOUR, 24 * HOUR),
	fc.integer({ min: 0, max: 3 * HOUR }),
	fc.integer({ min: 0, max: 60 * HOUR }),
	fc.integer({ min: 0, max: 60 * 24 * HOUR }),
	// The clock went back.
	fc.integer({ min: -30 * HOUR, max: -1 }),
);
const calendar = fc
	.tuple(
		fc.constantFrom(...MOMENTS),
		fc.integer({ min: -400 * HOUR, max: HOUR }),
		fc.array(
			fc.record({
				step,
				reason: fc.constantFrom("manual", "manual", "scheduled", "odd"),
				complete: fc.constantFrom(true, true, true, false),
				pinned: fc.constantFrom(false, false, false, false, true),
				sequence: fc.constantFrom(1, 1, undefined),
				holds: fc.uniqueArray(fc.nat(12), { maxLength: 5 }),
			}),
			{ maxLength: 24 },
		),
	)
	.map(([moment, before, made]): Held[] => {
		let time = moment + before;
		return made.map(({ step, ...one }, order) => {
			time += step;
			return { ...one, id: `s${order}`, order, createdAt: new Date(time) };
		});
	});
const count = fc.integer({ min: 1, max: 6 });
const within = fc
	.tuple(fc.nat(1), fc.nat(3), fc.nat(40), fc.nat(50))
	.map(([y, m, d, h]) => `${y}y${m}m${d}d${h + 1}h`);
const rules = fc
	.record(
		{
			keepLast: count,
			keepHourly: count,
			keepDaily: count,
			keepWeekly: count,
			keepMonthly: count,
			keepYearly: count,
			keepWithin: within,
			keepBytes: fc.nat(60),
		},
		{ requiredKeys: [] },
	)
	.filter((one) => Object.keys(one).length > 0);
const policy = fc.record({
	manual: fc.oneof(rules, rules, count),
	scheduled: rules,
});
/** A number is a file, as the oracle has it. */
function filesOf(all: readonly Held[]) {
	const holding = (bytes: number) =>
		all.filter(({ holds }) => holds.includes(bytes)).length;
	return (id: string) =>
		(all.find((one) => one.id === id)?.holds ?? []).map((bytes) => ({
			path: `${bytes}`,
			bytes,
			names: holding(bytes),
			inode: `inode ${bytes}`,
		}));
}
const RUNS = 10_000 / ZONES.length;

describe("of 10,000 random calendars", () => {
	it.each(ZONES)("those in %s are kept as a brute force would", (zone) => {
		process.env.TZ = zone;
		expect(Intl.DateTimeFormat().resolvedOptions().timeZone).toMatch(
			new RegExp(`${zone}|Calcutta|Katmandu`),
		);
		const inUse = fc.constantFrom([], ["s3"]);
		fc.assert(
			fc.property(calendar, policy, inUse, (all, keep, used) => {
				const verdicts = applyRetention(all, keep, { inUse: used });
				const expected = keptByOracle(all, keep, used);
				const fitting = applyReasonBudgets(verdicts, {
					policy: keep,
					inUse: used,
					isWithin: () => false,
					filesOf: filesOf(all),
				}).filter((verdict) => verdict.keep);
				expect(fitting.map(({ snapshot }) => snapshot.id).toSorted()).toEqual(
					withinBytesByOracle(all, keep, used).toSorted(),
				);
				const stays = verdicts.filter((verdict) => verdict.keep);
				expect(stays.map(({ snapshot }) => snapshot.id).toSorted()).toEqual(
					[...expected.keys()].toSorted(),
				);
				for (const { snapshot, why } of stays) {
					const words = expected.get(snapshot.id) ?? [];
					if (words.length > 0)
						expect(why.replace(/^[a-z ]+: /, "")).toBe(words.join(", "));
					else
						expect(["pinned", "in use", "the last complete one"]).toContain(
							why,
						);
				}
			}),
			{ numRuns: RUNS },
		);
	});
});
