import fs from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { beforeEach, describe, expect, it } from "vitest";
import { makeHermesHome } from "../support/hermes-home.ts";
import { snapshot } from "../support/run-cli.ts";
import { scratch } from "../support/scratch.ts";
import { type SqlAgent, sqlAgent } from "../support/sql-agent.ts";

/** What a page of a message holds. */
const FILLER = "hex(randomblob(1500))";

let home = "";
let database = "";

beforeEach(() => {
	home = makeHermesHome({ dir: path.join(scratch(), "home") });
	database = path.join(home, "state.db");
	const store = path.join(home, "state-snapshots");
	fs.mkdirSync(store, { recursive: true });
	const settings = JSON.stringify({ partsFromBytes: 1024 * 1024 });
	fs.writeFileSync(path.join(store, "config.json"), settings);
	const large = new Database(database);
	large.exec(
		`CREATE TABLE filler AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500)
		SELECT i, ${FILLER} AS text FROM n`,
	);
	large.close();
});

const timeout = 120_000;

async function create(...words: string[]): Promise<string> {
	const { code, json } = await snapshot(home, ["create", ...words]);
	expect(code, json.text).toBe(0);
	return path.join(home, "state-snapshots", json.data.snapshot?.id ?? "");
}

function parts(folder: string): string[] {
	const at = path.join(folder, "state.db");
	return fs.readdirSync(at).map((name) => path.join(at, name));
}

function inodes(folder: string): Set<number> {
	return new Set(parts(folder).map((file) => fs.statSync(file).ino));
}

/** In the order in which they lie there. */
function rowids(): unknown[] {
	const now = new Database(database, { readonly: true });
	try {
		return now.prepare("SELECT rowid, i FROM filler NOT INDEXED").raw().all();
	} finally {
		now.close();
	}
}

/** As a person would, with cat. */
function countIn(folder: string): number {
	const whole = path.join(scratch(), "whole.db");
	fs.writeFileSync(
		whole,
		Buffer.concat(parts(folder).map((f) => fs.readFileSync(f))),
	);
	const put = new Database(whole, { readonly: true });
	expect(put.pragma("integrity_check", { simple: true })).toBe("ok");
	const count = put.prepare("SELECT count(*) FROM filler").pluck().get();
	put.close();
	expect(fs.readdirSync(path.dirname(whole))).toEqual(["whole.db"]);
	return Number(count);
}

const INSERT = `INSERT INTO filler SELECT max(i) + 1, ${FILLER} FROM filler`;

function countNow(agent: SqlAgent): Promise<unknown> {
	return agent.run("SELECT count(*) FROM filler");
}

describe("a large database", () => {
	it("is put together by cat, shares what did not change, and counts what stands in the log", {
		timeout,
	}, async () => {
		const one = await create("one");
		const agent = await sqlAgent(database);
		await agent.run(INSERT);
		const two = await create("two");
		const [first, second] = [inodes(one), inodes(two)];
		const shared = [...second].filter((inode) => first.has(inode));
		expect(first.size).toBeGreaterThan(10);
		expect(shared.length).toBeGreaterThan(first.size - 5);
		expect(countIn(one)).toBe(1500);
		expect(countIn(two)).toBe(1501);
	});

	it("shares all of it when nobody has written to it, and says so when nothing else has changed", {
		timeout,
	}, async () => {
		// Old enough to be known by its looks.
		const past = new Date(Date.now() - 60_000);
		for (const name of fs.readdirSync(home, { recursive: true }).map(String))
			if (fs.statSync(path.join(home, name)).isFile())
				fs.utimesSync(path.join(home, name), past, past);
		const one = await create("one");
		const two = await create("two", "--force");
		expect(inodes(two)).toEqual(inodes(one));
		const { json } = await snapshot(home, ["create"]);
		expect(json.data.created).toBe(false);
	});

	it("goes back under an agent that has it open, and comes back by an undo", {
		timeout,
	}, async () => {
		await create("one");
		const agent = await sqlAgent(database);
		await agent.run(INSERT, INSERT);
		const { code, json } = await snapshot(home, ["restore", "1"]);
		expect(code, json.text).toBe(0);
		expect(await countNow(agent)).toEqual([1500]);
		await agent.run(INSERT);
		expect((await snapshot(home, ["undo"])).code).toBe(0);
		expect(await countNow(agent)).toEqual([1502]);
	});

	it("goes back although a part has rotted that the present has as well, and not when the present has not", {
		timeout,
	}, async () => {
		const one = await create("one");
		const writer = new Database(database);
		const change = (text: string) =>
			writer.exec(`UPDATE filler SET text = '${text}' WHERE i = 1400`);
		change("x");
		const rot = (file: string) => {
			fs.chmodSync(file, 0o600);
			const { atimeMs, mtimeMs, size } = fs.statSync(file);
			fs.writeFileSync(file, Buffer.alloc(size, 7));
			fs.utimesSync(file, atimeMs / 1000, mtimeMs / 1000);
		};
		const [, early = ""] = parts(one);
		rot(early);
		const { code, json } = await snapshot(home, ["restore", "1"]);
		expect(code, json.text).toBe(0);
		expect(writer.pragma("integrity_check", { simple: true })).toBe("ok");
		expect(
			writer.prepare("SELECT length(text) FROM filler WHERE i = 1400").get(),
		).toEqual({ "length(text)": 3000 });
		writer.exec("UPDATE filler SET text = 'y' || text WHERE i < 300");
		const rows = writer.prepare("SELECT * FROM filler").all();
		const refused = await snapshot(home, ["restore", "1"]);
		expect(refused.code).toBe(1);
		expect(refused.json.text).toContain("is damaged: state.db");
		expect(writer.prepare("SELECT * FROM filler").all()).toEqual(rows);
		writer.close();
	});

	it("is not said to be searched for damage by an undo that did not search it", {
		timeout,
	}, async () => {
		await create("one");
		const writer = new Database(database);
		writer.exec(INSERT);
		await create("two");
		writer.exec(INSERT);
		const { json } = await snapshot(home, ["restore", "1"]);
		expect((await snapshot(home, ["undo"])).code).toBe(0);
		const undo = await snapshot(home, ["undo"]);
		expect(undo.code, undo.json.text).toBe(0);
		const store = path.join(home, "state-snapshots");
		const entries = (id: string) =>
			JSON.parse(
				fs.readFileSync(path.join(store, id, "manifest.json"), "utf8"),
			).entries.filter((entry: { path: string }) => entry.path === "state.db");
		const made = fs
			.readdirSync(store)
			.filter((id) => /before-restore/.test(id));
		expect(made.length).toBeGreaterThan(1);
		for (const id of made) expect(entries(id)[0].checked, id).toBe(false);
		expect(json.ok).toBe(true);
		writer.close();
	});

	it("is given back by an undo although it was damaged before, with or without a log", {
		timeout,
	}, async () => {
		for (const mode of ["wal", "delete"]) {
			const writer = new Database(database);
			writer.pragma(`journal_mode = ${mode}`);
			writer.exec(INSERT);
			writer.close();
			await create(mode);
			const bytes = fs.readFileSync(database);
			// A leaf in the place of another one.
			const leaves = Array.from({ length: bytes.length / 4096 }, (_, at) => at)
				.filter((at) => bytes[at * 4096] === 13)
				.slice(-9);
			const [from = 0, to = 0] = [leaves[1], leaves[4]];
			bytes.copy(bytes, to * 4096, from * 4096, (from + 1) * 4096);
			fs.writeFileSync(database, bytes);
			const damaged = rowids();
			expect((await snapshot(home, ["restore", "1"])).code).toBe(0);
			expect(rowids()).not.toEqual(damaged);
			const { code, json } = await snapshot(home, ["undo"]);
			expect(code, json.text).toBe(0);
			expect(rowids()).toEqual(damaged);
			const again = await snapshot(home, ["undo"]);
			expect(again.code, again.json.text).toBe(0);
		}
	});

	it("goes back where nobody has it open", { timeout }, async () => {
		await create("one");
		const writer = new Database(database);
		writer.exec(INSERT);
		writer.close();
		const { code, json } = await snapshot(home, ["restore", "1"]);
		expect(code, json.text).toBe(0);
		const back = new Database(database, { readonly: true });
		const rows = back.prepare("SELECT count(*) FROM filler").pluck().get();
		back.close();
		expect(rows).toBe(1500);
		expect((await snapshot(home, ["restore", "1"])).json.text).toContain(
			"othing",
		);
	});

	it("stays with each snapshot when the others are removed", {
		timeout,
	}, async () => {
		const one = await create("one");
		const agent = await sqlAgent(database);
		await agent.run(INSERT);
		const two = await create("two");
		fs.rmSync(one, { recursive: true });
		expect(countIn(two)).toBe(1501);
		const { code, json } = await snapshot(home, ["restore", "1"]);
		expect(code, json.text).toBe(0);
	});

	it("is missed when its pages are damaged, whether or not the one before was sound", {
		timeout,
	}, async () => {
		await create("one");
		const file = fs.openSync(database, "r+");
		const { size } = fs.fstatSync(file);
		fs.writeSync(file, Buffer.alloc(8 * 4096), 0, 8 * 4096, size - 40 * 4096);
		fs.closeSync(file);
		const { code, json } = await snapshot(home, ["create", "two"]);
		expect(code, json.text).toBe(3);
		expect(json.text).toContain("state.db");
	});
});
