import fs from "node:fs";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { createSqlite } from "../../src/system/sqlite.ts";
import { scratch } from "../support/scratch.ts";

/** A database with a lease by this owner, and all that could keep it from being deleted. */
function databaseWith(owner: string): string {
	const path = `${scratch()}/a.db`;
	const database = new Database(path);
	database.exec(`
		CREATE TABLE messages (text);
		INSERT INTO messages VALUES ('hello');
		CREATE TABLE leases (owner TEXT PRIMARY KEY, until INTEGER);
		CREATE TABLE holders (owner REFERENCES leases (owner));
	`);
	database.prepare("INSERT INTO leases VALUES (?, 300)").run(owner);
	database.prepare("INSERT INTO holders VALUES (?)").run(owner);
	database.close();
	return path;
}

function count(path: string, table: string): unknown {
	const database = new Database(path, { readonly: true });
	const rows = database.prepare(`SELECT count(*) FROM ${table}`).pluck().get();
	database.close();
	return rows;
}

describe("clearing tables of a copy", () => {
	it("deletes their rows, and leaves no trace of them and no file beside it", () => {
		const path = databaseWith("process-4711");
		createSqlite().clear(path, ["leases", "not there"]);
		expect(count(path, "leases")).toBe(0);
		expect(count(path, "messages")).toBe(1);
		expect(fs.readdirSync(path.slice(0, -"/a.db".length))).toEqual(["a.db"]);
		createSqlite().clear(path, ["holders"]);
		expect(fs.readFileSync(path).includes("process-4711")).toBe(false);
	});

	it("sets off no trigger, and leaves each as it was", () => {
		const path = databaseWith("process-4711");
		const database = new Database(path);
		database.exec(
			'CREATE TRIGGER "gone ""for ever" AFTER DELETE ON Leases BEGIN DELETE FROM messages; END',
		);
		const triggers =
			"SELECT name, sql FROM sqlite_master WHERE type = 'trigger'";
		const before = database.prepare(triggers).all();
		database.close();
		createSqlite().clear(path, ["leases", "holders"]);
		expect(count(path, "leases")).toBe(0);
		expect(count(path, "messages")).toBe(1);
		expect(count(path, "holders")).toBe(0);
		const cleared = new Database(path, { readonly: true });
		expect(cleared.prepare(triggers).all()).toEqual(before);
		cleared.close();
	});

	it("keeps the file as long as it was, and does not touch one that has none", () => {
		const path = databaseWith("a".repeat(100_000));
		const { size } = fs.statSync(path);
		createSqlite().clear(path, ["leases", "holders"]);
		expect(fs.statSync(path).size).toBe(size);
		const before = fs.readFileSync(path);
		createSqlite().clear(path, ["leases", "holders"]);
		expect(fs.readFileSync(path).equals(before)).toBe(true);
	});
});
