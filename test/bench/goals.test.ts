import { describe, expect, it } from "vitest";
import { GOALS, type Goal, judge } from "../../bench/goals.ts";
import { QUICK, WHOLE } from "../../bench/groups.ts";
import type { Measured, Sample } from "../../bench/results.ts";

const goal: Goal = {
	show: 1,
	title: "repeat",
	measure: "repeat-1MB",
	over: "original",
	limit: 0.5,
};

function measured(ours: Sample[], original: Sample[] = []): Measured {
	const samples = { ours, original };
	return { id: "repeat-1MB", title: "Repeat", unit: "ms", samples };
}

describe("the bench's goals", () => {
	it("are met by the median of the paired ratios, the limit itself included", () => {
		const rounds = measured(
			[{ value: 5 }, { value: 10 }, { value: 90 }],
			[{ value: 10 }, { value: 20 }, { value: 100 }],
		);
		expect(judge(goal, [rounds])).toMatchObject({ value: 0.5, isMet: true });
	});

	it("are not met by more", () => {
		const rounds = measured([{ value: 6 }], [{ value: 10 }]);
		expect(judge(goal, [rounds])).toMatchObject({ value: 0.6, isMet: false });
	});

	it("are neither when nothing was measured", () => {
		expect(judge(goal, [])).toMatchObject({ isMet: undefined });
		expect(judge(goal, [measured([{ value: 1 }])]).isMet).toBeUndefined();
	});

	it("take the largest memory that was ever seen", () => {
		const { over: _, ...others } = goal;
		const memory: Goal = { ...others, field: "memory", limit: 150 };
		const seen = [100, 100, 200].map((size) => ({ value: 1, memory: size }));
		expect(judge(memory, [measured(seen)])).toMatchObject({
			value: 200,
			isMet: false,
		});
	});

	it("want all of a hundred where all is promised", () => {
		const { over: _, ...others } = goal;
		const all: Goal = { ...others, limit: 100, atLeast: true };
		expect(judge(all, [measured([{ value: 99 }])]).isMet).toBe(false);
		expect(judge(all, [measured([{ value: 100 }])]).isMet).toBe(true);
	});

	it("are all measured by a whole run, for each of the six promises", () => {
		const ids = idsOf(WHOLE);
		expect(GOALS.filter((one) => !ids.includes(one.measure))).toEqual([]);
		expect(new Set(GOALS.map(({ show }) => show))).toEqual(
			new Set([1, 2, 3, 4, 5, 6]),
		);
	});

	it("have measures with names of their own", () => {
		for (const ids of [idsOf(WHOLE), idsOf(QUICK)])
			expect(ids).toEqual([...new Set(ids)]);
	});
});

function idsOf(groups: typeof WHOLE): string[] {
	return groups.flatMap(({ measures }) =>
		measures.flatMap(({ id, gives = [] }) => [id, ...gives]),
	);
}
