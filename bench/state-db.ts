/** A state.db with the tables that matter in Hermes': sessions, messages, and a full-text index kept by triggers. */
import Database from "better-sqlite3";
import { between, Prose, type Random, randomFrom } from "./words.ts";

const SCHEMA = `
	CREATE TABLE sessions (id TEXT PRIMARY KEY, source TEXT NOT NULL, model TEXT, title TEXT, started_at REAL NOT NULL,
		message_count INTEGER DEFAULT 0, input_tokens INTEGER DEFAULT 0);
	CREATE TABLE messages (id INTEGER PRIMARY KEY AUTOINCREMENT, session_id TEXT NOT NULL REFERENCES sessions(id),
		role TEXT NOT NULL, content TEXT, tool_name TEXT, timestamp REAL NOT NULL, token_count INTEGER);
	CREATE TABLE state_meta (key TEXT PRIMARY KEY, value INTEGER);
	CREATE INDEX messages_by_session ON messages(session_id, timestamp);
	CREATE INDEX sessions_by_start ON sessions(started_at DESC);
	CREATE VIRTUAL TABLE messages_fts USING fts5(content, content='messages', content_rowid='id');
	CREATE TRIGGER messages_fts_insert AFTER INSERT ON messages WHEN new.role <> 'tool'
		BEGIN INSERT INTO messages_fts(rowid, content) VALUES (new.id, new.content); END;
	INSERT INTO state_meta VALUES ('last_message', 0);
`;
const START = 1_776_000_000;
const PER_SESSION = 40;

type Connection = InstanceType<typeof Database>;

/** Fills a new database until it has `bytes`, in one transaction, and leaves it in WAL mode with nothing in the log. */
export function makeStateDatabase(
	file: string,
	bytes: number,
	seed: number,
): void {
	const random = randomFrom(seed);
	const db = new Database(file);
	for (const setting of [
		"page_size = 4096",
		"journal_mode = OFF",
		"synchronous = OFF",
		"cache_size = -400000",
	])
		db.pragma(setting);
	db.exec(SCHEMA);
	const add = adder(db, random, new Prose(random));
	db.exec("BEGIN");
	const size = db.prepare<[], number>(
		"SELECT page_count * 4096 FROM pragma_page_count",
	);
	while ((size.pluck().get() ?? bytes) < bytes)
		for (let count = 0; count < 20; count++) add();
	db.exec("COMMIT");
	db.pragma("journal_mode = WAL");
	db.close();
}

/**
 * Adds one message a call. Each keeps `last_message` equal to the highest id in the same transaction, which is how a copy
 * that is torn between two shows itself.
 */
export function adder(
	db: Connection,
	random: Random,
	prose: Prose,
): () => void {
	const session = db.prepare(
		"INSERT OR IGNORE INTO sessions(id, source, model, title, started_at) VALUES (?, 'telegram', 'hermes-4', ?, ?)",
	);
	const count = db.prepare(
		"UPDATE sessions SET message_count = message_count + 1, input_tokens = input_tokens + ? WHERE id = ?",
	);
	const message = db.prepare(
		"INSERT INTO messages(session_id, role, content, tool_name, timestamp, token_count) VALUES (?, ?, ?, ?, ?, ?)",
	);
	const mark = db.prepare(
		"UPDATE state_meta SET value = ? WHERE key = 'last_message'",
	);
	let current = "";
	return () => {
		// A restore may have taken back what was here, the session too.
		const number = lastMessage(db) + 1;
		if (current === "" || number % PER_SESSION === 0)
			current = `s${number}-${between(random, 0, 1e9).toString(36)}`;
		session.run(current, prose.cut(40), START + number);
		const isTool = number % 3 === 0;
		const text = prose.cut(
			isTool ? between(random, 500, 12_000) : between(random, 30, 1200),
		);
		message.run(
			current,
			isTool ? "tool" : number % 3 === 1 ? "user" : "assistant",
			text,
			isTool ? "terminal" : null,
			START + number,
			text.length >> 2,
		);
		count.run(text.length >> 2, current);
		mark.run(number);
	};
}

export function lastMessage(db: Connection): number {
	return Number(
		db.prepare("SELECT coalesce(max(id), 0) FROM messages").pluck().get(),
	);
}

/** Of a copy that nobody else has open. */
export function lastIn(file: string): number {
	const db = new Database(file, { readonly: true });
	try {
		return lastMessage(db);
	} finally {
		db.close();
	}
}

/** What tells one state of the database from another, and a whole copy from a torn one. */
export interface Digest {
	readonly messages: number;
	readonly last: number;
	readonly marked: number;
	readonly characters: number;
	readonly sessions: number;
}

export function digestOf(file: string): Digest {
	const db = new Database(file, { readonly: true });
	try {
		return db
			.prepare<[], Digest>(
				`SELECT count(*) messages, coalesce(max(id), 0) last, (SELECT value FROM state_meta) marked,
					total(length(content)) characters, (SELECT total(message_count) FROM sessions) sessions FROM messages`,
			)
			.get() as Digest;
	} finally {
		db.close();
	}
}

/** Why a copy is not of one moment; undefined when it is. */
export function whyTorn(file: string): string | undefined {
	const db = new Database(file, { readonly: true });
	try {
		const check = String(db.pragma("quick_check(1)", { simple: true }));
		if (check !== "ok") return check;
	} finally {
		db.close();
	}
	const { messages, last, marked, sessions } = digestOf(file);
	const isOne = messages === last && last === marked && sessions === messages;
	return isOne
		? undefined
		: `${messages} messages, the last is ${last}, marked ${marked}, in sessions ${sessions}`;
}
