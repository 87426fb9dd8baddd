import { expect, it } from "vitest";
import { changedText } from "../../../src/commands/update/guarded-run-changed-text.ts";

const nothing = { counts: [], changed: [], added: [], removed: [], moved: [] };
const emptiedOf = (all: Record<string, number>) =>
	Object.entries(all).map(([table, rows]) => ({ table, rows }));

it.each<[string, Record<string, number>, string]>([
	["one", { task_events: 900 }, "rows lost: kanban.db task_events 900 → 0"],
	[
		"several, the largest first",
		{ a: 1, b: 9 },
		"rows lost: kanban.db b 9 → 0, kanban.db a 1 → 0",
	],
	[
		"many",
		{ a: 7, b: 6, c: 5, d: 4, e: 3, f: 2, g: 1 },
		"rows lost: kanban.db a 7 → 0, kanban.db b 6 → 0, kanban.db c 5 → 0, kanban.db d 4 → 0, kanban.db e 3 → 0 and 2 more tables",
	],
])("tells tables that are empty now: %s", (_, emptied, what) => {
	const of = { path: "kanban.db", added: 0, removed: 0 };
	const tables = [{ ...of, emptied: emptiedOf(emptied) }];
	expect(changedText({ ...nothing, tables })).toEqual([
		`What changed meanwhile: ${what}.`,
	]);
});

it("tells a profile that has moved", () => {
	const moved = [{ from: "profiles/a", to: "profiles/b" }];
	expect(changedText({ ...nothing, moved, tables: [] })).toEqual([
		"What changed meanwhile: moved: profiles/a → profiles/b.",
	]);
});
