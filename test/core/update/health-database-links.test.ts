import { describe, expect, it } from "vitest";
import {
	whyReferencesLost,
	whySearchLost,
} from "../../../src/core/update/health-database-links.ts";
import type { DatabaseFill, SearchFill } from "../../../src/system/system.ts";

type Lost = Readonly<Record<string, number>>;

/** Rows of tables, and of "child.parent" how many name what is not there. */
function fill(
	rows: Record<string, number>,
	lost: Lost,
	searches: Record<string, Partial<SearchFill>> = {},
): DatabaseFill {
	const usual = { definition: "made so", rows: 9, of: "said", isFed: true };
	return {
		tables: new Map(
			Object.entries(rows).map(([name, count]) => [
				name,
				{ rows: count, columns: new Map() },
			]),
		),
		searches: new Map(
			Object.entries(searches).map(([name, one]) => [
				name,
				{ ...usual, ...one },
			]),
		),
		references: new Map(
			Object.entries(lost).map(([name, count]) => {
				const [table = "", parent = ""] = name.split(".");
				return [name, { table, parent, lost: count }];
			}),
		),
	};
}

type Rows = [said: number, talks: number];

describe("references that lead nowhere", () => {
	it.each<[string, Rows, Lost, Rows, Lost, isWorse: boolean]>([
		["all", [90, 9], { "said.talks": 0 }, [90, 9], { "said.talks": 90 }, true],
		["one", [90, 9], { "said.talks": 0 }, [90, 9], { "said.talks": 1 }, true],
		[
			"more than before",
			[90, 9],
			{ "said.talks": 5 },
			[90, 9],
			{ "said.talks": 6 },
			true,
		],
		[
			"as before",
			[90, 9],
			{ "said.talks": 5 },
			[90, 9],
			{ "said.talks": 5 },
			false,
		],
		[
			"of rows that came",
			[90, 9],
			{ "said.talks": 5 },
			[93, 9],
			{ "said.talks": 8 },
			false,
		],
		[
			"of more than came",
			[90, 9],
			{ "said.talks": 5 },
			[93, 9],
			{ "said.talks": 9 },
			true,
		],
		["not declared before", [90, 9], {}, [90, 9], { "said.talks": 7 }, false],
		["not known any more", [90, 9], { "said.talks": 0 }, [90, 9], {}, false],
		[
			"to one that expired",
			[90, 9],
			{ "said.talks": 0 },
			[90, 8],
			{ "said.talks": 12 },
			false,
		],
		[
			"to far more than expired",
			[90, 9],
			{ "said.talks": 0 },
			[90, 8],
			{ "said.talks": 60 },
			true,
		],
		[
			"to all, which are gone",
			[90, 9],
			{ "said.talks": 0 },
			[90, 0],
			{ "said.talks": 90 },
			true,
		],
	])("%s", (_, then, before, now, after, isWorse) => {
		const rows = ([said, talks]: Rows) => ({ said, talks });
		const why = whyReferencesLost(
			fill(rows(then), before),
			fill(rows(now), after),
		);
		const [count] = Object.values(after);
		const [was] = Object.values(before);
		expect(why).toBe(
			isWorse
				? `said.talks names what is not in talks, in ${count} of ${now[0]} rows (${was} before)`
				: undefined,
		);
	});
});

describe("a search", () => {
	const lost = "has lost the search find";
	it.each<
		[
			string,
			was: Partial<SearchFill>,
			now: Record<string, Partial<SearchFill>>,
			why: string | undefined,
		]
	>([
		["gone", {}, {}, lost],
		["gone beside another one of before", {}, { other: {} }, lost],
		["gone for a new one", {}, { new: {} }, undefined],
		[
			"gone for one of another form",
			{},
			{ other: { definition: "so" } },
			undefined,
		],
		[
			"gone for one that its owner fills",
			{},
			{ new: { of: undefined } },
			undefined,
		],
		["gone for one of another table", {}, { new: { of: "talks" } }, lost],
		["gone with its texts", { of: "none" }, {}, undefined],
		["gone, of nobody knows what", { of: undefined }, {}, undefined],
		["gone, and empty before", { rows: 0 }, {}, undefined],
		["emptied", {}, { find: { rows: 0 } }, "the search find is empty now"],
		[
			"emptied, in another form",
			{},
			{ find: { rows: 0, definition: "so" } },
			undefined,
		],
		[
			"fed no more",
			{},
			{ find: { isFed: false } },
			"nothing fills the search find any more",
		],
		[
			"fed no more, and the new one is",
			{},
			{ find: { isFed: false }, new: {} },
			undefined,
		],
		["never fed", { isFed: false }, { find: { isFed: false } }, undefined],
		[
			"fed no more, in another form",
			{},
			{ find: { isFed: false, definition: "so" } },
			undefined,
		],
	])("%s", (_, was, now, why) => {
		const rows = { said: 9, talks: 3 };
		const before = fill(rows, {}, { find: was, other: {} });
		expect(whySearchLost(before, fill(rows, {}, { other: {}, ...now }))).toBe(
			why,
		);
	});
});
