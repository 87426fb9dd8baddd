import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { supportScript } from "./paths.ts";
import { prose } from "./prose.ts";

const stateSchema = `
  CREATE TABLE schema_version (version INTEGER NOT NULL);
  INSERT INTO schema_version VALUES (26);
  CREATE TABLE sessions (id TEXT PRIMARY KEY, source TEXT NOT NULL, title TEXT, started_at REAL NOT NULL);
  CREATE TABLE messages (id INTEGER PRIMARY KEY AUTOINCREMENT, session_id TEXT NOT NULL REFERENCES sessions(id),
    role TEXT NOT NULL, content TEXT, timestamp REAL NOT NULL);
  CREATE TABLE state_meta (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
  CREATE INDEX idx_messages_session ON messages(session_id, timestamp);
  CREATE VIRTUAL TABLE messages_fts USING fts5(content, content='messages', content_rowid='id');
  CREATE TRIGGER messages_fts_insert AFTER INSERT ON messages BEGIN
    INSERT INTO messages_fts(rowid, content) VALUES (new.id, new.content); END;
  CREATE TRIGGER messages_fts_delete AFTER DELETE ON messages BEGIN
    INSERT INTO messages_fts(messages_fts, rowid, content) VALUES ('delete', old.id, old.content); END;
  CREATE TRIGGER messages_fts_update AFTER UPDATE OF content ON messages BEGIN
    INSERT INTO messages_fts(messages_fts, rowid, content) VALUES ('delete', old.id, old.content);
    INSERT INTO messages_fts(rowid, content) VALUES (new.id, new.content); END;`;

/** A `state.db` of at least `mb` MiB: sessions, messages and their full-text index, in WAL mode, cleanly closed. */
export function makeStateDb(
	file: string,
	options: { mb: number; seed: number },
): void {
	const db = openNew(file);
	db.exec(stateSchema);
	const text = prose(options.seed);
	const session = db.prepare("INSERT INTO sessions VALUES (?, ?, ?, ?)");
	const message = db.prepare(
		"INSERT INTO messages (session_id, role, content, timestamp) VALUES (?, ?, ?, ?)",
	);
	const addSession = () => {
		const id = text.hex(16);
		session.run(
			id,
			text.number(2) ? "telegram" : "cli",
			text.sentence(4),
			1_776_000_000 + text.number(10_000),
		);
		for (let i = 0; i < 24; i += 1) {
			// Real tool rows are mostly noise; hex keeps the filling fast.
			const content =
				i % 3 ? text.sentence(30) : `${text.sentence(4)} ${text.hex(2000)}`;
			message.run(id, i % 2 ? "assistant" : "user", content, 1_776_000_000 + i);
		}
	};
	const addSome = db.transaction(() => {
		for (let i = 0; i < 10; i += 1) addSession();
	});
	do addSome();
	while (databaseBytes(db) < options.mb * 2 ** 20);
	close(db);
	fs.chmodSync(file, 0o600);
}

/** A small database: one table of `rows` rows, in WAL mode, cleanly closed. */
export function makeSmallDb(
	file: string,
	table: string,
	rows: number,
	options: { pageSize?: number } = {},
): void {
	const db = openNew(file, options.pageSize);
	db.exec(
		`CREATE TABLE ${table} (id INTEGER PRIMARY KEY, title TEXT NOT NULL, body BLOB)`,
	);
	const insert = db.prepare(`INSERT INTO ${table} (title, body) VALUES (?, ?)`);
	const text = prose(rows);
	db.transaction(() => {
		for (let i = 0; i < rows; i += 1)
			insert.run(text.sentence(5), Buffer.from(text.hex(64), "hex"));
	})();
	close(db);
	fs.chmodSync(file, 0o600);
}

/** Runs SQL and closes in the ordinary way: the log is checkpointed and gone. */
export function changeRows(file: string, sql: string): void {
	const db = new Database(file);
	db.exec(sql);
	db.close();
}

/** Runs SQL in a process that is killed before it closes: the change stands in the `-wal` only. */
export function changeRowsInWal(file: string, ...sql: string[]): void {
	const run = spawnSync(
		process.execPath,
		[supportScript("leave-in-wal.mjs"), file, ...sql],
		{ encoding: "utf8" },
	);
	if (run.signal !== "SIGKILL")
		throw new Error(`leave-in-wal ended early: ${run.stderr}`);
}

function openNew(file: string, pageSize = 4096): Database.Database {
	fs.mkdirSync(path.dirname(file), { recursive: true });
	const db = new Database(file);
	db.pragma(`page_size = ${pageSize}`);
	db.pragma("journal_mode = WAL");
	db.pragma("synchronous = OFF");
	return db;
}

function databaseBytes(db: Database.Database): number {
	return (
		Number(db.pragma("page_count", { simple: true })) *
		Number(db.pragma("page_size", { simple: true }))
	);
}

function close(db: Database.Database): void {
	db.pragma("wal_checkpoint(TRUNCATE)");
	db.close();
}
