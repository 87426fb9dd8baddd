import fs from "node:fs";
import Database from "better-sqlite3";
import { describe, expect, it, onTestFinished } from "vitest";
import { asSingleFile } from "../../src/core/files/database-header.ts";
import { createSqlite } from "../../src/system/sqlite.ts";
import type { Patience, PinnedDatabase } from "../../src/system/system.ts";
import { scratch } from "../support/scratch.ts";
import { sqlAgent } from "../support/sql-agent.ts";

const sqlite = createSqlite();
const patient: Patience = {
	signal: new AbortController().signal,
	deadline: undefined,
};
const doubtful = expect.objectContaining({ code: "NOT_AS_PINNED" });

async function pin(path: string): Promise<PinnedDatabase> {
	const made = await sqlite.pin(path, patient);
	onTestFinished(() => made.release());
	return made;
}

/** All of it, in parts of so many pages. */
function readRaw(made: PinnedDatabase, pages = 3): Buffer {
	const { raw, size, pageSize } = made;
	if (raw === undefined) throw new Error("it cannot be read raw");
	const parts: Buffer[] = [];
	for (let offset = 0; offset < size; offset += pages * pageSize) {
		const part = Buffer.alloc(pages * pageSize, 0xee);
		parts.push(part.subarray(0, raw.read(offset, part)));
	}
	return Buffer.concat(parts);
}

/** What SQLite's backup of it gives, but for the counters in the header that it begins anew in every copy: they are as in `like`. */
async function copied(made: PinnedDatabase, like: Buffer): Promise<Buffer> {
	const to = `${scratch()}/copy`;
	await made.copyTo(to, patient);
	sqlite.makePlain(to);
	const bytes = fs.readFileSync(to);
	for (const [from, end] of [
		[24, 28], // changes
		[40, 44], // schema changes
		[92, 100], // changes again, and the version of SQLite
	] as const)
		like.copy(bytes, from, from, end);
	return bytes;
}

/** Reads it raw, and sees that it is what SQLite copies, sound and a single file. */
async function expectSame(made: PinnedDatabase): Promise<Buffer> {
	const bytes = readRaw(made);
	made.raw?.confirm();
	expect(bytes.length).toBe(made.size);
	asSingleFile(bytes);
	expect(bytes.equals(await copied(made, bytes))).toBe(true);
	const dir = scratch();
	fs.writeFileSync(`${dir}/raw`, bytes);
	const database = new Database(`${dir}/raw`);
	expect(database.pragma("integrity_check", { simple: true })).toBe("ok");
	expect(database.pragma("journal_mode", { simple: true })).toBe("delete");
	database.close();
	expect(fs.readdirSync(dir)).toEqual(["raw"]);
	return bytes;
}

const FILL = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
	INSERT INTO t SELECT i, hex(randomblob(200)) FROM n`;

/** A database of some pages, and another process that has it open. */
async function agentWith(mode: string, pageSize = 4096) {
	const path = `${scratch()}/x.db`;
	const agent = await sqlAgent(path);
	await agent.run(
		`PRAGMA page_size = ${pageSize}`,
		"PRAGMA auto_vacuum = INCREMENTAL",
		`PRAGMA journal_mode = ${mode}`,
		"PRAGMA wal_autocheckpoint = 0",
		"CREATE TABLE t (n, text)",
		FILL,
	);
	return { path, agent };
}

const checkpoint = (how: string) => `PRAGMA wal_checkpoint(${how})`;
const COUNT = "SELECT count(*) FROM t";

describe("a pinned database, read raw", () => {
	it.each([
		"wal",
		"delete",
		"truncate",
		"persist",
		"memory",
		"off",
	])("is what SQLite copies, in journal mode %s", async (mode) => {
		const { path } = await agentWith(mode);
		await expectSame(await pin(path));
	});

	it.each([
		512, 1024, 8192, 32_768, 65_536,
	])("is what SQLite copies, with pages of %i bytes", async (pageSize) => {
		const { path, agent } = await agentWith("wal", pageSize);
		await agent.run(checkpoint("TRUNCATE"), FILL);
		const made = await pin(path);
		expect(made.pageSize).toBe(pageSize);
		await expectSame(made);
	});

	it.each([
		"PASSIVE",
		"FULL",
		"RESTART",
		"TRUNCATE",
	])("stays the same when its log is checkpointed between pin and read: %s", async (how) => {
		const { path, agent } = await agentWith("wal");
		await agent.run(checkpoint("PASSIVE"), "UPDATE t SET text = 'pinned'");
		const made = await pin(path);
		const before = readRaw(made);
		await agent.run("UPDATE t SET text = 'later'");
		await agent.run(checkpoint(how));
		expect(readRaw(made).equals(before)).toBe(true);
		await expectSame(made);
	});

	it("stays the same when a writer begins a log anew that it does not need", async () => {
		const { path, agent } = await agentWith("wal");
		await agent.run(checkpoint("PASSIVE"));
		const log = () => fs.readFileSync(`${path}-wal`).subarray(0, 32);
		const made = await pin(path);
		const [before, first] = [readRaw(made), log()];
		await agent.run("UPDATE t SET text = 'later'");
		expect(log()).not.toEqual(first);
		await agent.run(checkpoint("PASSIVE"));
		expect(readRaw(made).equals(before)).toBe(true);
		await expectSame(made);
	});

	it("holds what has grown and what has shrunk only in the log", async () => {
		const { path, agent } = await agentWith("wal");
		await agent.run(checkpoint("TRUNCATE"));
		await agent.run(FILL, FILL);
		await expectSame(await pin(path));
		await agent.run("DELETE FROM t WHERE n > 10", "PRAGMA incremental_vacuum");
		await agent.run("PRAGMA incremental_vacuum(1000)");
		await expectSame(await pin(path));
		await agent.run("VACUUM");
		const made = await pin(path);
		expect(made.size).toBeLessThan(fs.statSync(path).size);
		await expectSame(made);
	});

	it("is right when a log has more frames than one block of its index", async () => {
		const { path, agent } = await agentWith("wal", 512);
		for (let turn = 0; turn < 12; turn++)
			await agent.run(FILL, "UPDATE t SET n = n + 1");
		const frames = (fs.statSync(`${path}-wal`).size - 32) / (512 + 24);
		expect(frames).toBeGreaterThan(4062 + 2 * 4096);
		await expectSame(await pin(path));
	});

	it("is that of the log which a writer left who died", async () => {
		const { path, agent } = await agentWith("wal");
		await agent.kill();
		fs.rmSync(`${path}-shm`);
		await expectSame(await pin(path));
	});

	it("is had when nobody has it open, and there is no log yet", async () => {
		const { path, agent } = await agentWith("wal");
		await agent.run(checkpoint("TRUNCATE"));
		await agent.kill();
		for (const suffix of ["-wal", "-shm"]) fs.rmSync(`${path}${suffix}`);
		const made = await pin(path);
		await expectSame(made);
		made.release();
		expect(fs.existsSync(`${path}-wal`)).toBe(false);
	});

	it("is had when the path is a link to it", async () => {
		const { path } = await agentWith("wal");
		fs.symlinkSync(path, `${path}.link`);
		await expectSame(await pin(`${path}.link`));
	});

	it("is not had when the memory of its log cannot be written to", async () => {
		const { path } = await agentWith("wal");
		const access = fs.accessSync;
		onTestFinished(() => {
			fs.accessSync = access;
		});
		fs.accessSync = () => {
			throw Object.assign(new Error("denied"), { code: "EACCES" });
		};
		const made = await pin(path);
		expect(made.raw).toBeUndefined();
		await made.copyTo(`${path}.copy`, patient);
	});
});

describe("a mark in the log", () => {
	const INSERT = "INSERT INTO t VALUES (1, hex(randomblob(3000)))";
	const since = (made: PinnedDatabase, mark = "") => made.raw?.since(mark);

	it("tells the pages that may differ from its content, and no others", async () => {
		const { path, agent } = await agentWith("wal");
		await agent.run(INSERT);
		const first = await pin(path);
		const then = readRaw(first);
		await agent.run(INSERT, "UPDATE t SET n = -n WHERE n = 7");
		const second = await pin(path);
		const now = readRaw(second);
		const touched = since(second, first.raw?.mark);
		let kept = 0;
		for (let at = 0; at < now.length; at += second.pageSize) {
			if (touched?.(at, second.pageSize)) continue;
			const end = at + second.pageSize;
			expect(now.compare(then, at, end, at, end), `page at ${at}`).toBe(0);
			kept++;
		}
		expect(kept).toBeGreaterThan(10);
		expect(touched?.(0, now.length)).toBe(true);
	});

	it("of the file alone tells all that stands in the log", async () => {
		const { path, agent } = await agentWith("wal");
		await agent.run("PRAGMA wal_checkpoint(TRUNCATE)");
		const first = await pin(path);
		expect(first.raw?.mark).toBe("-");
		first.release();
		await agent.run(INSERT);
		const touched = since(await pin(path), "-");
		expect(touched?.(0, 4096 * 1000)).toBe(true);
	});

	it("says nothing any more when its frames were taken back, and others came in their place", async () => {
		const { path, agent } = await agentWith("wal");
		const { size } = fs.statSync(`${path}-wal`);
		await agent.run(INSERT);
		const first = await pin(path);
		first.release();
		await agent.kill();
		// What was not synced is gone.
		fs.truncateSync(`${path}-wal`, size);
		fs.rmSync(`${path}-shm`);
		const other = await sqlAgent(path);
		await other.run("PRAGMA wal_autocheckpoint = 0", INSERT, INSERT);
		const second = await pin(path);
		expect(since(second, first.raw?.mark)).toBe(undefined);
		await expectSame(second);
	});

	it("says nothing any more when the log was begun anew", async () => {
		const { path, agent } = await agentWith("wal");
		const first = await pin(path);
		first.release();
		await agent.run("PRAGMA wal_checkpoint(TRUNCATE)", INSERT);
		expect(since(await pin(path), first.raw?.mark)).toBe(undefined);
	});
});

describe("what cannot be relied on", () => {
	it("is a log that was begun anew, by somebody who asks for no locks", async () => {
		const { path } = await agentWith("wal");
		const made = await pin(path);
		readRaw(made);
		const log = fs.openSync(`${path}-wal`, "r+");
		fs.writeSync(log, Buffer.alloc(8, 7), 0, 8, 16);
		fs.closeSync(log);
		expect(() => made.raw?.confirm()).toThrow(doubtful);
	});

	it("is a log that was cut off", async () => {
		const { path } = await agentWith("wal");
		const made = await pin(path);
		fs.truncateSync(`${path}-wal`, 32);
		expect(() => readRaw(made)).toThrow(doubtful);
		expect(() => made.raw?.confirm()).toThrow(doubtful);
	});

	it.each([
		"wal",
		"delete",
	])("is a database without a log to read, written to past its locks (%s)", async (mode) => {
		const { path, agent } = await agentWith(mode);
		await agent.run(checkpoint("TRUNCATE"));
		const made = await pin(path);
		readRaw(made);
		fs.writeFileSync(path, "x", { flag: "r+" });
		expect(() => made.raw?.confirm()).toThrow(doubtful);
	});

	it("is a database that has become shorter than its pages", async () => {
		const { path } = await agentWith("delete");
		const made = await pin(path);
		fs.truncateSync(path, made.size - made.pageSize);
		expect(() => readRaw(made)).toThrow(doubtful);
	});
});

describe("the locks of a pinned database", () => {
	const descriptors = () => fs.readdirSync("/proc/self/fd").length;

	it("stay when another name of it is released", async () => {
		const { path, agent } = await agentWith("delete");
		fs.linkSync(path, `${path}.link`);
		const [made, other] = [await pin(path), await pin(`${path}.link`)];
		readRaw(other);
		other.release();
		expect(await agent.run(FILL)).toEqual({ error: "SQLITE_BUSY" });
		made.release();
		expect(await agent.run(FILL)).toBe(300);
	});

	it("keep the log from being taken away when another pin of it is released", async () => {
		const { path, agent } = await agentWith("wal");
		const [made, other] = [await pin(path), await pin(path)];
		readRaw(other);
		other.release();
		await agent.kill();
		const guest = await sqlAgent(path);
		expect(await guest.run(COUNT)).toEqual([300]);
		await guest.run(checkpoint("TRUNCATE"));
		await guest.run("PRAGMA journal_mode = DELETE");
		expect(fs.existsSync(`${path}-wal`)).toBe(true);
		await expectSame(made);
	});

	it("stay when all that is open besides is a connection for something else", async () => {
		const { path, agent } = await agentWith("delete");
		const unlock = sqlite.reserve(path);
		const made = await pin(path);
		readRaw(made);
		made.release();
		expect(await agent.run(FILL)).toEqual({ error: "SQLITE_BUSY" });
		unlock?.();
		expect(await agent.run(FILL)).toBe(300);
	});

	it("cost no descriptor once nothing is open, and none for a second pin before that", async () => {
		const { path } = await agentWith("wal");
		const before = descriptors();
		const unlock = sqlite.tryLock(`${path}.lock`);
		const locked = descriptors();
		for (let turn = 0; turn < 5; turn++) {
			const made = await pin(path);
			readRaw(made);
			made.release();
			expect(descriptors()).toBe(locked + 3);
		}
		unlock?.();
		expect(descriptors()).toBe(before);
	});

	it("cost no descriptor when a database could not be pinned", async () => {
		const { path, agent } = await agentWith("delete");
		const before = descriptors();
		fs.writeFileSync(path, "text ".repeat(5000));
		await expect(sqlite.pin(path, patient)).rejects.toThrow();
		expect(descriptors()).toBe(before);
		await agent.kill();
	});
});
