import fs from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { expect, it } from "vitest";
import { createSqlite } from "../../src/system/sqlite.ts";
import { scratch } from "../support/scratch.ts";

function made(sql: string): string {
	const file = path.join(scratch(), "a.db");
	const database = new Database(file);
	database.exec(sql);
	database.close();
	return file;
}

it("tells tables with their rows, and virtual ones without those in which they keep theirs", () => {
	const file = made(`
		PRAGMA user_version = 26;
		CREATE TABLE messages (id INTEGER PRIMARY KEY, content TEXT);
		CREATE VIRTUAL TABLE messages_fts USING fts5(content, content='messages', content_rowid='id');
		CREATE VIRTUAL TABLE "odd name" USING rtree(id, a, b);
		CREATE TABLE messages_of_old (n);
		CREATE VIEW newest AS SELECT * FROM messages;
		INSERT INTO messages (content) VALUES ('a'), ('b'), ('c');
		INSERT INTO messages_fts (rowid, content) SELECT id, content FROM messages;
	`);
	expect(createSqlite().holdings(file)).toEqual({
		userVersion: 26,
		tables: [
			{ name: "messages", kind: "table", rows: 3 },
			{ name: "messages_fts", kind: "fts5", rows: 3 },
			{ name: "messages_of_old", kind: "table", rows: 0 },
			{ name: "newest", kind: "view", rows: undefined },
			{ name: "odd name", kind: "rtree", rows: undefined },
		],
	});
	expect(fs.readdirSync(path.dirname(file))).toEqual(["a.db"]);
});

it("says nothing of what is damaged", () => {
	const file = made("CREATE TABLE t (n)");
	const bytes = fs.readFileSync(file);
	bytes.fill(0x41, 100, 200);
	fs.writeFileSync(file, bytes);
	expect(createSqlite().holdings(file)).toBeUndefined();
	fs.writeFileSync(file, "no database at all, whatever it is called");
	expect(createSqlite().holdings(file)).toBeUndefined();
});
