// A process that holds things: `node hold-open.mjs open FILE…` opens files, `node hold-open.mjs lock DB` takes an
// exclusive lock, `node hold-open.mjs write DB` leaves a write transaction open. Says "ready" and waits.
import fs from "node:fs";
import Database from "better-sqlite3";

const [what, ...paths] = process.argv.slice(2);
const held = paths.map((path) => {
	if (what === "open") return fs.openSync(path, "r");
	const database = new Database(path);
	database.exec(what === "lock" ? "BEGIN EXCLUSIVE" : "BEGIN IMMEDIATE");
	return database;
});
process.stdout.write("ready\n");
setInterval(() => held.length, 60_000);
