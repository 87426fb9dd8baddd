import fs from "node:fs";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { createSqlite } from "../../src/system/sqlite.ts";
import { scratch } from "../support/scratch.ts";

function schemaOf(...statements: string[]) {
	const dir = scratch();
	const path = `${dir}/a.db`;
	const database = new Database(path);
	database.unsafeMode(true); // lets a schema be forged
	for (const statement of statements) database.exec(statement);
	database.close();
	const found = createSqlite().schema(path);
	expect(fs.readdirSync(dir)).toEqual(["a.db"]);
	return found;
}

describe("the schema of a database", () => {
	it("is its version, its tables and views, and the columns that have to be filled", () => {
		const { userVersion, encoding, tables } = schemaOf(
			"PRAGMA encoding = 'UTF-16le'",
			"PRAGMA user_version = 26",
			`CREATE TABLE "odd ""name" (id INTEGER PRIMARY KEY, a TEXT NOT NULL, b TEXT NOT NULL DEFAULT '', c, d AS (c + 1))`,
			`CREATE VIEW recent AS SELECT a FROM "odd ""name"`,
		);
		expect(userVersion).toBe(26);
		expect(encoding).toBe("UTF-16le");
		expect([...tables.keys()]).toEqual(['odd "name', "recent"]);
		expect(tables.get("recent")?.definition).toContain("SELECT a");
		const plain = { required: false, hasDefault: false };
		expect(Object.fromEntries(tables.get('odd "name')?.columns ?? [])).toEqual({
			id: { ...plain, form: "INTEGER/1/0" },
			a: { ...plain, form: "TEXT/0/0", required: true },
			b: { ...plain, form: "TEXT/0/0", hasDefault: true },
			c: { ...plain, form: "/0/0" },
			d: { ...plain, form: "/0/2" },
		});
	});

	it("is read though a full-text table has a tokenizer that is not loaded", () => {
		const { tables } = schemaOf(
			"CREATE TABLE messages (id, content)",
			"CREATE VIRTUAL TABLE fts USING fts5(content)",
			"PRAGMA writable_schema = ON",
			"UPDATE sqlite_schema SET sql = replace(sql, 'fts5(content)', 'fts5(content, tokenize = cjk)') WHERE name = 'fts'",
		);
		expect([...tables.keys()]).toContain("fts");
		expect(tables.get("fts")?.columns.size).toBe(0);
		expect(tables.get("fts")?.definition).toContain("tokenize = cjk");
		expect(tables.get("fts_data")?.columns.size).toBe(2);
	});

	it("has its unique indexes and triggers, and tells tables without row numbers", () => {
		const { tables } = schemaOf(
			"CREATE TABLE a (x TEXT PRIMARY KEY, y, z UNIQUE, w INTEGER)",
			"CREATE UNIQUE INDEX a_some ON a (y, x) WHERE w > 0",
			"CREATE UNIQUE INDEX a_expression ON a (lower(y))",
			"CREATE INDEX a_plain ON a (w)",
			"CREATE TABLE log (id INTEGER PRIMARY KEY, note)",
			"CREATE TRIGGER noted AFTER INSERT ON a BEGIN INSERT INTO log (note) VALUES (new.x); END",
			"CREATE TABLE b (k TEXT PRIMARY KEY, v TEXT) STRICT, WITHOUT rowid",
		);
		expect(tables.get("a")?.uniqueKeys).toEqual(
			new Set([
				"x",
				"z",
				"x (of some rows), y (of some rows)",
				"an expression",
			]),
		);
		expect([...(tables.get("a")?.triggers.keys() ?? [])]).toEqual(["noted"]);
		expect(tables.get("log")?.uniqueKeys.size).toBe(0);
		expect(tables.get("a")?.definition).toBe("");
		expect(tables.get("b")?.definition).toBe("rowid strict without");
	});

	it("of one without tables is empty", () => {
		expect(schemaOf("VACUUM").tables.size).toBe(0);
	});
});
