// Opens a database as a process of its own and prints { integrity, keys } of it.
// Usage: node read-keys.mjs DATABASE
import Database from "better-sqlite3";

const db = new Database(process.argv[2], { timeout: 30_000 });
const read = db.transaction(() => ({
	integrity: db.pragma("integrity_check", { simple: true }),
	keys: db.prepare("SELECT key FROM keyed").pluck().all(),
}));
console.log(JSON.stringify(read()));
db.close();
