import { expect, it } from "vitest";
import { whyEmptied } from "../../../src/core/update/health-database.ts";
import type { DatabaseFill } from "../../../src/system/system.ts";

/** In so many of ten rows each of these columns says something, which is a number. */
function talksOf(filled: Record<string, number>): DatabaseFill {
	const columns = Object.entries(filled).map(([name, count]) => {
		return [name, { filled: count, bytes: 0 }] as const;
	});
	return {
		tables: new Map([["talks", { rows: 10, columns: new Map(columns) }]]),
		searches: new Map(),
		references: new Map(),
	};
}

type Filled = Record<string, number>;

it.each<[string, Filled, Filled, why: string | undefined]>([
	[
		"were all hidden",
		{ hidden: 2 },
		{ hidden: 10 },
		"talks.hidden is on in all rows now",
	],
	["were hidden by most", { hidden: 2 }, { hidden: 9 }, undefined],
	["are hidden as before", { is_hidden: 8 }, { is_hidden: 10 }, undefined],
	[
		"were all archived",
		{ archived: 2 },
		{ archived: 10 },
		"talks.archived is on in all rows now",
	],
	["were archived by most", { archived: 2 }, { archived: 9 }, undefined],
	[
		"came in 1970",
		{ started_at: 10 },
		{ started_at: 0 },
		"talks.started_at is 0 or empty in all rows now",
	],
	[
		"came when another column says",
		{ started_at: 10 },
		{ started_at: 0, came: 10 },
		undefined,
	],
	["ended in 1970", { ended_at: 10 }, { ended_at: 0 }, undefined],
])("rows of what people would miss that %s", (_, before, after, why) => {
	const counted = new Map([["talks", "started_at"]]);
	expect(whyEmptied(talksOf(before), talksOf(after), counted)).toBe(why);
	const others = whyEmptied(talksOf(before), talksOf(after), new Map());
	expect(others).toBe(undefined);
});
