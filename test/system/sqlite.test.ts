import fs from "node:fs";
import { describe, expect, it } from "vitest";
import { createSqlite } from "../../src/system/sqlite.ts";
import type { Patience } from "../../src/system/system.ts";
import { holder } from "../support/holder.ts";
import { scratch } from "../support/scratch.ts";
import { connect, makeDatabase, numbersAt } from "../support/small-database.ts";

const sqlite = createSqlite();
const patient: Patience = {
	signal: new AbortController().signal,
	deadline: undefined,
};
const busy = expect.objectContaining({ code: "SQLITE_BUSY" });

/** What is in the database when a pin of it is copied. */
async function copied(path: string): Promise<number[]> {
	const pin = await sqlite.pin(path, patient);
	try {
		await pin.copyTo(`${path}.copy`, patient);
	} finally {
		pin.release();
	}
	sqlite.makePlain(`${path}.copy`);
	return numbersAt(`${path}.copy`);
}

describe("a pinned database", () => {
	it.each([
		true,
		false,
	])("is copied as it was when it was pinned (write-ahead log: %s)", async (wal) => {
		const path = makeDatabase(`${scratch()}/x.db`, [1], { wal });
		const writer = connect(path);
		const pin = await sqlite.pin(path, patient);
		if (wal) writer.exec("INSERT INTO t VALUES (2)");
		else expect(() => writer.exec("INSERT INTO t VALUES (2)")).toThrow(busy);
		await pin.copyTo(`${path}.copy`, patient);
		pin.release();
		writer.exec("INSERT INTO t VALUES (3)");
		sqlite.makePlain(`${path}.copy`);
		expect(numbersAt(`${path}.copy`)).toEqual([1]);
		expect(numbersAt(path)).toEqual(wal ? [1, 2, 3] : [1, 3]);
	});

	it("is copied with the rows that stand only in its log", async () => {
		const path = makeDatabase(`${scratch()}/x.db`, [1], { wal: true });
		const writer = connect(path);
		writer.pragma("wal_autocheckpoint = 0");
		writer.exec("INSERT INTO t VALUES (2)");
		expect(fs.statSync(`${path}-wal`).size).toBeGreaterThan(0);
		expect(await copied(path)).toEqual([1, 2]);
	});

	it("is copied without a log beside the copy, and says its mode and size", async () => {
		const dir = scratch();
		const path = makeDatabase(`${dir}/x.db`, [1], { wal: true });
		const pin = await sqlite.pin(path, patient);
		expect(pin).toMatchObject({ journalMode: "wal", size: 8192 });
		await pin.copyTo(`${dir}/copy`, patient);
		pin.release();
		pin.release();
		sqlite.makePlain(`${dir}/copy`);
		expect(fs.readdirSync(dir).toSorted()).toEqual(["copy", "x.db"]);
	});

	it("leaves no sidecar behind that was not there, and keeps one that was", async () => {
		const dir = scratch();
		const path = makeDatabase(`${dir}/x.db`, [1], { wal: true });
		(await sqlite.pin(path, patient)).release();
		expect(fs.readdirSync(dir)).toEqual(["x.db"]);
		const writer = connect(path);
		writer.exec("INSERT INTO t VALUES (2)");
		(await sqlite.pin(path, patient)).release();
		expect(fs.readdirSync(dir)).toContain("x.db-wal");
	});

	it("is not had while another process has locked it, past the deadline", async () => {
		const path = makeDatabase(`${scratch()}/x.db`, [1]);
		const { kill } = await holder("lock", path);
		const deadline = performance.now() + 100;
		await expect(sqlite.pin(path, { ...patient, deadline })).rejects.toThrow(
			busy,
		);
		await kill();
		expect(await copied(path)).toEqual([1]);
	});

	it("is not waited for after a Ctrl-C", async () => {
		const path = makeDatabase(`${scratch()}/x.db`, [1]);
		await holder("lock", path);
		const pin = sqlite.pin(path, { ...patient, signal: AbortSignal.abort() });
		await expect(pin).rejects.toMatchObject({ name: "AbortError" });
	});

	it.each<[what: string, ruin: (path: string) => void, code: string]>([
		[
			"is no database",
			(path) => fs.writeFileSync(path, "text ".repeat(500)),
			"SQLITE_NOTADB",
		],
		["lacks a page", (path) => fs.truncateSync(path, 4096), "SQLITE_CORRUPT"],
		["is not there", (path) => fs.unlinkSync(path), "SQLITE_CANTOPEN"],
	])("is refused, and nothing is made, when it %s", async (_, ruin, code) => {
		const dir = scratch();
		const path = makeDatabase(`${dir}/x.db`, [1, 2, 3]);
		ruin(path);
		const before = fs.readdirSync(dir);
		const attempt = copied(path);
		await expect(attempt).rejects.toMatchObject({ code });
		expect(fs.readdirSync(dir).filter((name) => name !== "x.db.copy")).toEqual(
			before,
		);
	});

	it("is not taken for sound when the file ends within a page", async () => {
		const dir = scratch();
		const path = makeDatabase(`${dir}/x.db`, [1, 2, 3]);
		fs.truncateSync(path, fs.statSync(path).size - 1);
		const verdict = await copied(path).then(
			() => sqlite.check(`${path}.copy`, 60_000),
			() => ({ verdict: "refused" }),
		);
		expect(verdict.verdict).not.toBe("ok");
	});

	it.each([
		"x.db ",
		"x.db\n",
		"x.db\udcff",
	])("is refused when SQLite would open another file for it: %j", async (name) => {
		const dir = scratch();
		makeDatabase(`${dir}/x.db`, [1]);
		await expect(sqlite.pin(`${dir}/${name}`, patient)).rejects.toThrow(
			"cannot open a file of that name",
		);
		expect(fs.readdirSync(dir)).toEqual(["x.db"]);
	});
});

describe("a database of our own", () => {
	it("changes its journal mode and becomes a single file again", () => {
		const dir = scratch();
		const path = makeDatabase(`${dir}/x.db`, [1]);
		sqlite.setJournalMode(path, "wal");
		expect(fs.readFileSync(path)[18]).toBe(2);
		sqlite.makePlain(path);
		expect(fs.readFileSync(path)[18]).toBe(1);
		expect(fs.readdirSync(dir)).toEqual(["x.db"]);
	});
});

describe("the lock", () => {
	it("has one holder, and is let go", () => {
		const path = `${scratch()}/lock.db`;
		const release = sqlite.tryLock(path);
		expect(release).toBeDefined();
		expect(sqlite.tryLock(path)).toBeUndefined();
		release?.();
		const again = sqlite.tryLock(path);
		expect(again).toBeDefined();
		again?.();
	});

	it("needs no file but its own, so that a disk that can take no more files can still be pruned", () => {
		const dir = scratch();
		const release = sqlite.tryLock(`${dir}/lock.db`);
		expect(fs.readdirSync(dir)).toEqual(["lock.db"]);
		release?.();
	});

	it("can be shared by any number, and nobody has it alone then", () => {
		const path = `${scratch()}/lock.db`;
		fs.writeFileSync(path, ""); // as it is found: nothing is ever written to it
		const sharers = [sqlite.tryLock(path, true), sqlite.tryLock(path, true)];
		expect(sharers).not.toContain(undefined);
		expect(sqlite.tryLock(path)).toBeUndefined();
		for (const release of sharers) release?.();
		const alone = sqlite.tryLock(path);
		expect(alone).toBeDefined();
		expect(sqlite.tryLock(path, true)).toBeUndefined();
		alone?.();
	});

	it("is not shared with another process that has it", async () => {
		const path = `${scratch()}/lock.db`;
		const { kill } = await holder("lock", path);
		expect(sqlite.tryLock(path, true)).toBeUndefined();
		await kill();
		sqlite.tryLock(path, true)?.();
	});

	it("is let go by the kernel when its holder is killed", async () => {
		const path = `${scratch()}/lock.db`;
		const { kill } = await holder("lock", path);
		expect(sqlite.tryLock(path)).toBeUndefined();
		await kill();
		const release = sqlite.tryLock(path);
		expect(release).toBeDefined();
		release?.();
	});
});

describe("SQLite itself", () => {
	it("is new enough to be free of the bug that corrupts a reset log", () => {
		const [major = 0, minor = 0, patch = 0] = sqlite.version
			.split(".")
			.map(Number);
		expect(major * 1e6 + minor * 1e3 + patch).toBeGreaterThanOrEqual(3_051_003);
	});
});

describe("a live database that is tidied", () => {
	it.each([
		["-wal", true],
		["-journal", true],
		["-wal", false],
		["-shm", false],
		["-journal", false],
	])("loses an empty %s (write-ahead log: %s)", (suffix, wal) => {
		const dir = scratch();
		const path = makeDatabase(`${dir}/x.db`, [1], { wal });
		fs.writeFileSync(path + suffix, "");
		sqlite.tidy(path);
		expect(fs.readdirSync(dir)).toEqual(["x.db"]);
		expect(numbersAt(path)).toEqual([1]);
	});

	it("keeps the log that another connection works with", () => {
		const path = makeDatabase(`${scratch()}/x.db`, [1], { wal: true });
		const agent = connect(path);
		agent.exec("INSERT INTO t VALUES (2)");
		sqlite.tidy(path);
		agent.exec("INSERT INTO t VALUES (3)");
		expect(numbersAt(path)).toEqual([1, 2, 3]);
		expect(fs.statSync(`${path}-wal`).size).toBeGreaterThan(0);
	});

	it("is left as it is while somebody writes to it", () => {
		const path = makeDatabase(`${scratch()}/x.db`, [1]);
		const agent = connect(path);
		agent.exec("BEGIN IMMEDIATE; INSERT INTO t VALUES (2)");
		fs.writeFileSync(`${path}-shm`, "");
		sqlite.tidy(path);
		expect(fs.existsSync(`${path}-shm`)).toBe(true);
		agent.exec("COMMIT");
		expect(numbersAt(path)).toEqual([1, 2]);
	});
});

describe("a live database that is reserved", () => {
	it("is read by everybody and written to by nobody, until it is given back", () => {
		const path = makeDatabase(`${scratch()}/x.db`, [1]);
		const agent = connect(path);
		const letWrite = sqlite.reserve(path);
		expect(numbersAt(path)).toEqual([1]);
		expect(() => agent.exec("INSERT INTO t VALUES (2)")).toThrow(busy);
		letWrite?.();
		agent.exec("INSERT INTO t VALUES (2)");
		expect(numbersAt(path)).toEqual([1, 2]);
	});

	it("is not, while somebody writes to it", () => {
		const path = makeDatabase(`${scratch()}/x.db`, [1]);
		const agent = connect(path);
		agent.exec("BEGIN IMMEDIATE");
		expect(sqlite.reserve(path)).toBeUndefined();
		agent.exec("COMMIT");
	});
});
