import { describe, expect, it } from "vitest";
import { p99, pairedRatios, spreadOf } from "../../bench/statistics.ts";

describe("the bench's statistics", () => {
	it.each([
		[[3], { median: 3, low: 3, high: 3, count: 1 }],
		[[10, 9, 1], { median: 9, low: 1, high: 10, count: 3 }],
		[[4, 1, 3, 2], { median: 2.5, low: 1, high: 4, count: 4 }],
	])("takes the median of %j, and tells the ends", (values, expected) => {
		expect(spreadOf(values)).toEqual(expected);
	});

	it("says of nothing that it was not measured", () => {
		expect(spreadOf([])).toBeUndefined();
	});

	it("divides within a round, so that a slow moment of the machine does not count", () => {
		const ratios = pairedRatios([10, 100, 10], [20, 200, 20]);
		expect(ratios).toEqual([0.5, 0.5, 0.5]);
	});

	it("leaves out a round in which one had no part", () => {
		expect(pairedRatios([1, undefined, 3], [2, 4])).toEqual([0.5]);
		expect(pairedRatios([1], [0])).toEqual([]);
	});

	it("finds what 99 of 100 commits stay below", () => {
		const values = Array.from({ length: 101 }, (_, index) => 100 - index);
		expect(p99(values)).toBe(99);
	});
});
