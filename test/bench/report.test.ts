import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { IN_SHORT, inShort } from "../../bench/in-short.ts";
import { across, picture } from "../../bench/picture.ts";
import { report } from "../../bench/report.ts";
import type { Measured } from "../../bench/results.ts";
import { bytes, milliseconds, ratio } from "../../bench/text.ts";
import { root } from "../support/paths.ts";

const repeats: Measured = {
	id: "repeat-500MB",
	title: "Repeat after 50 messages, 500MB",
	unit: "ms",
	samples: {
		ours: [
			{ value: 200, cpu: 90, memory: 70e6, written: 9e6 },
			{ value: 300, cpu: 95, memory: 80e6, written: 9e6 },
			{ value: 250, cpu: 99, memory: 75e6, written: 9e6 },
		],
		original: [{ value: 1000 }, { value: 1000 }, { value: 1000 }],
	},
};

describe("results.md", () => {
	const text = report({
		facts: [["Processor", "a fast one"]],
		measured: [repeats],
		notes: ["**borg is not installed: it was left out.**"],
	});

	it("has the median, the ends and the ratio of each, and what it cost", () => {
		expect(text).toContain(
			"| agent-snapshot | 250 ms (200 ms - 300 ms) | 0.25 (0.20 - 0.30) | 95 ms | 75 MB | 9.0 MB |",
		);
	});

	it("says of every promise whether it is met, missed or unknown", () => {
		expect(text).toMatch(/500MB, repeat.*Hermes.*\| 0\.28 \| 0\.25 \| met \|/);
		expect(text).toMatch(/\| 1\.3 \| {2}\| not measured \|/);
	});

	it("says loudly who had no part", () => {
		expect(text).toContain("**borg is not installed");
	});

	it("has the line that the README shows", () => {
		expect(IN_SHORT.exec(text)?.[0]).toBe(inShort([repeats]));
		expect(inShort([repeats])).toContain(
			"500 MB after 50 messages 250 ms (0.25)",
		);
	});
});

describe("results.svg", () => {
	it("draws what was measured, and can be read in the dark", () => {
		const drawn = picture([repeats]);
		expect(drawn).toContain("500 MB, after 50 messages");
		expect(drawn).not.toContain("2 GB");
		expect(drawn).toContain(">0.25</text>");
		expect(drawn).toContain("prefers-color-scheme: dark");
	});

	it("has a logarithmic scale that ends where the picture does", () => {
		expect(across(1) - across(0.1)).toBeCloseTo(across(10) - across(1));
		expect(across(1000)).toBe(across(20));
	});
});

describe("the bench's numbers", () => {
	it.each([
		[milliseconds(4.26), "4.3 ms"],
		[milliseconds(431.6), "432 ms"],
		[milliseconds(1234), "1.23 s"],
		[bytes(612e6), "612 MB"],
		[bytes(9_620e6), "9.62 GB"],
		[ratio(0.0412), "0.041"],
		[ratio(0.283), "0.28"],
		[ratio(1.46), "1.5"],
		[ratio(26.4), "26"],
	])("are short: %s", (text, expected) => {
		expect(text).toBe(expected);
	});
});

describe("the README", () => {
	it("shows the figures of results.md and no others", () => {
		const line = IN_SHORT.exec(read("bench/results.md"))?.[0];
		expect(line).toBeDefined();
		expect(IN_SHORT.exec(read("README.md"))?.[0]).toBe(line);
	});
});

function read(file: string): string {
	return fs.readFileSync(path.join(root, file), "utf8");
}
