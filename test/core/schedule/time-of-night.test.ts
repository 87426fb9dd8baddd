import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { whyNotDue } from "../../../src/core/schedule/due.ts";
import type { Run } from "../../../src/core/schedule/run-log.ts";
import {
	lastSunday,
	lastTime,
	nextAtMinute,
	nextTime,
	parseTime,
	timeText,
} from "../../../src/core/schedule/time-of-night.ts";

const usual = process.env.TZ;

// Clocks go forward there on 29 March 2026 at 2:00, and back on 25 October at 3:00.
beforeEach(() => {
	process.env.TZ = "Europe/Berlin";
});
afterEach(() => {
	if (usual === undefined) delete process.env.TZ;
	else process.env.TZ = usual;
});

describe("a time of night", () => {
	it.each([
		["03:30", "03:30"],
		["3:05", "03:05"],
		["00:00", "00:00"],
		["23:59", "23:59"],
	])("%s is %s", (text, said) => {
		const time = parseTime(text);
		expect(time && timeText(time)).toBe(said);
	});

	it.each([
		"24:00",
		"3:60",
		"3",
		"3:5",
		"noon",
		"",
		"03:30:00",
		"-1:30",
	])("%j is none", (text) => expect(parseTime(text)).toBeUndefined());

	// In the time of Berlin.
	it.each([
		["2026-11-22T02:29", "2026-11-21T03:30", "2026-11-22T03:30"],
		["2026-11-22T03:30", "2026-11-22T03:30", "2026-11-23T03:30"],
		["2026-11-01T01:00", "2026-10-31T03:30", "2026-11-01T03:30"],
		["2027-01-01T00:00", "2026-12-31T03:30", "2027-01-01T03:30"],
		["2026-10-25T12:00", "2026-10-25T03:30", "2026-10-26T03:30"],
	])("at %s the last 03:30 was %s, the next is %s", (now, last, next) => {
		const time = { hour: 3, minute: 30 };
		expect(lastTime(new Date(now), time)).toEqual(new Date(last));
		expect(nextTime(new Date(now), time)).toEqual(new Date(next));
	});

	it("that a day does not have is an hour later", () => {
		const at = lastTime(new Date("2026-03-29T12:00"), { hour: 2, minute: 30 });
		expect(at).toEqual(new Date("2026-03-29T03:30"));
	});

	it("knows Sundays by the calendar of the machine", () => {
		const sunday = new Date("2026-11-22T00:00");
		expect(lastSunday(new Date("2026-11-22T00:00"))).toEqual(sunday);
		expect(lastSunday(new Date("2026-11-28T23:59"))).toEqual(sunday);
	});

	it("finds the next hour that has a minute", () => {
		const from = new Date("2026-11-22T03:30");
		expect(nextAtMinute(from, 37)).toEqual(new Date("2026-11-22T03:37"));
		expect(nextAtMinute(from, 5)).toEqual(new Date("2026-11-22T04:05"));
	});
});

describe("whether a run is due", () => {
	const now = new Date("2026-11-22T03:38");
	const time = { hour: 3, minute: 30 };
	const at = (text: string, rest: Partial<Run> = { ok: true }): Run => ({
		at: new Date(text).toISOString(),
		milliseconds: 1,
		steps: [],
		tried: ["snapshot"],
		...rest,
	});

	it.each<[what: string, runs: Run[], ifDue: boolean, isDue: boolean]>([
		["nothing was ever run", [], true, true],
		["the last was yesterday's", [at("2026-11-21T03:38")], true, true],
		["this night's was begun", [at("2026-11-22T03:30")], true, false],
		[
			"this night's failed",
			[at("2026-11-22T03:31", { ok: false })],
			true,
			false,
		],
		[
			"this night's was put off",
			[at("2026-11-22T03:31", { putOff: "x" })],
			true,
			true,
		],
		["one is from the future", [at("2026-11-23T03:38")], true, true],
		["one went well a moment ago", [at("2026-11-22T03:36")], false, false],
		[
			"one failed a moment ago",
			[at("2026-11-22T03:36", { ok: false })],
			false,
			true,
		],
		["one went well an hour ago", [at("2026-11-22T02:36")], false, true],
	])("%s", (_, runs, ifDue, isDue) => {
		const steps = ["snapshot"];
		const occasion = { time, ifDue, steps, since: undefined };
		expect(whyNotDue(runs, occasion, now) === undefined).toBe(isDue);
	});
});
