import { format } from "date-fns/format";
import { formatDistanceStrict } from "date-fns/formatDistanceStrict";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import {
	ageText,
	bytesText,
	countText,
	printable,
	shortened,
	someOf,
	whenText,
} from "../../../src/commands/text/text.ts";

beforeAll(() => {
	process.env.TZ = "UTC";
});

describe("text for people", () => {
	it.each([
		[0, "0 B"],
		[1, "1 B"],
		[999, "999 B"],
		[1000, "1.0 KB"],
		[52_345_678, "52.3 MB"],
		[99_960, "100 KB"],
		[123_456, "123 KB"],
		[999_499, "999 KB"],
		[999_500, "1.0 MB"],
		[24e9, "24.0 GB"],
		[5e15, "5000 TB"],
	])("says %i bytes as %s", (bytes, text) => {
		expect(bytesText(bytes)).toBe(text);
	});

	it.each([
		["2026-11-21T01:14:02Z", "just now", "just now (21 Nov 01:14)"],
		["2026-11-21T01:13:40Z", "22 seconds ago", "22 seconds ago (21 Nov 01:13)"],
		["2026-11-21T01:11:02Z", "3 minutes ago", "3 minutes ago (21 Nov 01:11)"],
		["2026-11-19T01:14:02Z", "2 days ago", "2 days ago (19 Nov 01:14)"],
		["2025-11-21T01:14:02Z", "1 year ago", "1 year ago (21 Nov 2025 01:14)"],
		["2026-11-21T01:16:02Z", "in 2 minutes", "in 2 minutes (21 Nov 01:16)"],
	])("says %s as %s", (date, age, when) => {
		const now = new Date("2026-11-21T01:14:02Z");
		expect(ageText(new Date(date), now)).toBe(age);
		expect(whenText(new Date(date), now)).toBe(when);
	});

	it.each([
		"UTC",
		"Europe/Berlin",
		"America/St_Johns",
		"Australia/Lord_Howe",
	])("says times as date-fns does, in %s", (zone) => {
		process.env.TZ = zone;
		const moment = () =>
			fc.date({
				min: new Date("2020"),
				max: new Date("2030"),
				noInvalidDate: true,
			});
		fc.assert(
			fc.property(
				moment(),
				fc.double({ min: 1, max: 11, noNaN: true }),
				fc.boolean(),
				(now, digits, isLater) => {
					const away = Math.floor(10 ** digits);
					const date = new Date(now.getTime() + (isLater ? away : -away));
					const sameYear = date.getFullYear() === now.getFullYear();
					const pattern = sameYear ? "d MMM HH:mm" : "d MMM yyyy HH:mm";
					const age =
						away < 10_000
							? "just now"
							: formatDistanceStrict(date, now, { addSuffix: true });
					expect(whenText(date, now)).toBe(`${age} (${format(date, pattern)})`);
				},
			),
		);
		process.env.TZ = "UTC";
	});

	it.each([
		[0, "0 files"],
		[1, "1 file"],
		[1234, "1,234 files"],
	])("counts %i as %s", (count, text) => {
		expect(countText(count, "file")).toBe(text);
	});

	it.each<[items: string[], most: number, text: string]>([
		[[], 3, ""],
		[["a", "b"], 3, "a, b"],
		[["a", "b", "c"], 3, "a, b, c"],
		[["a", "b", "c", "d", "e"], 3, "a, b, c and 2 more"],
		[["a\nb", "c"], 1, "a\\nb and 1 more"],
	])("lists %j, at most %i, as %j", (items, most, text) => {
		expect(someOf(items, most)).toBe(text);
	});

	it.each([
		["plain text, é, 漢字, 😀", "plain text, é, 漢字, 😀"],
		["a\nb\tc\rd", "a\\nb\\tc\\rd"],
		["\u001b[31mred", "\\u001b[31mred"],
		["\u0000\u007f\u009b", "\\u0000\\u007f\\u009b"],
		["abc\u202etxt.exe", "abc\\u202etxt.exe"],
		["line\u2028line", "line\\u2028line"],
		["bad\udcffname", "bad\\udcffname"],
	])("shows %j as %j, so that it cannot rewrite the screen", (text, shown) => {
		expect(printable(text)).toBe(shown);
	});

	it.each([
		["short", 5, "short"],
		["longer", 5, "long…"],
		["😀😀😀", 3, "😀…"],
	])("cuts %j to %i columns: %j", (text, width, cut) => {
		expect(shortened(text, width)).toBe(cut);
	});
});
