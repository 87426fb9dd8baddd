// Commits `rate` transactions a second into a database and prints each sequence number after its commit returned.
// Usage: node steady-writer.mjs DATABASE RATE
import Database from "better-sqlite3";

const [file, rate] = process.argv.slice(2);
const db = new Database(file, { timeout: 10_000 });
db.pragma("journal_mode = WAL");
db.exec(
	"CREATE TABLE IF NOT EXISTS acknowledged (seq INTEGER PRIMARY KEY, at REAL NOT NULL)",
);
db.exec(
	"INSERT OR IGNORE INTO sessions (id, source, started_at) VALUES ('steady', 'cli', 1)",
);
const number = db.prepare("INSERT INTO acknowledged (seq, at) VALUES (?, ?)");
const message = db.prepare(
	"INSERT INTO messages (session_id, role, content, timestamp) VALUES ('steady', 'user', ?, ?)",
);
// Two rows in one transaction: a copy with only one of them is torn.
const commit = db.transaction((seq) => {
	number.run(seq, Date.now());
	message.run(`message ${seq} about the gateway and its retries`, Date.now());
});

let seq = 0;
setInterval(() => {
	commit(seq + 1);
	seq += 1;
	process.stdout.write(`${seq}\n`);
}, 1000 / Number(rate));
