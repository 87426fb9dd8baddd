import fs from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { beforeEach, describe, expect, it } from "vitest";
import { makeHermesHome } from "../support/hermes-home.ts";
import { put } from "../support/put.ts";
import { snapshot } from "../support/run-cli.ts";
import { scratch } from "../support/scratch.ts";
import { storeOf } from "../support/store.ts";

const timeout = 60_000;
let home = "";
beforeEach(() => {
	home = makeHermesHome({ dir: path.join(scratch(), "home") });
	put(home, "state-snapshots/config.json", { partsFromBytes: 65_536 });
});

async function create(...words: string[]): Promise<string> {
	const { json } = await snapshot(home, ["create", ...words]);
	return json.data.snapshot?.id ?? json.text;
}

async function say(
	...words: string[]
): Promise<{ code: number | null; text: string }> {
	const { code, json } = await snapshot(home, words);
	return { code, text: json.text };
}

/** Of the same size and with the same times. */
function rot(file: string): void {
	const { atime, mtime } = fs.statSync(file);
	const bytes = fs.readFileSync(file);
	bytes[100] = (bytes[100] ?? 0) ^ 1;
	fs.chmodSync(file, 0o600);
	fs.writeFileSync(file, bytes);
	fs.chmodSync(file, 0o400);
	fs.utimesSync(file, atime, mtime);
}

function change(sql: string): void {
	const db = new Database(path.join(home, "state.db"));
	db.exec(sql);
	db.close();
}

describe("what is told of a snapshot", () => {
	it("is that its full-text index was empty already, by verify --full, drill and status", {
		timeout,
	}, async () => {
		change(`CREATE TABLE notes (id INTEGER PRIMARY KEY, t TEXT); INSERT INTO notes (t) VALUES ('one'), ('two');
			CREATE VIRTUAL TABLE notes_fts USING fts5(t, content='notes', content_rowid='id'); INSERT INTO notes_fts (notes_fts) VALUES ('rebuild')`);
		const good = await create("good");
		change("INSERT INTO notes_fts (notes_fts) VALUES ('delete-all')");
		const emptied = await create("emptied");
		const why = "the full-text index notes_fts is empty, and notes has 2 rows";
		for (const words of [["verify", "--full"], ["drill"]]) {
			const { code, text } = await say(...words);
			expect(code, text).toBe(1);
			expect(text).toContain(why);
		}
		const { text } = await say("status");
		expect(text).toContain(`Newest good snapshot: ${good}`);
		expect(text).toContain(`Not good: ${emptied} (its`);
		expect((await say("drill", good)).code).toBe(0);
	});

	it("is what it lacks, and that it has no manifest any more", {
		timeout,
	}, async () => {
		const lost = await create("lost");
		fs.rmSync(path.join(storeOf(home), lost, "manifest.json"));
		const good = await create("good");
		fs.rmSync(path.join(home, "state.db"));
		fs.mkdirSync(path.join(home, "state.db"));
		const lacking = await create("lacking");
		expect(await say("verify", lacking)).toMatchObject({
			code: 3,
			text: expect.stringContaining(`${lacking} INCOMPLETE: lacks state.db.`),
		});
		const { code, text } = await say("verify");
		expect(code).toBe(1);
		expect(text).toContain(`${lost} DAMAGED: manifest.json is gone.`);
		expect(text).toContain(`The newest good one: ${good}`);
		for (const verb of ["list", "status", "doctor"])
			expect((await say(verb)).text).toContain(lost);
		expect((await say("status")).text).toContain(`${lacking} (incomplete)`);
		expect((await say("pin", lacking)).text).toContain("WARNING");
		for (const verb of ["restore", "drill", "show"])
			expect(await say(verb, lost)).toMatchObject({
				code: 1,
				text: expect.stringContaining("is gone"),
			});
	});

	it("is that it carries no hashes, where the agent made it itself", {
		timeout,
	}, async () => {
		const id = "20261101-000000-own";
		const files = { "config.yaml": 0, "state.db": 0 };
		for (const name of Object.keys(files) as (keyof typeof files)[]) {
			const to = path.join(storeOf(home), id, name);
			fs.mkdirSync(path.dirname(to), { recursive: true });
			fs.copyFileSync(path.join(home, name), to);
			files[name] = fs.statSync(to).size;
		}
		const manifest = { id, timestamp: id.slice(0, 15), label: "own", files };
		const counts = { file_count: 2, total_size: 2 };
		put(home, `state-snapshots/${id}/manifest.json`, {
			...manifest,
			...counts,
		});
		for (const words of [["verify"], ["verify", "--full"], ["drill"]]) {
			const { code, text } = await say(...words);
			expect(code, text).toBe(0);
			expect(text).toContain("without hashes");
			expect(text).not.toMatch(/\bsound\b|with its hash/);
		}
		const emptied =
			"node -e \"fs.writeFileSync(process.env.HERMES_HOME + '/state.db', String())\"";
		expect(await say("drill", "--start", emptied)).toMatchObject({
			code: 1,
			text: expect.stringContaining("the command has left none"),
		});
	});
});

describe("a restore", () => {
	it("needs no part that the present has, and says so in a dry run, too", {
		timeout,
	}, async () => {
		const id = await create("good");
		const folder = path.join(storeOf(home), id, "state.db");
		const held = new Database(path.join(home, "state.db"));
		const later = () =>
			held.exec("UPDATE sessions SET title = 'later' WHERE rowid = 1");
		later();
		const codes = new Set<number | null>();
		for (const part of fs.readdirSync(folder).sort().slice(1, 4)) {
			const file = path.join(folder, part);
			rot(file);
			const dry = await say("restore", id, "--dry-run");
			const real = await say("restore", id);
			expect(dry.code, `${part}: ${dry.text} ${real.text}`).toBe(real.code);
			codes.add(real.code);
			rot(file);
			later();
		}
		held.close();
		expect([...codes]).toContain(0);
	});

	it("that moved aside what nobody could read is not taken back, and undo says where it lies", {
		timeout,
	}, async () => {
		const id = await create("good");
		const zeros = Buffer.alloc(8192);
		for (const log of ["-wal", "-shm"])
			fs.rmSync(path.join(home, `state.db${log}`), { force: true });
		fs.writeFileSync(path.join(home, "state.db"), zeros);
		expect((await say("restore", id)).code).toBe(0);
		const { code, text } = await say("undo");
		expect(code).toBe(1);
		const place = /state-snapshots\/quarantine\/\S+\/state\.db/.exec(text)?.[0];
		expect(fs.readFileSync(path.join(home, place ?? "")).equals(zeros)).toBe(
			true,
		);
	});
});
