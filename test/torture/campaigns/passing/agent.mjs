// An agent that opens the database for each write. Prints each key after its commit returned; errors go to stderr.
// Usage: node agent.mjs HABITS, as in passing-agent.ts. SIGTERM ends it between two writes.
import { setImmediate, setTimeout } from "node:timers/promises";
import Database from "better-sqlite3";

const { database, prefix, pause, linger, after, makes } = JSON.parse(
	process.argv[2],
);
let isGoing = true;
process.once("SIGTERM", () => {
	isGoing = false;
});
await wait(after);
for (let count = 1; isGoing; count++) {
	await write(`${prefix}-${count}`);
	await wait(pause);
}

async function write(key) {
	let db;
	try {
		db = new Database(database, {
			timeout: 30_000,
			fileMustExist: makes === null,
		});
		if (makes !== null) {
			db.pragma(`journal_mode = ${makes}`);
			db.exec("CREATE TABLE IF NOT EXISTS keyed (key TEXT PRIMARY KEY)");
		}
		if (linger > 0) {
			db.prepare("SELECT count(*) FROM keyed").get();
			await wait(linger);
		}
		db.prepare("INSERT INTO keyed (key) VALUES (?)").run(key);
		process.stdout.write(`${key}\n`);
	} catch (error) {
		const kind = error.code?.startsWith("SQLITE_BUSY") ? "busy" : "error";
		process.stderr.write(`${kind} ${key}: ${error.code} ${error.message}\n`);
	} finally {
		db?.close();
	}
}

/** Signals are heard in between, however short it is. */
function wait(milliseconds) {
	return milliseconds > 0 ? setTimeout(milliseconds) : setImmediate();
}
