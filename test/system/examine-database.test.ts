import fs from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { examine } from "../../src/system/sqlite-examine.ts";
import { scratch } from "../support/scratch.ts";

/** Makes a database and returns its path; read-only and in one file, as it lies in a snapshot. */
function made(sql: string, harm: (db: Database.Database) => void = () => {}) {
	const file = path.join(scratch(), "a.db");
	const db = new Database(file);
	db.exec(sql);
	harm(db);
	db.close();
	fs.chmodSync(file, 0o400);
	return file;
}

/** Half a thousand of them take more than what is examined here. */
const MANY = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9000)
	INSERT INTO t SELECT i, hex(randomblob(600)) FROM n`;
const TABLE = "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT)";
const BUDGET = 30_000;

async function kindsIn(file: string): Promise<string[]> {
	const { found, isFinished } = await examine(file, BUDGET);
	expect(isFinished).toBe(true);
	return found.map(({ kind }) => kind);
}

describe("the examination of a database", () => {
	it.each([
		["a small one", ""],
		["a large one, in a process of its own", MANY],
	])("finds nothing wrong with %s that is sound", async (_, rows) => {
		const file = made(
			`${TABLE}; CREATE INDEX i ON t (b); ${rows};
			CREATE VIRTUAL TABLE f USING fts5(b, content='t', content_rowid='a'); INSERT INTO f (f) VALUES ('rebuild')`,
		);
		const names = fs.readdirSync(path.dirname(file));
		expect(await kindsIn(file)).toEqual([]);
		expect(fs.readdirSync(path.dirname(file))).toEqual(names);
	});

	it.each([
		["a small one", "INSERT INTO t VALUES (1, 'x')"],
		["a large one", MANY],
	])("finds a row that is missing from an index in %s", async (_, rows) => {
		const file = made(`${TABLE}; CREATE INDEX i ON t (b); ${rows}`, (db) => {
			db.unsafeMode(true);
			db.pragma("writable_schema = ON");
			db.exec(
				"UPDATE sqlite_schema SET sql = 'CREATE INDEX i ON t (b) WHERE a < 0' WHERE name = 'i'",
			);
			db.pragma("writable_schema = RESET");
			db.exec("INSERT INTO t VALUES (100000, 'unindexed')");
			db.pragma("writable_schema = ON");
			db.exec(
				"UPDATE sqlite_schema SET sql = 'CREATE INDEX i ON t (b)' WHERE name = 'i'",
			);
			db.pragma("writable_schema = RESET");
		});
		expect(await kindsIn(file)).toEqual(["damage"]);
	});

	it("finds a full-text index that is wrong, and calls only that so", async () => {
		const file = made(
			"CREATE VIRTUAL TABLE f USING fts5(b); INSERT INTO f VALUES ('one two three')",
			(db) => {
				db.unsafeMode(true);
				db.exec("UPDATE f_data SET block = zeroblob(20) WHERE id > 10");
			},
		);
		expect(await kindsIn(file)).toEqual(["index"]);
	});

	const TEXTS =
		"CREATE TABLE m (id INTEGER PRIMARY KEY, t TEXT); INSERT INTO m (t) VALUES ('hello world'), ('foo bar'), ('baz')";
	const OF_M = "content='m', content_rowid='id'";
	const filled = (what: string, then = "") =>
		`${TEXTS}; CREATE VIRTUAL TABLE f USING ${what}; INSERT INTO f (f) VALUES ('rebuild'); ${then}`;
	const KEPT = `CREATE TRIGGER a AFTER INSERT ON m BEGIN INSERT INTO f (rowid, t) VALUES (new.id, new.t); END`;
	it.each([
		["sound", filled(`fts5(t, ${OF_M})`), []],
		[
			"of a view that leaves rows out, sound",
			`${TEXTS}; CREATE VIEW v AS SELECT id, t FROM m WHERE id > 1;
			CREATE VIRTUAL TABLE f USING fts5(t, content='v', content_rowid='id'); INSERT INTO f (f) VALUES ('rebuild')`,
			[],
		],
		[
			"emptied",
			filled(`fts5(t, ${OF_M})`, "INSERT INTO f (f) VALUES ('delete-all')"),
			["the full-text index f is empty, and m has 3 rows"],
		],
		[
			"without a row",
			filled(`fts5(t, ${OF_M})`, "INSERT INTO m (t) VALUES ('late')"),
			["the full-text index f lacks 1 of the 4 rows of m"],
		],
		[
			"with a row too many",
			filled(`fts5(t, ${OF_M})`, "DELETE FROM m WHERE id = 2"),
			["the full-text index f has 1 row that m has not"],
		],
		[
			"of a text that is another now",
			filled(`fts5(t, ${OF_M})`, "UPDATE m SET t = 'new' WHERE id = 2"),
			["the full-text index f is damaged, or is not of what stands in m"],
		],
		[
			"that keeps no text and was never filled",
			`${TEXTS}; CREATE VIRTUAL TABLE f USING fts5(t, content=''); ${KEPT}`,
			["the full-text index f is empty, and m has 3 rows"],
		],
		[
			"of FTS4, emptied",
			`${TEXTS}; CREATE VIRTUAL TABLE f USING fts4(content="m", t)`,
			["the full-text index f is empty, and m has 3 rows"],
		],
		[
			"that nothing fills any more",
			filled(
				`fts5(t, ${OF_M})`,
				"CREATE TRIGGER d AFTER DELETE ON m BEGIN INSERT INTO f (f, rowid, t) VALUES ('delete', old.id, old.t); END",
			),
			[
				"triggers take rows out of the full-text index f, and none puts new ones in",
			],
		],
	])("compares a full-text index %s with its texts", async (_, sql, what) => {
		const file = made(sql);
		const content = fs.readFileSync(file);
		for (const isScratch of [false, true]) {
			const { found } = await examine(file, BUDGET, { isScratch });
			expect(found.map((one) => one.what)).toEqual(what);
		}
		expect(fs.readFileSync(file).equals(content)).toBe(true);
		expect(fs.readdirSync(path.dirname(file))).toEqual(["a.db"]);
	});

	it("tells how many rows name what is not there", async () => {
		const file = made(
			`PRAGMA foreign_keys = OFF; ${TABLE}; CREATE TABLE u (c REFERENCES t (a)); INSERT INTO u VALUES (1), (2)`,
		);
		expect((await examine(file, BUDGET)).found).toEqual([
			{ kind: "references", what: "2 rows of u name what is not in t" },
		]);
	});

	it("calls an index whose tokenizer only its owner has unchecked", async () => {
		const file = made(
			"CREATE VIRTUAL TABLE f USING fts5(b); INSERT INTO f VALUES ('one')",
			(db) => {
				db.unsafeMode(true);
				db.pragma("writable_schema = ON");
				db.exec(
					"UPDATE sqlite_schema SET sql = 'CREATE VIRTUAL TABLE f USING fts5(b, tokenize=''cjk'')' WHERE name = 'f'",
				);
			},
		);
		expect(await kindsIn(file)).toEqual(["unchecked"]);
	});

	it("says that it did not come to its end", async () => {
		const file = made(`${TABLE}; CREATE INDEX i ON t (b); ${MANY}`);
		expect(await examine(file, 1)).toEqual({ isFinished: false, found: [] });
	});

	it("finds what is no database damaged", async () => {
		const file = path.join(scratch(), "a.db");
		fs.writeFileSync(file, "no database, but long enough to be taken for one");
		expect(await kindsIn(file)).toEqual(["damage"]);
	});
});
