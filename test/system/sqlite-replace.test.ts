import fs from "node:fs";
import { describe, expect, it } from "vitest";
import { createSqlite } from "../../src/system/sqlite.ts";
import type { NewContent } from "../../src/system/system.ts";
import { holder } from "../support/holder.ts";
import { scratch } from "../support/scratch.ts";
import {
	connect,
	makeDatabase,
	numbersAt,
	numbersIn,
} from "../support/small-database.ts";

const sqlite = createSqlite();
const busy = expect.objectContaining({ code: "SQLITE_BUSY" });

function inOne(path: string): NewContent {
	return { files: [path], whole: async () => path };
}

function pair(wal: boolean) {
	const dir = scratch();
	return {
		live: makeDatabase(`${dir}/live.db`, [1, 2, 3], { wal }),
		from: makeDatabase(`${dir}/new.db`, [7]),
	};
}

describe.each([
	["with a write-ahead log", true],
	["with a rollback journal", false],
])("replacing the content of a live database %s", (_, wal) => {
	it("is seen by those who have it open, in the same file", async () => {
		const { live, from } = pair(wal);
		const agent = connect(live);
		expect(numbersIn(agent)).toEqual([1, 2, 3]);
		const inode = fs.statSync(live).ino;
		const replacement = await sqlite.beginReplace(inOne(from), live, 0);
		await replacement.commit();
		expect(numbersIn(agent)).toEqual([7]);
		agent.exec("INSERT INTO t VALUES (8)");
		expect(numbersAt(live)).toEqual([7, 8]);
		expect(fs.statSync(live).ino).toBe(inode);
	});

	it("lets nobody write between its beginning and its commit", async () => {
		const { live, from } = pair(wal);
		const agent = connect(live);
		const replacement = await sqlite.beginReplace(inOne(from), live, 0);
		expect(() => agent.exec("INSERT INTO t VALUES (9)")).toThrow(busy);
		await replacement.commit();
		agent.exec("INSERT INTO t VALUES (9)");
		expect(numbersIn(agent)).toEqual([7, 9]);
	});

	it("changes nothing when it is called off", async () => {
		const { live, from } = pair(wal);
		const agent = connect(live);
		const replacement = await sqlite.beginReplace(inOne(from), live, 0);
		await replacement.abort();
		agent.exec("INSERT INTO t VALUES (9)");
		expect(numbersIn(agent)).toEqual([1, 2, 3, 9]);
		expect(numbersAt(from)).toEqual([7]);
	});

	it("is refused while somebody else writes, and done when they have gone", async () => {
		const { live, from } = pair(wal);
		const { kill } = await holder("write", live);
		await expect(
			sqlite.beginReplace(inOne(from), live, 0),
		).rejects.toMatchObject({
			code: "busy-database",
		});
		await kill();
		await (await sqlite.beginReplace(inOne(from), live, 0)).commit();
		expect(numbersAt(live)).toEqual([7]);
	});

	it("is not waited for any longer after Ctrl-C, or when the time is up", async () => {
		const { live, from } = pair(wal);
		await holder("write", live);
		const waitWith = (signal: AbortSignal, deadline?: number) =>
			sqlite.beginReplace(inOne(from), live, 600_000, { signal, deadline });
		await expect(waitWith(AbortSignal.abort())).rejects.toMatchObject({
			name: "AbortError",
		});
		await expect(
			waitWith(new AbortController().signal, 0),
		).rejects.toMatchObject({ code: "timed-out" });
	});
});

describe("a live database", () => {
	it.each([
		true,
		false,
	])("is free when nobody has it (write-ahead log: %s)", (wal) => {
		const { live } = pair(wal);
		expect(sqlite.isFree(live)).toBe(true);
		expect(numbersAt(live)).toEqual([1, 2, 3]);
		expect(fs.readdirSync(live.replace("/live.db", "")).toSorted()).toEqual([
			"live.db",
			"new.db",
		]);
	});

	it("is not free while a connection has it in its hands", () => {
		const { live } = pair(true);
		numbersIn(connect(live));
		expect(sqlite.isFree(live)).toBe(false);
	});

	it("is not free while another process writes to it", async () => {
		const { live } = pair(false);
		await holder("write", live);
		expect(sqlite.isFree(live)).toBe(false);
	});
});
