import fs from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { hermes } from "../../src/hosts/hermes/host.ts";
import { createSqlite } from "../../src/system/sqlite.ts";
import type { Belonging, Transfer } from "../../src/system/system.ts";
import {
	contentsOf,
	deleteConversations,
	makeConversations,
	runSql,
} from "../support/conversations.ts";
import { holder } from "../support/holder.ts";
import { scratch } from "../support/scratch.ts";

const sqlite = createSqlite();
const rows = hermes.conversations?.[0]?.rows as Belonging;
let live = "";
let copy = "";

beforeEach(() => {
	const dir = scratch();
	live = path.join(dir, "live.db");
	copy = path.join(dir, "copy.db");
	makeConversations(copy, { journalMode: "delete" });
	fs.copyFileSync(copy, live);
	runSql(live, "PRAGMA journal_mode = WAL");
});

async function transferring<T>(
	to: "look" | "write",
	work: (transfer: Transfer) => T | Promise<T>,
): Promise<T> {
	const transfer = await sqlite.beginTransfer({
		copy,
		live,
		to,
		wait: 200,
		patience: { signal: new AbortController().signal, deadline: undefined },
	});
	try {
		return await work(transfer);
	} finally {
		transfer.end();
	}
}

const bring = (id: string) =>
	transferring("write", async (transfer) => {
		const plan = transfer.plan(rows, id);
		if (plan === undefined) throw new Error(`there is no ${id}`);
		expect(plan.obstacles).toEqual([]);
		transfer.insert(plan);
		await transfer.commit();
		return plan;
	});
const look = (id: string) =>
	transferring("look", (transfer) => transfer.plan(rows, id));
const counts = async (id: string) =>
	Object.fromEntries(
		((await look(id))?.tables ?? []).map((one) => [one.table, one.rows.length]),
	);

describe("a conversation that was deleted", () => {
	it("comes back with its messages and the search, and nothing else changes", async () => {
		const before = contentsOf(live);
		deleteConversations(live, "rome-2");
		await bring("rome-2");
		expect(contentsOf(live)).toEqual(before);
		expect(before.forum).toHaveLength(10);
	});

	it("brings back what it goes on from, and what that refers to", async () => {
		const before = contentsOf(live);
		deleteConversations(live, "rome-2", "rome");
		runSql(live, "DELETE FROM system_prompts");
		const { heads } = await bring("rome-2");
		expect(heads.map(({ key }) => key)).toEqual(["rome-2", "rome"]);
		// Whoever was at work then is not any more.
		expect(contentsOf(live)).toEqual({ ...before, locks: [] });
	});

	it("is there once, however often it is brought back", async () => {
		deleteConversations(live, "rome-2");
		await bring("rome-2");
		const once = contentsOf(live);
		expect(await counts("rome-2")).toMatchObject({ sessions: 0, messages: 0 });
		await bring("rome-2");
		expect(contentsOf(live)).toEqual(once);
	});

	it("gets other numbers where its own are taken, in the same order, and is there once all the same", async () => {
		deleteConversations(live, "rome-2");
		runSql(
			live,
			"INSERT INTO messages (id, session_id, role, content, timestamp) VALUES (63, 'other-1', 'user', 'weather late', 9)",
		);
		const before = contentsOf(live);
		const { tables } = await bring("rome-2");
		const messages = tables.find(({ table }) => table === "messages");
		expect(messages?.isRenumbered).toBe(true);
		const after = contentsOf(live);
		expect(after.messages).toEqual(
			expect.arrayContaining(before.messages ?? []),
		);
		expect(after.forum).toHaveLength(10);
		expect(after.dangling).toEqual([]);
		const words = (after.messages as { session_id: string; content: string }[])
			.filter(({ session_id }) => session_id === "rome-2")
			.map(({ content }) => content.trim());
		expect(words).toEqual(
			Array.from({ length: 10 }, (_, index) => `forum ${index}`),
		);
		expect(await counts("rome-2")).toMatchObject({ messages: 0 });
	});

	it("keeps what has changed since in what is still there", async () => {
		runSql(
			live,
			"DELETE FROM messages WHERE session_id = 'rome' AND id > 55; UPDATE sessions SET message_count = 99 WHERE id = 'rome'",
		);
		const { tables } = await bring("rome");
		expect(tables.find(({ table }) => table === "sessions")).toMatchObject({
			rows: [],
			kept: 1,
		});
		const { colosseum, sessions } = contentsOf(live);
		expect(colosseum).toHaveLength(10);
		expect(sessions).toContainEqual(
			expect.objectContaining({ id: "rome", message_count: 99 }),
		);
	});

	it("tells of two messages that say the same", async () => {
		runSql(
			copy,
			"INSERT INTO messages (session_id, role, content, timestamp) SELECT session_id, role, content, timestamp FROM messages WHERE session_id = 'rome-2'",
		);
		deleteConversations(live, "rome-2");
		await bring("rome-2");
		expect(contentsOf(live).forum).toHaveLength(20);
		expect(await counts("rome-2")).toMatchObject({ messages: 0 });
	});
});

describe("what cannot be done is said, and changes nothing", () => {
	it.each([
		[
			"a column that has to be filled",
			"ALTER TABLE messages RENAME TO old; CREATE TABLE messages (id INTEGER PRIMARY KEY, session_id TEXT, must TEXT NOT NULL)",
			"its messages.must has to be filled",
		],
		[
			"a table that is gone",
			"DROP TABLE session_model_usage",
			"it has no session_model_usage.session_id any more",
		],
		[
			"numbers that others refer to",
			"INSERT INTO messages (id, session_id, role, timestamp) VALUES (63, 'other-1', 'user', 9); CREATE TABLE notes (message INTEGER REFERENCES messages(id))",
			"other rows of messages have those numbers by now, and notes refers to them",
		],
		[
			"a trigger that needs what only the agent has",
			"CREATE TRIGGER own AFTER INSERT ON messages BEGIN SELECT agent_knows(new.id); END",
			"its triggers of messages need what only the agent has (no such function: agent_knows)",
		],
		[
			"a trigger that changes another table",
			"CREATE TABLE audit (n); CREATE TRIGGER own AFTER INSERT ON messages BEGIN INSERT INTO audit VALUES (new.id); END",
			"a new row of messages would change audit, too (its trigger own)",
		],
		[
			"one that changes it by way of another's trigger, and clears it",
			"CREATE TABLE audit (n); CREATE TABLE seen (n); CREATE TRIGGER own AFTER INSERT ON messages BEGIN UPDATE seen SET n = 1; END; CREATE TRIGGER next AFTER UPDATE ON seen BEGIN DELETE FROM audit; END",
			"a new row of messages would change audit, too",
		],
		[
			"one that changes other conversations",
			"CREATE TRIGGER own BEFORE INSERT ON messages BEGIN UPDATE sessions SET message_count = message_count + 1; END",
			"a new row of messages would change sessions, too (its trigger own)",
		],
		[
			"one that changes other rows of its table",
			"CREATE TRIGGER own AFTER INSERT ON sessions BEGIN UPDATE sessions SET title = NULL WHERE id <> new.id; END",
			"a new row of sessions would change other rows, too (its trigger own)",
		],
		[
			"a search that nobody tells of new rows",
			"DROP TRIGGER messages_fts_insert",
			"its search messages_fts would not find it: no trigger tells it of new rows of messages",
		],
		[
			"another search that nobody tells of them",
			'CREATE VIRTUAL TABLE words USING fts5(content, content = "messages", content_rowid=id)',
			"its search words would not find it",
		],
	])("%s", async (_, sql, sentence) => {
		deleteConversations(live, "rome-2");
		runSql(live, sql);
		const plan = await look("rome-2");
		expect(plan?.obstacles.join()).toContain(sentence);
	});

	it.each([
		[
			"another session of that title",
			"INSERT INTO sessions (id, source, started_at, title) VALUES ('new', 'cli', 1, 'Trip to Rome #2')",
			"SQLITE_CONSTRAINT_UNIQUE",
		],
		[
			"a trigger that leaves a row out",
			"CREATE TRIGGER own BEFORE INSERT ON messages BEGIN SELECT RAISE(IGNORE); END",
			"SQLITE_CONSTRAINT",
		],
		[
			"a reference of two columns that leads nowhere",
			`DROP TABLE messages_fts; DROP TABLE messages; CREATE TABLE pairs (a, b, PRIMARY KEY (a, b));
			CREATE TABLE messages (id INTEGER PRIMARY KEY, session_id TEXT, role TEXT, content TEXT, timestamp REAL,
				FOREIGN KEY (session_id, role) REFERENCES pairs(a, b));
			CREATE VIRTUAL TABLE messages_fts USING fts5(content);
			CREATE TRIGGER messages_fts_insert AFTER INSERT ON messages BEGIN
				INSERT INTO messages_fts(rowid, content) VALUES (new.id, new.content); END`,
			"SQLITE_CONSTRAINT",
		],
	])("%s", async (_, sql, code) => {
		deleteConversations(live, "rome-2");
		runSql(live, sql);
		const before = contentsOf(live);
		await expect(bring("rome-2")).rejects.toMatchObject({ code });
		expect(contentsOf(live)).toEqual(before);
	});

	it("a database that somebody writes to all the while", async () => {
		await holder("write", live);
		await expect(bring("rome-2")).rejects.toMatchObject({
			code: "busy-database",
		});
	});
});

it("lets triggers be that change nothing, and a search that is gone", async () => {
	deleteConversations(live, "rome-2");
	runSql(
		live,
		`DROP TRIGGER messages_fts_insert; DROP TRIGGER messages_fts_delete; DROP TABLE messages_fts;
		CREATE TABLE audit (n); CREATE TRIGGER own AFTER DELETE ON messages BEGIN INSERT INTO audit VALUES (1); END;
		CREATE TRIGGER looks BEFORE INSERT ON messages WHEN new.role = 'nobody' BEGIN SELECT RAISE(ABORT, 'no'); END`,
	);
	const { tables } = await bring("rome-2");
	expect(tables.find(({ table }) => table === "messages")?.rows).toHaveLength(
		10,
	);
});

it("leaves out what the database has no place for any more, and says so", async () => {
	runSql(
		copy,
		"ALTER TABLE messages ADD COLUMN mood TEXT; UPDATE messages SET mood = 'glad'",
	);
	deleteConversations(live, "rome-2");
	const { tables } = await bring("rome-2");
	expect(tables.find(({ table }) => table === "messages")?.dropped).toEqual([
		"mood",
	]);
});

it("fills what came since with its default", async () => {
	deleteConversations(live, "rome-2");
	runSql(
		live,
		"ALTER TABLE messages ADD COLUMN mood TEXT NOT NULL DEFAULT 'calm'",
	);
	await bring("rome-2");
	expect(contentsOf(live).messages).toContainEqual(
		expect.objectContaining({ session_id: "rome-2", mood: "calm" }),
	);
});

it("lists those that are lost, and reads without changing a byte", async () => {
	deleteConversations(live, "rome-2", "other-3");
	const [liveBytes, copyBytes] = [live, copy].map((file) =>
		fs.readFileSync(file),
	);
	const names = fs.readdirSync(path.dirname(live));
	const lost = await transferring("look", (transfer) => transfer.missing(rows));
	expect(lost.map(({ title }) => title).sort()).toEqual([
		"Other 3",
		"Trip to Rome #2",
	]);
	expect(fs.readdirSync(path.dirname(live))).toEqual(names);
	expect(fs.readFileSync(live)).toEqual(liveBytes);
	expect(fs.readFileSync(copy)).toEqual(copyBytes);
});

it("knows databases that hold no conversations", async () => {
	runSql(copy, "DROP TABLE sessions");
	expect(await look("rome")).toBeUndefined();
	expect(await transferring("look", (one) => one.missing(rows))).toEqual([]);
});
