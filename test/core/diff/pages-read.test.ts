import fs from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { expect, it } from "vitest";
import { areAllOther } from "../../../src/core/diff/changed-pages.ts";
import { comparingDatabases } from "../../../src/core/diff/compare-databases.ts";
import { SqliteFile } from "../../../src/core/diff/sqlite-file.ts";
import { TableDifference } from "../../../src/core/diff/table-difference.ts";
import { atOnce } from "../../../src/core/work.ts";
import { createSqlite } from "../../../src/system/sqlite.ts";
import { scratch } from "../../support/scratch.ts";

const PART = 256 * 1024;

const CHANGES = `UPDATE messages SET content = 'edited' || substr(content, 7) WHERE id BETWEEN 5000 AND 5019;
	DELETE FROM messages WHERE id BETWEEN 9000 AND 9009;
	INSERT INTO messages (content) SELECT content FROM messages LIMIT 20`;

const FOUND = {
	left: { count: 10 },
	right: { count: 20 },
	changed: { count: 20 },
};

/** 500 MB take under 3 s by this: the time is printed by hand, the pages are counted here. */
it("reads of two large databases the parts that differ, and few pages of the others", () => {
	const [one, other] = twoDatabases(CHANGES);
	const { tables, read } = compare(one, other);
	expect(tables[0]?.noted).toMatchObject(FOUND);
	expect(one.length).toBeGreaterThan(25_000_000);
	expect(read).toBeLessThan((one.length + other.length) / 8);
});

it("reads each page once where all have moved, and finds the same", () => {
	const [one, other] = twoDatabases(`VACUUM; ${CHANGES};
		UPDATE long SET content = substr(content, 1, 8999) || 'z' WHERE id = 7`);
	const [left, right] = [one, other].map(
		(bytes) => new SqliteFile(sourceOf(bytes, () => {})),
	) as [SqliteFile, SqliteFile];
	expect(areAllOther(left, right, () => false)).toBe(true);

	const { tables, read } = compare(one, other);
	const [long, messages] = tables;
	expect(tables).toHaveLength(2);
	expect(long?.noted.changed.count).toBe(1);
	expect(messages?.noted).toMatchObject(FOUND);
	expect(read).toBeLessThan((one.length + other.length) * 1.5);
});

/** The second made from the first, from which a table has gone that lay before the others. */
function twoDatabases(changes: string): [Buffer, Buffer] {
	const folder = scratch();
	const [left, right] = ["left.db", "right.db"].map((name) =>
		path.join(folder, name),
	) as [string, string];
	const database = new Database(left);
	database.exec(`CREATE TABLE first (content);
		INSERT INTO first VALUES (zeroblob(50000));
		CREATE TABLE messages (id INTEGER PRIMARY KEY, content TEXT);
		CREATE INDEX by_length ON messages (length(content));
		INSERT INTO messages (content) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
		SELECT hex(randomblob(700)) FROM n;
		CREATE TABLE long (id INTEGER PRIMARY KEY, content TEXT);
		INSERT INTO long (content) SELECT hex(randomblob(4500)) FROM messages LIMIT 20;
		DROP TABLE first`);
	database.close();
	fs.copyFileSync(left, right);
	const changed = new Database(right);
	changed.exec(changes);
	changed.close();
	return [fs.readFileSync(left), fs.readFileSync(right)];
}

function sourceOf(bytes: Buffer, count: (read: number) => void) {
	return {
		size: bytes.length,
		beginning: bytes.subarray(0, 100),
		read(offset: number, into: Uint8Array) {
			count(into.length);
			bytes.copy(into, 0, offset, offset + into.length);
		},
	};
}

function compare(one: Buffer, other: Buffer) {
	let read = 0;
	const count = (bytes: number) => {
		read += bytes;
	};
	const work = comparingDatabases({
		left: new SqliteFile(sourceOf(one, count)),
		right: new SqliteFile(sourceOf(other, count)),
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
	return { tables, read };
}
