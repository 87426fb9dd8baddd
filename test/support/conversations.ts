import fs from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";

/** Hermes' tables of conversations, as far as they belong together, with its full-text search. */
const SCHEMA = `
	CREATE TABLE system_prompts (hash TEXT PRIMARY KEY, prompt TEXT NOT NULL);
	CREATE TABLE sessions (id TEXT PRIMARY KEY, source TEXT NOT NULL, system_prompt_hash TEXT, parent_session_id TEXT,
		started_at REAL NOT NULL, message_count INTEGER DEFAULT 0, title TEXT,
		FOREIGN KEY (parent_session_id) REFERENCES sessions(id), FOREIGN KEY (system_prompt_hash) REFERENCES system_prompts(hash));
	CREATE UNIQUE INDEX idx_sessions_title ON sessions(title) WHERE title IS NOT NULL;
	CREATE TABLE messages (id INTEGER PRIMARY KEY AUTOINCREMENT, session_id TEXT NOT NULL REFERENCES sessions(id),
		role TEXT NOT NULL, content TEXT, timestamp REAL NOT NULL, active INTEGER NOT NULL DEFAULT 1);
	CREATE TABLE session_model_usage (session_id TEXT NOT NULL REFERENCES sessions(id) ON DELETE CASCADE, model TEXT NOT NULL,
		input_tokens INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (session_id, model));
	CREATE TABLE compression_locks (session_id TEXT PRIMARY KEY, holder TEXT NOT NULL);
	CREATE VIRTUAL TABLE messages_fts USING fts5(content, content='messages', content_rowid='id');
	CREATE TRIGGER messages_fts_insert AFTER INSERT ON messages BEGIN
		INSERT INTO messages_fts(rowid, content) VALUES (new.id, new.content); END;
	CREATE TRIGGER messages_fts_delete AFTER DELETE ON messages BEGIN
		INSERT INTO messages_fts(messages_fts, rowid, content) VALUES ('delete', old.id, old.content); END;`;

/** 3 November 2026, 10:02 UTC. */
export const BEGUN = Date.UTC(2026, 10, 3, 10, 2) / 1000;

export interface ConversationsOptions {
	readonly journalMode?: "wal" | "delete";
	/** Bytes of a message besides its words. */
	readonly filling?: number;
}

/**
 * A state.db with the sessions "rome", its sequel "rome-2", and ten others of ten messages each, whose title is "Other 1" and so on.
 * A message speaks of the colosseum in "rome", of the forum in "rome-2".
 */
export function makeConversations(
	file: string,
	{ journalMode = "wal", filling = 0 }: ConversationsOptions = {},
): void {
	fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
	const database = new Database(file);
	database.pragma(`journal_mode = ${journalMode}`);
	database.pragma("synchronous = OFF");
	database.exec(SCHEMA);
	database.exec("INSERT INTO system_prompts VALUES ('p1', 'Be kind.')");
	const filler = `hex(zeroblob(${filling}))`;
	const add = database.transaction(
		(id: string, title: string, more: string) => {
			const session = database.prepare(
				"INSERT INTO sessions VALUES (?, 'cli', ?, ?, ?, 10, ?)",
			);
			const isRome = id.startsWith("rome");
			session.run(
				id,
				isRome ? "p1" : null,
				id === "rome-2" ? "rome" : null,
				BEGUN,
				title,
			);
			const message = database.prepare(
				`INSERT INTO messages (session_id, role, content, timestamp) VALUES (?, 'user', ? || ${filler}, ?)`,
			);
			for (let index = 0; index < 10; index++)
				message.run(id, `${more} ${index} `, BEGUN + index * 480 + 60);
			database
				.prepare("INSERT INTO session_model_usage VALUES (?, 'hermes-4', 7)")
				.run(id);
		},
	);
	for (let index = 1; index <= 5; index++)
		add(`other-${index}`, `Other ${index}`, "weather");
	add("rome", "Trip to Rome", "colosseum");
	add("rome-2", "Trip to Rome #2", "forum");
	for (let index = 6; index <= 10; index++)
		add(`other-${index}`, `Other ${index}`, "weather");
	database.exec("INSERT INTO compression_locks VALUES ('rome', 'pid 1')");
	database.close();
	fs.chmodSync(file, 0o600);
}

/** As the agent deletes them. */
export function deleteConversations(file: string, ...ids: string[]): void {
	const database = new Database(file);
	for (const id of ids)
		for (const [table, column] of [
			["messages", "session_id"],
			["session_model_usage", "session_id"],
			["compression_locks", "session_id"],
			["sessions", "id"],
		])
			database.prepare(`DELETE FROM ${table} WHERE ${column} = ?`).run(id);
	database.close();
}

/** All rows of all tables but the index of the search, of which it is asked what it finds. */
export function contentsOf(file: string): Record<string, unknown[]> {
	// What a writer that was killed has left half done is taken back by whoever may write.
	const readonly = !fs.existsSync(`${file}-journal`);
	const database = new Database(file, { readonly });
	const all = (table: string) =>
		database.prepare(`SELECT * FROM ${table} ORDER BY 1, 2`).all();
	try {
		const found = (word: string) =>
			database
				.prepare(
					"SELECT messages.content FROM messages_fts JOIN messages ON messages.id = messages_fts.rowid WHERE messages_fts MATCH ? ORDER BY messages.timestamp",
				)
				.all(word);
		return {
			prompts: all("system_prompts"),
			sessions: all("sessions"),
			messages: all("messages"),
			usage: all("session_model_usage"),
			locks: all("compression_locks"),
			colosseum: found("colosseum"),
			forum: found("forum"),
			weather: found("weather"),
			integrity: [database.pragma("integrity_check", { simple: true })],
			dangling: database.pragma("foreign_key_check") as unknown[],
		};
	} finally {
		database.close();
	}
}

export function runSql(file: string, sql: string): void {
	const database = new Database(file);
	database.pragma("foreign_keys = OFF");
	database.exec(sql);
	database.close();
}
