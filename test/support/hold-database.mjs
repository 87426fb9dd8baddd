// An idle agent: `node hold-database.mjs DATABASE…` has them open in WAL mode, as Hermes does, and has read from them.
// Says "ready" and waits; ends when its input ends, so that it never outlives the one who asked for it.
import Database from "better-sqlite3";

const held = process.argv.slice(2).map((file) => {
	const database = new Database(file);
	database.pragma("journal_mode = WAL");
	database.prepare("SELECT count(*) FROM sqlite_schema").get();
	return database;
});
process.stdout.write("ready\n");
process.stdin.on("end", () => process.exit(0));
process.stdin.resume();
process.on("exit", () => held.length);
