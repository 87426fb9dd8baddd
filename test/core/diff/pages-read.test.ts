import fs from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { expect, it } from "vitest";
import { comparingDatabases } from "../../../src/core/diff/compare-databases.ts";
import { SqliteFile } from "../../../src/core/diff/sqlite-file.ts";
import { TableDifference } from "../../../src/core/diff/table-difference.ts";
import { atOnce } from "../../../src/core/work.ts";
import { createSqlite } from "../../../src/system/sqlite.ts";
import { scratch } from "../../support/scratch.ts";

const PART = 256 * 1024;

/** 500 MB take under 3 s by this: the time is printed by hand, the pages are counted here. */
it("reads of two large databases the parts that differ, and few pages of the others", () => {
	const folder = scratch();
	const [left, right] = ["left.db", "right.db"].map((name) =>
		path.join(folder, name),
	) as [string, string];
	const database = new Database(left);
	database.exec(`CREATE TABLE messages (id INTEGER PRIMARY KEY, content TEXT);
		CREATE INDEX by_length ON messages (length(content));
		INSERT INTO messages (content) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
		SELECT hex(randomblob(700)) FROM n`);
	database.close();
	fs.copyFileSync(left, right);
	const changed = new Database(right);
	changed.exec(`UPDATE messages SET content = 'edited' || substr(content, 7) WHERE id BETWEEN 5000 AND 5019;
		DELETE FROM messages WHERE id BETWEEN 9000 AND 9009;
		INSERT INTO messages (content) SELECT content FROM messages LIMIT 20`);
	changed.close();

	const [one, other] = [fs.readFileSync(left), fs.readFileSync(right)];
	let read = 0;
	const sourceOf = (bytes: Buffer) => ({
		size: bytes.length,
		beginning: bytes.subarray(0, 100),
		read(offset: number, into: Uint8Array) {
			read += into.length;
			bytes.copy(into, 0, offset, offset + into.length);
		},
	});
	const work = comparingDatabases({
		left: new SqliteFile(sourceOf(one)),
		right: new SqliteFile(sourceOf(other)),
		// As the hashes of parts say.
		isKnown: (offset, length) =>
			length === PART &&
			one
				.subarray(offset, offset + PART)
				.equals(other.subarray(offset, offset + PART)),
		difference: (table) =>
			new TableDifference(table, {
				most: 0,
				noting: {},
				shown: () => () => "",
			}),
		leftOut: [],
		columnsOf: (sqls) => createSqlite().columnsOf(sqls),
	});
	const { tables } = atOnce(work, () => {});
	const [messages] = tables;
	expect(messages?.noted).toMatchObject({
		left: { count: 10 },
		right: { count: 20 },
		changed: { count: 20 },
	});
	expect(one.length).toBeGreaterThan(25_000_000);
	expect(read).toBeLessThan((one.length + other.length) / 8);
});
