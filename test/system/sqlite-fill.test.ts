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
	expect(searches.map(([name, { rows, of }]) => [name, rows, of])).toEqual([
		["many_fts", 8, "many"],
		["empty_fts", 0, undefined],
	]);
});

it("tells by whose triggers a full-text index is filled, whatever view its texts come from", () => {
	const fill = fillAfter(`
		CREATE TABLE notes (id INTEGER PRIMARY KEY, said TEXT);
		CREATE VIEW short AS SELECT id, said FROM notes WHERE length(said) < 80;
		CREATE VIRTUAL TABLE fed USING fts5(said, content='short', content_rowid='id');
		CREATE TRIGGER feed AFTER INSERT ON notes BEGIN INSERT INTO fed (rowid, said) VALUES (new.id, new.said); END;
		CREATE VIRTUAL TABLE starved USING fts5(said, content='notes', content_rowid='id');
		CREATE TRIGGER starve AFTER DELETE ON notes BEGIN INSERT INTO starved (starved, rowid, said) VALUES ('delete', old.id, old.said); END;`);
	const searches = [...(fill?.searches ?? [])];
	expect(searches.map(([name, { of, isFed }]) => [name, of, isFed])).toEqual([
		["fed", "notes", true],
		["starved", "notes", false],
	]);
});

it.each<[string, string, [name: string, lost: number][]]>([
	[
		"by the primary key of the other table",
		"CREATE TABLE b (a TEXT REFERENCES a); INSERT INTO b VALUES ('one'), ('two'), ('none'), (NULL)",
		[["b.a", 1]],
	],
	[
		"without those in which nothing is meant",
		"CREATE TABLE b (a TEXT REFERENCES a (id), n INTEGER REFERENCES a (number)); INSERT INTO b VALUES ('', 0), ('0', 1), ('none', 9)",
		[
			["b.n", 1],
			["b.a", 1],
		],
	],
	[
		"of several columns, and to what has no index",
		"CREATE TABLE b (x TEXT, y INTEGER, FOREIGN KEY (x, y) REFERENCES a (id, number)); INSERT INTO b VALUES ('one', 1), ('one', 2), ('one', NULL)",
		[["b.x+y", 1]],
	],
	[
		"in a tree",
		"CREATE TABLE b (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES b (id)); INSERT INTO b VALUES (1, NULL), (2, 1), (3, 7)",
		[["b.parent", 1]],
	],
	[
		"but not to a table or column that is not there",
		"CREATE TABLE b (x REFERENCES none (id), y REFERENCES a (none), z REFERENCES a (id)); INSERT INTO b VALUES (1, 2, 3)",
		[["b.z", 1]],
	],
])("counts the rows that name what is not there, %s", (_, sql, lost) => {
	const fill = fillAfter(
		`PRAGMA foreign_keys = OFF; CREATE TABLE a (id TEXT PRIMARY KEY, number INTEGER); INSERT INTO a VALUES ('one', 1), ('two', 2), (NULL, NULL); ${sql}`,
	);
	const references = [...(fill?.references ?? [])];
	expect(references.map(([name, one]) => [name, one.lost])).toEqual(lost);
});

function fillAfter(sql: string) {
	const file = path.join(scratch(), "a.db");
	const database = new Database(file);
	database.exec(sql);
	database.close();
	return createSqlite().fill(file);
}
