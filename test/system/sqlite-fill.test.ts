import path from "node:path";
import Database from "better-sqlite3";
import { expect, it } from "vitest";
import { createSqlite } from "../../src/system/sqlite.ts";
import { scratch } from "../support/scratch.ts";

it("says how much each table, column and full-text index says, without what only serves an index", () => {
	const file = path.join(scratch(), "a.db");
	const database = new Database(file);
	database.exec(`
		CREATE TABLE many (id INTEGER PRIMARY KEY, said, on_now INTEGER, twice AS (said || said));
		INSERT INTO many (said, on_now) VALUES (NULL, 0), ('', 1), ('[]', NULL), ('{}', 0), (x'', 0), ('no', 0), (x'00', 0), ('été', 2.5);
		CREATE TABLE "odd ""name" ("a ""b" TEXT) STRICT; INSERT INTO "odd ""name" VALUES ('${"x".repeat(9000)}');
		CREATE TABLE none (id INTEGER PRIMARY KEY AUTOINCREMENT);
		CREATE TABLE keyed (k TEXT PRIMARY KEY, v BLOB) WITHOUT ROWID; INSERT INTO keyed VALUES ('key', x'0000');
		CREATE VIRTUAL TABLE many_fts USING fts5(said, content='many', content_rowid='id');
		INSERT INTO many_fts(many_fts) VALUES ('rebuild');
		CREATE VIRTUAL TABLE empty_fts USING fts5(said);
		CREATE VIEW all_of_it AS SELECT * FROM many;`);
	database.close();
	const fill = createSqlite().fill(file);
	const columns = (all: Record<string, [filled: number, bytes: number]>) =>
		new Map(
			Object.entries(all).map(([name, [filled, bytes]]) => [
				name,
				{ filled, bytes },
			]),
		);
	expect(fill?.tables).toEqual(
		new Map([
			["keyed", { rows: 1, columns: columns({ k: [1, 3], v: [1, 2] }) }],
			[
				"many",
				{
					rows: 8,
					columns: columns({ id: [8, 0], said: [3, 12], on_now: [2, 0] }),
				},
			],
			["none", { rows: 0, columns: columns({ id: [0, 0] }) }],
			['odd "name', { rows: 1, columns: columns({ 'a "b': [1, 9000] }) }],
		]),
	);
	const searches = [...(fill?.searches ?? [])];
	expect(searches.map(([name, { rows }]) => [name, rows])).toEqual([
		["many_fts", 8],
		["empty_fts", 0],
	]);
});
