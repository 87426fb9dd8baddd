// Commits RATE transactions a second into a database that others replace under it. Every row has a key of its own, so
// that it survives: PREFIX-1, PREFIX-2 … Prints each key after its commit returned.
// Usage: node keyed-writer.mjs DATABASE RATE PREFIX
import Database from "better-sqlite3";

const [file, rate, prefix] = process.argv.slice(2);
const db = new Database(file, { timeout: 30_000 });
const insert = db.prepare("INSERT INTO keyed (key) VALUES (?)");
let count = 0;
const commit = () => {
	count += 1;
	insert.run(`${prefix}-${count}`);
	process.stdout.write(`${prefix}-${count}\n`);
};
commit();
setInterval(commit, 1000 / Number(rate));
