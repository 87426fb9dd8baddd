// Commits SQL that stays in the write-ahead log, then dies without closing: what a crashed agent leaves on disk.
// Usage: node leave-in-wal.mjs DATABASE SQL…
import Database from "better-sqlite3";

const [file, ...statements] = process.argv.slice(2);
const db = new Database(file);
db.pragma("journal_mode = WAL");
db.pragma("wal_autocheckpoint = 0");
for (const sql of statements) db.exec(sql);
process.kill(process.pid, "SIGKILL");
