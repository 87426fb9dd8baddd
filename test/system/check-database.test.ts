import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { findDamage } from "../../src/system/check-database.ts";
import { check, checkElsewhere } from "../../src/system/sqlite-check.ts";
import { scratch } from "../support/scratch.ts";
import { makeDatabase } from "../support/small-database.ts";

const BUDGET = 60_000;
const CHECK_WORKER = fileURLToPath(
	new URL("../../src/system/check-worker.ts", import.meta.url),
);

function withIndex(dir: string): string {
	const path = `${dir}/x.db`;
	const database = new Database(path);
	database.exec(
		"CREATE TABLE t (n INTEGER, text TEXT); CREATE INDEX i ON t (text)",
	);
	const insert = database.prepare("INSERT INTO t VALUES (?, ?)");
	database.transaction(() => {
		for (let n = 0; n < 500; n++) insert.run(n, `row ${n} ${"x".repeat(50)}`);
	})();
	database.close();
	return path;
}

/** Overwrites the last page of a table or index. */
function ruinLastPage(path: string, of: string): void {
	const database = new Database(path, { readonly: true });
	const page = database
		.prepare<[string], number>("SELECT max(pageno) FROM dbstat WHERE name = ?")
		.pluck()
		.get(of);
	database.close();
	const file = fs.openSync(path, "r+");
	const at = ((page ?? 1) - 1) * 4096;
	fs.writeSync(file, Buffer.alloc(4096, 0xaa), 0, 4096, at);
	fs.closeSync(file);
}

/** As an agent leaves it that has made a collation known to its SQLite: sorted by it, and unreadable to ours. */
function withOwnCollation(dir: string): string {
	const path = `${dir}/x.db`;
	const database = new Database(path);
	database.exec(
		"CREATE TABLE plain (a TEXT); CREATE TABLE own (a TEXT COLLATE NOCASE); CREATE INDEX own_index ON own (a)",
	);
	database.exec(
		"CREATE TABLE keyed (a TEXT COLLATE NOCASE PRIMARY KEY) WITHOUT ROWID",
	);
	database.transaction(() => {
		for (const table of ["plain", "own", "keyed"])
			for (let n = 0; n < 200; n++)
				database
					.prepare(`INSERT INTO ${table} VALUES (?)`)
					.run(`${n} ${"x".repeat(200)}`);
	})();
	database.unsafeMode(true);
	database.pragma("writable_schema = ON");
	database.exec(
		"UPDATE sqlite_schema SET sql = replace(sql, 'NOCASE', 'its_own')",
	);
	database.close();
	return path;
}

describe("looking for damage", () => {
	it("finds none in a sound database", async () => {
		const path = withIndex(scratch());
		expect(findDamage(path)).toBeUndefined();
		expect(await check(path, BUDGET)).toEqual({ verdict: "ok" });
	});

	it("finds a page that was overwritten", async () => {
		const path = withIndex(scratch());
		const file = fs.openSync(path, "r+");
		fs.writeSync(file, Buffer.alloc(4096, 0xaa), 0, 4096, 3 * 4096);
		fs.closeSync(file);
		// SQLite says it in several lines, and we in the middle of a sentence.
		expect(await check(path, BUDGET)).toEqual({
			verdict: "damaged",
			details: expect.stringMatching(/^[^\n]*page 4[^\n]*$/),
		});
	});

	it("finds a database that was cut short", async () => {
		const path = withIndex(scratch());
		fs.truncateSync(path, 6 * 4096);
		expect(await check(path, BUDGET)).toMatchObject({ verdict: "damaged" });
	});

	it("finds what is no database", async () => {
		const path = `${scratch()}/x.db`;
		fs.writeFileSync(path, "text ".repeat(1000));
		expect(await check(path, BUDGET)).toMatchObject({ verdict: "damaged" });
	});

	it("does not take a tokenizer that is not loaded for damage", async () => {
		const path = `${scratch()}/x.db`;
		const database = new Database(path);
		database.exec("CREATE VIRTUAL TABLE words USING fts5(text)");
		database.exec("INSERT INTO words VALUES ('one two')");
		database.unsafeMode(true);
		database.pragma("writable_schema = ON");
		database.exec(
			"UPDATE sqlite_schema SET sql = 'CREATE VIRTUAL TABLE words USING fts5(text, tokenize=''cjk_not_loaded'')' WHERE name = 'words'",
		);
		database.close();
		const again = new Database(path);
		expect(() =>
			again.exec("SELECT * FROM words WHERE words MATCH 'one'"),
		).toThrow(/tokenizer/);
		again.close();
		expect(await check(path, BUDGET)).toEqual({ verdict: "ok" });
	});

	it.each([
		["in none of its pages", undefined, { verdict: "ok" }],
		["in a table", "own", { verdict: "damaged" }],
		["in an index", "own_index", { verdict: "damaged" }],
		["in a table without it", "plain", { verdict: "damaged" }],
	])("does not take a collation that is not loaded for damage, and finds it %s", async (_, where, expected) => {
		const path = withOwnCollation(scratch());
		if (where !== undefined) ruinLastPage(path, where);
		expect(await check(path, BUDGET)).toMatchObject(expected);
	});

	it("still finds damage in the content below a full-text index", async () => {
		const path = `${scratch()}/x.db`;
		const database = new Database(path);
		database.exec("CREATE VIRTUAL TABLE words USING fts5(text)");
		const insert = database.prepare("INSERT INTO words VALUES (?)");
		database.transaction(() => {
			for (let n = 0; n < 500; n++) insert.run(`row ${n} ${"x".repeat(50)}`);
		})();
		database.close();
		ruinLastPage(path, "words_content");
		expect(await check(path, BUDGET)).toMatchObject({ verdict: "damaged" });
	});

	it("copes with tables of any name", () => {
		const path = makeDatabase(`${scratch()}/x.db`, [1]);
		const database = new Database(path);
		database.exec(
			`CREATE TABLE "odd ""name'" (n); CREATE TABLE "with space" (n)`,
		);
		database.close();
		expect(findDamage(path)).toBeUndefined();
	});

	it("gives up in time on a large database, and says that it did", async () => {
		const path = `${scratch()}/x.db`;
		const database = new Database(path);
		database.pragma("journal_mode = OFF");
		database.exec("CREATE TABLE t (b BLOB)");
		database.exec("INSERT INTO t VALUES (zeroblob(36000000))");
		database.close();
		expect(await check(path, 1)).toEqual({ verdict: "unfinished" });
		expect(await check(path, BUDGET)).toEqual({ verdict: "ok" });
	});
});

describe("a check in a process of its own", () => {
	const budget = BUDGET;
	function worker(code: string): string {
		const path = `${scratch()}/worker.mjs`;
		fs.writeFileSync(path, code);
		return path;
	}

	it.each([
		"process.kill(process.pid, 'SIGINT')",
		"process.kill(process.pid, 'SIGKILL')",
		"process.exit(1)",
		'process.stdout.write(\'{"verdict":"dam\')',
		"",
	])("that ends without an answer says nothing of the database: %s", async (code) => {
		expect(await checkElsewhere(worker(code), "x.db", { budget })).toEqual({
			verdict: "unfinished",
		});
	});

	it("is ended by the signal that it is given", async () => {
		const ending = new AbortController();
		const { signal } = ending;
		const asked = checkElsewhere(worker("setInterval(() => {}, 1e6)"), "x.db", {
			budget,
			signal,
		});
		ending.abort();
		expect(await asked).toEqual({ verdict: "unfinished" });
	});

	it.runIf(process.platform === "linux")(
		"is not reached by a Ctrl-C in our terminal",
		async () => {
			// The fifth field of proc_pid_stat(5) is the process group, to which a terminal sends its signals.
			const code = `import fs from "node:fs";
			const [, , , , group] = fs.readFileSync("/proc/self/stat", "utf8").split(" ");
			const details = Number(group) === process.pid ? "a group of its own" : "ours";
			process.stdout.write(JSON.stringify({ verdict: "damaged", details }));`;
			expect(
				await checkElsewhere(worker(code), "x.db", { budget }),
			).toMatchObject({ details: "a group of its own" });
		},
	);

	it.skipIf(process.platform === "win32")(
		"does not outlive the one who asked",
		async () => {
			// SQLite waits for the other end of a FIFO for ever.
			const path = `${scratch()}/x.db`;
			execFileSync("mkfifo", [path]);
			const child = spawn(process.execPath, [CHECK_WORKER, path], {
				stdio: ["pipe", "ignore", "inherit"],
			});
			child.stdin.end();
			const [, signal] = await once(child, "exit");
			expect(signal).toBe("SIGKILL");
		},
	);
});
