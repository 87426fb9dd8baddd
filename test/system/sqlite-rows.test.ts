import path from "node:path";
import Database from "better-sqlite3";
import { expect, it } from "vitest";
import { createSqlite } from "../../src/system/sqlite.ts";
import { scratch } from "../support/scratch.ts";

it("counts the rows of each table up to a few, without those that only serve a full-text index", () => {
	const file = path.join(scratch(), "a.db");
	const database = new Database(file);
	database.exec(`
		CREATE TABLE many (id); INSERT INTO many SELECT value FROM json_each('[1,2,3,4,5]');
		CREATE TABLE "odd ""name" (id); INSERT INTO "odd ""name" VALUES (1);
		CREATE TABLE none (id INTEGER PRIMARY KEY AUTOINCREMENT);
		CREATE TABLE notes (text); CREATE VIRTUAL TABLE notes_fts USING fts5(text, content='notes');
		CREATE VIEW all_of_it AS SELECT * FROM many;`);
	database.close();
	expect(createSqlite().rowsUpTo(file, 2)).toEqual(
		new Map([
			["many", 2],
			["none", 0],
			["notes", 0],
			['odd "name', 1],
		]),
	);
});
