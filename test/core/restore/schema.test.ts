import { expect, it } from "vitest";
import { whyNotUnderOwner } from "../../../src/core/restore/schema.ts";
import type {
	DatabaseSchema,
	TableSchema,
} from "../../../src/system/system.ts";

/** "name", "name!" for a column that has to be filled, "name=" for one with a default, "name:" for a number; `more` of the table `messages`. */
function schema(
	tables: Record<string, string[]>,
	userVersion = 1,
	more: Partial<TableSchema> = {},
): DatabaseSchema {
	const columns = (names: string[]) =>
		new Map(
			names.map((name) => [
				name.replace(/[!:=]/g, ""),
				{
					required: name.endsWith("!"),
					form: name.includes(":") ? "INTEGER/0/0" : "TEXT/0/0",
					hasDefault: name.endsWith("="),
				},
			]),
		);
	const table = (names: string[]): TableSchema => {
		const [first = ""] = names;
		const plain = {
			columns: columns(names),
			definition: "",
			uniqueKeys: new Set<string>(),
			triggers: new Map<string, string>(),
		};
		// Of a view or a virtual table.
		return first.startsWith("CREATE")
			? { ...plain, columns: new Map(), definition: first }
			: plain;
	};
	return {
		userVersion,
		encoding: "UTF-8",
		tables: new Map(
			Object.entries(tables).map(([name, names]) => [
				name,
				{ ...table(names), ...(name === "messages" && more) },
			]),
		),
	};
}

const usual = { messages: ["id", "text!"], sessions: ["id"] };
const live = schema(usual);

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
		"with a column that has to be filled, and had not to be",
		schema({ ...usual, sessions: ["id!"] }),
		"its column sessions.id has to be filled",
	],
	[
		"with a unique index that refuses its rows",
		schema(usual, 1, { uniqueKeys: new Set(["id, text"]) }),
		"its messages has a unique index of id, text",
	],
	[
		"with a trigger that the owner never heard of",
		schema(usual, 1, { triggers: new Map([["count", "CREATE TRIGGER"]]) }),
		undefined,
	],
	[
		"whose rows have no numbers",
		schema(usual, 1, { definition: "rowid without" }),
		"its messages is defined otherwise",
	],
	[
		"with a column of another type",
		schema({ ...usual, sessions: ["id:"] }),
		"its column sessions.id is defined otherwise",
	],
	[
		"with other text",
		{ ...live, encoding: "UTF-16le" },
		"its text is UTF-16le and not UTF-8",
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

it("under its owner a database without a default is judged, and one with a new one is not", () => {
	const owner = schema({ messages: ["id", "role="] });
	const older = schema({ messages: ["id=", "role"] });
	expect(whyNotUnderOwner(owner, older)).toBe(
		"its column messages.role has no default",
	);
});

it("under its owner a database without its triggers and unique indexes is judged", () => {
	const owner = schema(usual, 1, {
		uniqueKeys: new Set(["id"]),
		triggers: new Map([
			["fill_fts", "CREATE TRIGGER fill_fts 2"],
			["count", "CREATE TRIGGER count"],
		]),
	});
	const older = schema(usual, 1, {
		triggers: new Map([["fill_fts", "CREATE TRIGGER fill_fts 1"]]),
	});
	expect(whyNotUnderOwner(owner, older)).toBe(
		"its messages has no unique index of id, its trigger fill_fts does something else, it has no trigger count",
	);
});
