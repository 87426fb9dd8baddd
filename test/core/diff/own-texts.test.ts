import Database from "better-sqlite3";
import { expect, it } from "vitest";
import { ownTexts } from "../../../src/core/diff/own-texts.ts";
import { createSqlite } from "../../../src/system/sqlite.ts";

const triggered = (sql: string) =>
	`CREATE VIRTUAL TABLE t USING fts5(x); CREATE TABLE mail (id INTEGER PRIMARY KEY, t);
	CREATE TRIGGER filling AFTER INSERT ON mail BEGIN ${sql}; END`;

it.each<[sql: string, columns: readonly string[] | undefined]>([
	["CREATE VIRTUAL TABLE t USING fts5(x)", ["x"]],
	[
		"CREATE VIRTUAL TABLE t USING fts5(x, 'y z' UNINDEXED, tokenize = 'unicode61 tokenchars '',''', prefix='2 3')",
		["x", "y z"],
	],
	[
		'create virtual table "t" using "fts4"([the title] TEXT, "a ""b""" VARCHAR(10, 2), tokenize=unicode61 "tokenchars=.,", prefix="2,3")',
		["the title", 'a "b"'],
	],
	["CREATE VIRTUAL TABLE t USING fts3(x, tokenize porter)", ["x"]],
	["CREATE VIRTUAL TABLE t USING fts4", ["content"]],
	["CREATE VIRTUAL TABLE t USING fts5(content)", ["content"]],
	["CREATE VIRTUAL TABLE t USING fts5(x, content='')", undefined],
	[
		"CREATE TABLE mail (id INTEGER PRIMARY KEY, x); CREATE VIRTUAL TABLE t USING fts5(x, content = mail)",
		undefined,
	],
	[
		triggered(`INSERT OR REPLACE INTO "t"(rowid, x) VALUES (new.id, new.t)`),
		undefined,
	],
	[triggered("DELETE FROM t WHERE rowid = 1"), ["x"]],
])("rows of a full-text table, unless they stand elsewhere: %s", (sql, columns) => {
	const database = new Database(":memory:");
	database.exec(sql);
	const rows = database
		.prepare<[], { type: string; name: string; on: string; sql: string }>(
			`SELECT type, name, tbl_name AS "on", coalesce(sql, '') AS sql FROM sqlite_schema`,
		)
		.all();
	database.close();
	const own = ownTexts(rows).get("t_content");
	expect(own?.name).toBe(columns && "t");
	const [read] = createSqlite().columnsOf([own?.ordinary ?? ""]);
	expect(read?.map(({ name }) => name)).toEqual(
		columns && ["rowid", ...columns],
	);
});

it.each([
	"'",
	'"',
	"`",
	"[",
	"[a",
	"(",
	",",
	"''",
	"INSERT ",
	"REPLACE INTO[",
])("takes no time over whatever stands in a schema: %s", (piece) => {
	const long = piece.repeat(1_000_000 / piece.length);
	const common = { name: "t", on: "t" };
	const table = `CREATE VIRTUAL TABLE t USING fts5(${long})`;
	const rows = [
		{ ...common, type: "trigger", sql: long },
		{ ...common, type: "table", sql: table },
	];
	expect(ownTexts(rows).size).toBe(1);
});
