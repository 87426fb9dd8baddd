import fs from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { expect, it } from "vitest";
import { type JsonReply, runCli } from "../support/run-cli.ts";
import { scratch } from "../support/scratch.ts";

/** As Codex 0.169 makes them, as far as a copy is changed. */
const QUEUE = `
	CREATE TABLE queued_items (id TEXT PRIMARY KEY NOT NULL, thread_id TEXT NOT NULL, payload_json TEXT NOT NULL);
	CREATE TABLE queued_thread_revisions (revision INTEGER PRIMARY KEY AUTOINCREMENT, thread_id TEXT NOT NULL UNIQUE);
	CREATE TRIGGER queued_items_revision_after_delete AFTER DELETE ON queued_items
	BEGIN
		INSERT INTO queued_thread_revisions (thread_id) VALUES (OLD.thread_id)
		ON CONFLICT(thread_id) DO UPDATE
		SET revision = (SELECT COALESCE(MAX(revision), 0) + 1 FROM queued_thread_revisions);
	END;
	INSERT INTO queued_items VALUES ('1', 'a thread', '"deploy it"');
`;
const MEMORIES = `
	CREATE TABLE stage1_outputs (thread_id TEXT PRIMARY KEY, raw_memory TEXT NOT NULL);
	CREATE TABLE jobs (kind TEXT NOT NULL, ownership_token TEXT, lease_until INTEGER);
	INSERT INTO stage1_outputs VALUES ('a thread', 'likes tea');
	INSERT INTO jobs VALUES ('memory_stage1', 'a-token', 4102444800);
`;

function make(file: string, sql: string): void {
	const database = new Database(file);
	database.exec(sql);
	database.close();
}

function count(file: string, table: string): unknown {
	const database = new Database(file, { readonly: true });
	const rows = database.prepare(`SELECT count(*) FROM ${table}`).pluck().get();
	database.close();
	return rows;
}

async function codex(home: string, ...words: string[]): Promise<JsonReply> {
	return codexIn({ CODEX_HOME: home }, ...words);
}

async function codexIn(
	env: Record<string, string>,
	...words: string[]
): Promise<JsonReply> {
	const { json, stdout } = await runCli(
		["--host", "codex", "--json", ...words],
		{ env },
	);
	if (json === undefined) throw new Error(stdout);
	return json;
}

it("Codex says nothing a second time after a restore, and is held up by no job of a process that is gone", {
	timeout: 60_000,
}, async () => {
	const home = path.join(scratch(), ".codex");
	const queue = path.join(home, "queue_1.sqlite");
	const memories = path.join(home, "memories_1.sqlite");
	fs.mkdirSync(home);
	make(queue, QUEUE);
	make(memories, MEMORIES);
	await codex(home, "create");
	make(queue, "UPDATE queued_items SET id = '2'");
	make(memories, "DELETE FROM stage1_outputs");
	expect((await codex(home, "restore", "1")).ok).toBe(true);
	expect(count(queue, "queued_items")).toBe(0);
	expect(count(queue, "queued_thread_revisions")).toBe(0);
	expect(count(memories, "stage1_outputs")).toBe(1);
	expect(count(memories, "jobs")).toBe(0);
	// A moment ago: what waited then waits again.
	expect((await codex(home, "undo")).ok).toBe(true);
	expect(count(queue, "queued_items")).toBe(1);
});

it("Codex' databases are saved and put back where CODEX_SQLITE_HOME has them", {
	timeout: 60_000,
}, async () => {
	const home = path.join(scratch(), ".codex");
	const databases = path.join(scratch(), "databases");
	const memories = path.join(databases, "memories_1.sqlite");
	fs.mkdirSync(home);
	fs.mkdirSync(databases);
	fs.writeFileSync(path.join(home, "AGENTS.md"), "be kind");
	make(memories, MEMORIES);
	const env = { CODEX_HOME: home, CODEX_SQLITE_HOME: databases };
	const { data } = await codexIn(env, "create");
	expect(data.snapshot?.files).toBe(2);
	make(memories, "DELETE FROM stage1_outputs");
	fs.rmSync(path.join(home, "AGENTS.md"));
	expect((await codex(home, "restore", "1")).error?.hint).toContain(
		"Set CODEX_HOME, CODEX_SQLITE_HOME",
	);
	expect((await codexIn(env, "restore", "1")).ok).toBe(true);
	expect(count(memories, "stage1_outputs")).toBe(1);
	expect(fs.readFileSync(path.join(home, "AGENTS.md"), "utf8")).toBe("be kind");
	expect((await codexIn(env, "undo")).ok).toBe(true);
	expect(count(memories, "stage1_outputs")).toBe(0);
});
