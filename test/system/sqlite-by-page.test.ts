import fs from "node:fs";
import Database from "better-sqlite3";
import { describe, expect, it, onTestFinished } from "vitest";
import { createSqlite } from "../../src/system/sqlite.ts";
import type { NewContent } from "../../src/system/system.ts";
import { readWalState } from "../../src/system/wal-index.ts";
import { WalTail } from "../../src/system/wal-tail.ts";
import { scratch } from "../support/scratch.ts";
import { connect } from "../support/small-database.ts";

const sqlite = createSqlite();
const PAGE = 4096;
const FRAME = 24 + PAGE;
const ROWS = 600;

/** A table of `rows` texts of a page each, all "old" but for these. */
function make(
	path: string,
	{ rows = ROWS, others = {}, wal = false, more = "" }: Made = {},
): string {
	const database = new Database(path);
	database.pragma(`page_size = ${PAGE}`);
	if (wal) database.pragma("journal_mode = WAL");
	database.exec("CREATE TABLE t (n INTEGER PRIMARY KEY, text TEXT)");
	const insert = database.prepare("INSERT INTO t VALUES (?, ?)");
	database.transaction(() => {
		for (let n = 1; n <= rows; n++)
			insert.run(n, (others[n] ?? "old").padEnd(3000));
	})();
	database.exec(more);
	database.close();
	return path;
}

interface Made {
	readonly rows?: number;
	readonly others?: Readonly<Record<number, string>>;
	readonly wal?: boolean;
	readonly more?: string;
}

function textsIn(database: Database.Database): Map<number, string> {
	const rows = database
		.prepare<[], { n: number; text: string }>(
			"SELECT n, trim(text) text FROM t",
		)
		.all();
	return new Map(rows.map(({ n, text }) => [n, text]));
}

function inOne(path: string): NewContent {
	return { files: [path], whole: notPutTogether };
}

async function notPutTogether(): Promise<string> {
	throw new Error("put together, though the pages could be written alone");
}

/** As they lie in a snapshot. */
function inParts(path: string, bytes: number): NewContent {
	const content = fs.readFileSync(path);
	const files: string[] = [];
	for (let at = 0; at < content.length; at += bytes) {
		files.push(`${path}.${files.length}`);
		fs.writeFileSync(files.at(-1) ?? "", content.subarray(at, at + bytes));
	}
	return { files, whole: notPutTogether };
}

async function replace(live: string, content: NewContent): Promise<boolean> {
	return (await sqlite.beginReplace(content, live, 0)).commit();
}

function sizeOf(path: string): number {
	return fs.statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** What may stand in the log when it begins. */
const LOGS: Record<string, (agent: Database.Database) => void> = {
	"was never written to": () => {},
	"holds commits": (agent) => agent.exec("UPDATE t SET text = 'x' WHERE n < 9"),
	"was taken in": (agent) => {
		agent.exec("UPDATE t SET text = 'x' WHERE n < 9");
		agent.pragma("wal_checkpoint(PASSIVE)");
	},
	"will be begun anew": (agent) => {
		agent.exec("UPDATE t SET text = 'x' WHERE n < 300");
		agent.pragma("wal_checkpoint(RESTART)");
	},
	"was begun anew": (agent) => {
		agent.exec("UPDATE t SET text = 'x' WHERE n < 300");
		agent.pragma("wal_checkpoint(RESTART)");
		agent.exec("UPDATE t SET text = 'y' WHERE n = 7");
	},
	"was emptied": (agent) => {
		agent.exec("UPDATE t SET text = 'x' WHERE n < 9");
		agent.pragma("wal_checkpoint(TRUNCATE)");
	},
};

describe.each(Object.keys(LOGS))("a live database whose log %s", (name) => {
	it.each([
		["more", { others: { 5: "new" }, rows: ROWS + 300 }],
		["less", { others: { 5: "new" }, rows: ROWS - 300 }],
	])("takes in %s than it had, before the eyes of who has it open", async (_, wanted) => {
		const dir = scratch();
		const live = make(`${dir}/live.db`, { wal: true });
		const from = make(`${dir}/new.db`, wanted);
		const agent = connect(live);
		agent.pragma("wal_autocheckpoint = 0");
		LOGS[name]?.(agent);
		textsIn(agent);
		expect(await replace(live, inParts(from, 16 * PAGE))).toBe(true);
		expect(textsIn(agent)).toEqual(textsIn(connect(from)));
		agent.exec("INSERT INTO t VALUES (5000, 'later')");
		agent.pragma("wal_checkpoint(TRUNCATE)");
		agent.close();
		const after = connect(live);
		expect(textsIn(after).size).toBe(wanted.rows + 1);
		expect(after.pragma("integrity_check", { simple: true })).toBe("ok");
	});

	it("is as it was when it is called off", async () => {
		const dir = scratch();
		const live = make(`${dir}/live.db`, { wal: true });
		const from = make(`${dir}/new.db`, { others: { 5: "new" } });
		const agent = connect(live);
		LOGS[name]?.(agent);
		const [texts, log] = [textsIn(agent), sizeOf(`${live}-wal`)];
		await (await sqlite.beginReplace(inOne(from), live, 0)).abort();
		expect(textsIn(agent)).toEqual(texts);
		expect(sizeOf(`${live}-wal`)).toBe(log);
	});

	it("is whole behind a death before the commit was told, old or new", () => {
		const dir = scratch();
		const live = make(`${dir}/live.db`, { wal: true });
		const agent = connect(live);
		agent.pragma("wal_autocheckpoint = 0");
		LOGS[name]?.(agent);
		const old = textsIn(agent);
		const [frames, pages] = [sameAgain(live), sizeOf(live) / PAGE];
		// It goes on beside what was left in its log, and whoever comes, too.
		expect(textsIn(agent)).toEqual(old);
		agent.exec("UPDATE t SET text = 'on' WHERE n = 1");
		expect(textsIn(connect(live))).toEqual(old.set(1, "on"));
		expect(agent.pragma("integrity_check", { simple: true })).toBe("ok");
		expect([frames, pages]).toEqual([2, pages]);
	});
});

/** Adds a commit of two pages to the log, and dies. Returns how many frames it wrote. */
function sameAgain(live: string): number {
	const files = ["-wal", "-shm"].map((suffix) =>
		fs.openSync(`${live}${suffix}`, "r+"),
	);
	const [log = -1, index = -1] = files;
	onTestFinished(() => files.forEach((file) => void fs.closeSync(file)));
	const state = readWalState(index);
	const tail = state && WalTail.of(log, state, PAGE);
	const pages = Array.from({ length: 2 }, (_, at) => {
		const page = Buffer.alloc(PAGE);
		const file = fs.openSync(live, "r");
		fs.readSync(file, page, 0, PAGE, at * PAGE);
		onTestFinished(() => fs.closeSync(file));
		return page;
	});
	const [first = Buffer.alloc(0), second = first] = pages;
	tail?.add(2, second);
	tail?.end(1, first, sizeOf(live) / PAGE);
	return pages.length;
}

describe("a live database", () => {
	it("takes in only the pages that differ", async () => {
		const dir = scratch();
		const live = make(`${dir}/live.db`, { wal: true });
		const from = make(`${dir}/new.db`, { others: { 5: "new", 400: "new" } });
		const agent = connect(live);
		textsIn(agent);
		expect(await replace(live, inOne(from))).toBe(true);
		expect(textsIn(agent).get(400)).toBe("new");
		const frames = (sizeOf(`${live}-wal`) - 32) / FRAME;
		expect(frames).toBeGreaterThanOrEqual(3);
		expect(frames).toBeLessThan(10);
	});

	it("shows a new table to who has it open", async () => {
		const dir = scratch();
		const live = make(`${dir}/live.db`, { wal: true });
		const from = make(`${dir}/new.db`, { more: "CREATE TABLE other (m)" });
		const agent = connect(live);
		const rows = agent.prepare("SELECT count(*) FROM t").pluck();
		rows.get();
		await replace(live, inOne(from));
		agent.exec("INSERT INTO other VALUES (1)");
		expect(rows.get()).toBe(ROWS);
	});

	it("stays what it was for a reader who is in the middle, and lets him not write over the new", async () => {
		const dir = scratch();
		const live = make(`${dir}/live.db`, { wal: true });
		const from = make(`${dir}/new.db`, { others: { 5: "new" }, rows: 10 });
		const reader = connect(live);
		reader.exec("BEGIN");
		const before = textsIn(reader);
		expect(await replace(live, inOne(from))).toBe(true);
		expect(textsIn(reader)).toEqual(before);
		expect(() => reader.exec("UPDATE t SET text = 'mine'")).toThrow(
			expect.objectContaining({ code: "SQLITE_BUSY_SNAPSHOT" }),
		);
		reader.exec("ROLLBACK");
		expect(textsIn(reader)).toEqual(textsIn(connect(from)));
	});

	it("of another page size is put together, and refused by SQLite as ever", async () => {
		const dir = scratch();
		const live = make(`${dir}/live.db`, { wal: true });
		const from = new Database(`${dir}/new.db`);
		from.pragma("page_size = 8192");
		from.exec("CREATE TABLE t (n)");
		from.close();
		const asked: string[] = [];
		const whole = async () => {
			asked.push("whole");
			return `${dir}/new.db`;
		};
		const files = [`${dir}/new.db`];
		await expect(
			sqlite.beginReplace({ files, whole }, live, 0),
		).rejects.toMatchObject({ code: "SQLITE_READONLY" });
		expect(asked).toEqual(["whole"]);
		expect(textsIn(connect(live)).size).toBe(ROWS);
	});
});

describe("a doubt about what was read", () => {
	it("has all pages written, in frames that count", async () => {
		const dir = scratch();
		const live = make(`${dir}/live.db`, { wal: true, rows: 3000 });
		const from = make(`${dir}/new.db`, { rows: 3000, others: { 5: "new" } });
		const agent = connect(live);
		agent.exec("UPDATE t SET text = 'x'");
		agent.pragma("wal_checkpoint(PASSIVE)");
		let told = 0;
		const progress = {
			begin() {},
			at() {},
			end() {},
			add() {
				// As a program does that keeps copies: nothing is written, and it looks as if.
				if (++told === 3) fs.utimesSync(live, new Date(), new Date());
			},
		};
		const { signal } = new AbortController();
		const patience = { signal, deadline: undefined, progress };
		const replacement = await sqlite.beginReplace(
			inOne(from),
			live,
			0,
			patience,
		);
		expect(await replacement.commit()).toBe(true);
		expect(told).toBeGreaterThan(3);
		expect(textsIn(agent)).toEqual(textsIn(connect(from)));
	});
});

describe("what the database is known to have already", () => {
	it("is not read, and stays as it is", async () => {
		const dir = scratch();
		const live = make(`${dir}/live.db`, { wal: true });
		const from = make(`${dir}/new.db`, { others: { 5: "new" } });
		const agent = connect(live);
		const part = 256 * 1024;
		const bytes = fs.readFileSync(from);
		const files: string[] = [];
		for (let at = 0; at < bytes.length; at += part) {
			const file = `${dir}/part-${at}`;
			const sound = bytes.subarray(at, at + part);
			// What has rotted is none of those that are needed.
			fs.writeFileSync(file, at === 0 ? sound : Buffer.alloc(sound.length, 7));
			files.push(file);
		}
		const whole = async () => from;
		const content = { files, whole };
		const replacement = await sqlite.beginReplace(content, live, 0);
		expect(await replacement.commit((offset) => offset >= part)).toBe(true);
		expect(textsIn(agent)).toEqual(textsIn(connect(from)));
	});

	it("is not written in doubt, when it was not looked at", async () => {
		const dir = scratch();
		const live = make(`${dir}/live.db`, { wal: true, rows: 3000 });
		const from = make(`${dir}/new.db`, { rows: 3000, others: { 5: "new" } });
		const agent = connect(live);
		agent.exec("UPDATE t SET text = 'x'");
		agent.pragma("wal_checkpoint(PASSIVE)");
		const rows = textsIn(agent);
		const replacement = await sqlite.beginReplace(inOne(from), live, 0);
		const touched = () => {
			fs.utimesSync(live, new Date(), new Date());
			return false;
		};
		await expect(replacement.commit(touched)).rejects.toMatchObject({
			code: "NOT_AS_PINNED",
		});
		expect(textsIn(agent)).toEqual(rows);
		agent.exec("DELETE FROM t WHERE n = 1");
		expect(textsIn(connect(live)).size).toBe(rows.size - 1);
	});
});

describe("a failure behind the commit", () => {
	it("does not say that nothing was changed", async () => {
		const dir = scratch();
		const live = make(`${dir}/live.db`, { wal: true });
		const from = make(`${dir}/new.db`, { others: { 5: "new" } });
		const agent = connect(live);
		const replacement = await sqlite.beginReplace(inOne(from), live, 0);
		let calls = 0;
		const written = Math.ceil(sizeOf(from) / 2 ** 20);
		const failing = () => {
			if (++calls > written)
				throw Object.assign(new Error("read back"), { code: "EIO" });
			return false;
		};
		await expect(replacement.commit(failing)).rejects.toMatchObject({
			name: "Uncertain",
			code: "EIO",
		});
		expect(textsIn(agent)).toEqual(textsIn(connect(from)));
	});
});

describe("frames that are taken back", () => {
	it("leave the log as long as it was, and the database what it was", () => {
		const dir = scratch();
		const live = make(`${dir}/live.db`, { wal: true });
		const agent = connect(live);
		agent.exec("UPDATE t SET text = 'x' WHERE n < 9");
		const size = sizeOf(`${live}-wal`);
		const log = fs.openSync(`${live}-wal`, "r+");
		const index = fs.openSync(`${live}-shm`, "r+");
		onTestFinished(() =>
			[log, index].forEach((file) => void fs.closeSync(file)),
		);
		const state = readWalState(index);
		const tail = state && WalTail.of(log, state, PAGE);
		for (let page = 2; page < 300; page++) tail?.add(page, Buffer.alloc(PAGE));
		tail?.end(1, Buffer.alloc(PAGE), 299);
		tail?.takeBack();
		expect(sizeOf(`${live}-wal`)).toBe(size);
		const copy = `${dir}/copy.db`;
		for (const suffix of ["", "-wal"])
			fs.copyFileSync(`${live}${suffix}`, `${copy}${suffix}`);
		expect(textsIn(connect(copy))).toEqual(textsIn(agent));
	});
});
