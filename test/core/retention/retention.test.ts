import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	DEFAULT_POLICY,
	type Policy,
} from "../../../src/core/retention/keep-rules.ts";
import {
	applyRetention,
	type Kept,
} from "../../../src/core/retention/retention.ts";

const SMALL: Policy = { manual: 2, "pre-update": 1, "before-restore": 1 };

/** "manual 7 incomplete pinned" → a snapshot of that reason and order, whose id is its order. */
function snapshots(...lines: string[]): Kept[] {
	return lines.map((line) => {
		const [reason = "", order = "", ...marks] = line.split(" ");
		return {
			id: order,
			order: Number(order),
			createdAt: new Date(1_800_000_000_000 + 3_600_000 * Number(order)),
			reason,
			complete: !marks.includes("incomplete"),
			pinned: marks.includes("pinned"),
		};
	});
}

function removed(all: readonly Kept[], policy = SMALL, inUse: string[] = []) {
	return applyRetention(all, policy, { inUse })
		.filter(({ keep }) => !keep)
		.map(({ snapshot }) => snapshot.id);
}

describe("retention", () => {
	it.each<[promise: string, lines: string[], gone: string[]]>([
		["keeps the newest", ["manual 3", "manual 2", "manual 1"], ["1"]],
		[
			"counts each reason in a pool of its own",
			["manual 4", "pre-update 3", "pre-update 2", "manual 1"],
			["2"],
		],
		[
			"counts reasons it does not know with those that people made",
			["odd 4", "strange 3", "manual 2", "odd 1"],
			["2", "1"],
		],
		[
			"does not count pinned ones",
			["manual 4 pinned", "manual 3", "manual 2"],
			[],
		],
		[
			"never removes a pinned one",
			["manual 4", "manual 3", "manual 2", "manual 1 pinned"],
			["2"],
		],
		[
			"never removes the last complete one",
			["pre-update 3", "pre-update 2 incomplete", "before-restore 1"],
			[],
		],
		[
			"lets one that lacks something take nobody's place",
			[
				"manual 5 incomplete",
				"manual 4",
				"manual 3 incomplete",
				"manual 2",
				"manual 1",
			],
			["1"],
		],
		[
			"counts those that lack something apart, and removes the old ones of them too",
			[
				"manual 4 incomplete",
				"manual 3 incomplete",
				"manual 2 incomplete",
				"manual 1",
			],
			["2"],
		],
		[
			"does not take an undo snapshot for the last complete one",
			[
				"before-restore 4",
				"manual 3 incomplete",
				"manual 2 incomplete",
				"manual 1",
			],
			[],
		],
		[
			"does not take an update's for the last complete one that people made",
			[
				"pre-update 4",
				"manual 3 incomplete",
				"manual 2 incomplete",
				"manual 1",
			],
			[],
		],
	])("%s", (_, lines, gone) => {
		expect(removed(snapshots(...lines))).toEqual(gone);
	});

	it("never removes one that is in use", () => {
		const all = snapshots("manual 3", "manual 2", "manual 1", "manual 0");
		expect(removed(all, SMALL, ["0"])).toEqual(["1"]);
	});

	it("goes by the recorded order, however it is given and whatever the ids say", () => {
		const all = snapshots("manual 1", "manual 3", "manual 2");
		const renamed = all.map((one) => ({ ...one, id: `${9 - one.order}` }));
		expect(removed(renamed)).toEqual(["8"]);
	});

	it("says why for each, newest first", () => {
		const all = snapshots("manual 1 pinned", "pre-update 2", "pre-update 3");
		expect(
			applyRetention(all, SMALL).map(({ snapshot, why }) => [snapshot.id, why]),
		).toEqual([
			["3", "pre-update: last 1"],
			["2", "pre-update: beyond last 1"],
			["1", "pinned"],
		]);
	});

	it("keeps 20 that people made, 5 before updates and 3 after them, 7 of a schedule, 3 pulled, 1 imported and 3 undo snapshots by default", () => {
		expect(DEFAULT_POLICY).toEqual({
			manual: 20,
			"pre-update": 5,
			"post-update": 3,
			unhealthy: 3,
			scheduled: 7,
			pulled: 3,
			imported: 1,
			"before-restore": 3,
		});
	});
});

const reason = fc.constantFrom(
	"manual",
	"pre-update",
	"before-restore",
	"scheduled",
	"__proto__",
);
const store = fc
	.array(fc.record({ reason, complete: fc.boolean(), pinned: fc.boolean() }), {
		maxLength: 25,
	})
	.map((all): Kept[] =>
		all.map((one, order) => ({
			...one,
			order,
			createdAt: new Date(1_800_000_000_000 + 40_000_000 * order),
			id: `s${order}`,
		})),
	);
const few = fc.integer({ min: 1, max: 3 });
const policy = fc.record({
	manual: fc.oneof(
		fc.integer({ min: 1, max: 6 }),
		fc.record({ keepDaily: few }),
		fc.record({ keepLast: few, keepWeekly: few }),
		fc.record({ keepWithin: fc.constantFrom("9h", "2d", "1w") }),
	),
	"pre-update": few,
	"before-restore": few,
});
const UPDATE = { reason: "pre-update", complete: true, pinned: false };

describe("the laws of retention", () => {
	it("keeps and removes are all there is, each once", () => {
		fc.assert(
			fc.property(store, policy, (all, rules) => {
				const ids = applyRetention(all, rules).map(
					({ snapshot }) => snapshot.id,
				);
				expect(ids.toSorted()).toEqual(all.map(({ id }) => id).toSorted());
			}),
		);
	});

	it("always keeps the newest complete one, and the newest that is no undo snapshot", () => {
		fc.assert(
			fc.property(store, policy, (all, rules) => {
				const complete = all.filter((one) => one.complete).toReversed();
				const gone = removed(all, rules);
				for (const newest of [
					complete[0],
					complete.find((one) => one.reason !== "before-restore"),
				])
					expect(gone).not.toContain(newest?.id);
			}),
		);
	});

	it("removes nothing more when it is applied again", () => {
		fc.assert(
			fc.property(store, policy, (all, rules) => {
				const gone = removed(all, rules);
				const left = all.filter(({ id }) => !gone.includes(id));
				expect(removed(left, rules)).toEqual([]);
			}),
		);
	});

	it("removes nothing that people made because of updates, however many", () => {
		const updates = fc.integer({ min: 1, max: 12 });
		fc.assert(
			fc.property(store, policy, updates, (all, rules, count) => {
				const more = Array.from({ length: count }, (_, index) => ({
					...UPDATE,
					id: `u${index}`,
					order: all.length + index,
					createdAt: new Date(1_900_000_000_000),
				}));
				const people = (ids: string[]) =>
					ids.filter((id) =>
						all.some((one) => one.id === id && one.reason === "manual"),
					);
				expect(people(removed([...all, ...more], rules))).toEqual(
					people(removed(all, rules)),
				);
			}),
			{ numRuns: 2000 },
		);
	});
});

it("never lets snapshots that Hermes made, dated by whatever clock, take the place of our last complete one", () => {
	const ours = {
		id: "ours",
		order: 1,
		createdAt: new Date(1_800_000_000_000),
		sequence: 1,
		reason: "manual",
		complete: true,
		pinned: false,
	};
	const theirs = [2, 3, 4].map((order) => ({
		...ours,
		id: `hermes ${order}`,
		order,
		sequence: undefined,
	}));
	const kept = applyRetention([ours, ...theirs], { manual: 1 }).filter(
		({ keep }) => keep,
	);
	expect(kept.map(({ snapshot }) => snapshot.id)).toEqual(["hermes 4", "ours"]);
});
