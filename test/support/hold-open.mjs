// A process that holds things: `node hold-open.mjs open FILE…` opens files, `connect DB` leaves a connection open,
// `read DB` one in the middle of a read transaction, `write DB` in the middle of a write transaction, and `lock DB`
// takes an exclusive lock. Says "ready" and waits.
import fs from "node:fs";
import Database from "better-sqlite3";

const BEGIN = {
	connect: "SELECT 1 FROM sqlite_schema",
	read: "BEGIN; SELECT 1 FROM sqlite_schema LIMIT 1",
	write: "BEGIN IMMEDIATE",
	lock: "BEGIN EXCLUSIVE",
};

const [what, ...paths] = process.argv.slice(2);
const held = paths.map((path) => {
	if (what === "open") return fs.openSync(path, "r");
	const database = new Database(path);
	database.exec(BEGIN[what]);
	return database;
});
process.stdout.write("ready\n");
setInterval(() => held.length, 60_000);
