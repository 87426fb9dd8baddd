import { expect, it } from "vitest";
import { whyNotUnderOwner } from "../../src/core/schema.ts";
import type { DatabaseSchema, TableSchema } from "../../src/system/system.ts";

/** "name" or "name!" for a column that has to be filled. */
function schema(
	tables: Record<string, string[]>,
	userVersion = 1,
): DatabaseSchema {
	const columns = (names: string[]) =>
		new Map(
			names.map((name) => [
				name.replace("!", ""),
				{ required: name.endsWith("!") },
			]),
		);
	const table = (names: string[]): TableSchema => {
		const [first = ""] = names;
		// Of a view or a virtual table.
		return first.startsWith("CREATE")
			? { columns: new Map(), definition: first }
			: { columns: columns(names), definition: undefined };
	};
	return {
		userVersion,
		tables: new Map(
			Object.entries(tables).map(([name, names]) => [name, table(names)]),
		),
	};
}

const live = schema({ messages: ["id", "text!"], sessions: ["id"] });

it.each<[what: string, snapshot: DatabaseSchema, why: string | undefined]>([
	["the same", live, undefined],
	[
		"with a table that the owner never heard of",
		schema({ messages: ["id", "text!"], sessions: ["id"], old: ["id!"] }),
		undefined,
	],
	[
		"with a column that need not be filled",
		schema({ messages: ["id", "text!", "old"], sessions: ["id"] }),
		undefined,
	],
	[
		"with a column that has to be filled",
		schema({ messages: ["id", "text!", "old!"], sessions: ["id"] }),
		"its column messages.old has to be filled",
	],
	[
		"without a column",
		schema({ messages: ["id"], sessions: ["id"] }),
		"it has no column messages.text",
	],
	[
		"without a table, and of another version",
		schema({ messages: ["id", "text!"] }, 0),
		"its user_version is 0 and not 1, it has no table sessions",
	],
	[
		"with another view",
		schema({
			messages: ["id", "text!"],
			sessions: ["CREATE VIEW sessions AS SELECT 1"],
		}),
		"its sessions is defined otherwise",
	],
	[
		"of nothing",
		schema({}),
		"it has no table messages, it has no table sessions",
	],
])("under its owner a database %s is judged", (_, snapshot, why) => {
	expect(whyNotUnderOwner(live, snapshot)).toBe(why);
});
