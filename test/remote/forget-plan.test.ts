import { describe, expect, it } from "vitest";
import { planForget } from "../../src/remote/forget-plan.ts";
import type { RemoteSnapshot } from "../../src/remote/repository.ts";

type Said = Partial<RemoteSnapshot> & { readonly looked?: boolean | "untold" };

const NOON = Date.parse("2026-11-10T12:00:00Z");

/** All of one day, the first the newest, each an hour before the last. @returns which go, and which are to be looked at */
function plan(said: readonly Said[]) {
	const all = said.map(
		({ looked: _, ...one }, index): RemoteSnapshot => ({
			...{ agent: "hermes", machine: "vm", machineId: "a", place: "/p" },
			...{ reason: "manual", label: null, complete: true, pinned: false },
			...{ bytes: 1, files: 1, pushedAt: "", contents: "c" },
			...{ isOwn: true, isWhole: undefined },
			id: `2026-${index}`,
			resticId: String(index),
			createdAt: new Date(NOON - index * 3_600_000),
			...one,
		}),
	);
	const looked = new Map(
		said.flatMap(({ looked: found }, index) =>
			found === undefined
				? []
				: [[String(index), found === "untold" ? undefined : found] as const],
		),
	);
	const { removed, kept, unproved } = planForget(all, looked);
	expect(removed.length + kept.length).toBe(all.length);
	const numbers = (list: readonly RemoteSnapshot[]) =>
		list.map(({ resticId }) => Number(resticId));
	return { removed: numbers(removed), unproved: numbers(unproved) };
}

const whole = { looked: true };

describe("what goes from a repository, of several of one day", () => {
	it.each<[string, readonly Said[], readonly number[]]>([
		["all but the newest", [whole, whole, whole], [1, 2]],
		["none by one that is not whole", [{ looked: false }, whole], []],
		[
			"of those that are not whole all but the newest",
			[whole, { looked: false }, { looked: false }],
			[2],
		],
		[
			"none by one that lacked something",
			[{ ...whole, complete: false }, whole],
			[],
		],
		[
			"none by one that cannot be read now, nor that itself",
			[{ looked: "untold" }, whole, { looked: "untold" }],
			[],
		],
		[
			"none that is pinned, and none by it",
			[{ ...whole, pinned: true }, whole],
			[],
		],
		["none by another machine's", [{ ...whole, machineId: "b" }, whole], []],
		[
			"none by one that does not say its machine",
			[{ ...whole, machineId: undefined }, whole],
			[],
		],
		["none by another home's", [{ ...whole, place: "/q" }, whole], []],
		[
			"none of the same name that holds something else",
			[
				{ ...whole, id: "x" },
				{ ...whole, id: "x", contents: "d" },
			],
			[],
		],
		[
			"one of the same name that holds the same",
			[
				{ ...whole, id: "x" },
				{ ...whole, id: "x" },
			],
			[1],
		],
	])("is %s", (_, said, removed) => {
		expect(plan(said)).toEqual({ removed, unproved: [] });
	});

	it("is known only when those that would stay in its stead were looked at", () => {
		expect(plan([{}, {}]).unproved).toEqual([0]);
		expect(plan([{}]).unproved).toEqual([]);
		expect(plan([{ looked: false }, {}, {}]).unproved).toEqual([1]);
	});
});
