// Commits RATE transactions a second into a ledger (see ledger.ts) and prints each number after its commit returned. It
// checkpoints in every way, so that the log is begun anew all the time, grows and shrinks, and goes and comes back.
// Usage: node ledger-writer.ts DATABASE RATE SEED
import Database from "better-sqlite3";
import { Chance } from "../../chance.ts";

const [file = "", rate, seed] = process.argv.slice(2);
const chance = new Chance(Number(seed), "writer");
const HOW = ["PASSIVE", "FULL", "RESTART", "TRUNCATE"];

function connect() {
	const database = new Database(file, { timeout: 30_000 });
	database.pragma("synchronous = OFF");
	database.pragma(`wal_autocheckpoint = ${chance.pick([5, 50, 500])}`);
	const prepared = (sql: string) =>
		database.prepare<Record<string, number>>(sql);
	const update = prepared(
		`UPDATE entries SET commits = @seq, body = printf('%08d', @seq) || hex(randomblob(@length)) || printf('%08d', @seq) WHERE id = @id`,
	);
	const insert = prepared(
		`INSERT INTO entries (commits, body) VALUES (@seq, printf('%08d', @seq) || hex(randomblob(@length)) || printf('%08d', @seq))`,
	);
	const drop = prepared(
		"DELETE FROM entries WHERE id = (SELECT id FROM entries WHERE id >= @id ORDER BY id LIMIT 1)",
	);
	const shrink = prepared(
		"DELETE FROM entries WHERE id IN (SELECT id FROM entries ORDER BY id DESC LIMIT @many)",
	);
	const total = prepared(
		"UPDATE total SET seq = @seq, count = (SELECT count(*) FROM entries), sum = (SELECT sum(commits) FROM entries)",
	);
	const commit = database.transaction((seq: number) => {
		const rows = database.prepare("SELECT max(id) FROM entries").pluck();
		const most = Number(rows.get());
		for (let turn = chance.below(12); turn >= 0; turn--)
			update.run({
				seq,
				length: chance.below(3000),
				id: 1 + chance.below(most),
			});
		for (let turn = chance.below(4); turn > 0; turn--)
			drop.run({ id: chance.below(most) });
		for (let turn = chance.below(6); turn > 0; turn--)
			insert.run({ seq, length: chance.below(5000) });
		if (chance.oneIn(50)) shrink.run({ many: chance.below(100) });
		insert.run({ seq, length: 10 });
		total.run({ seq });
	});
	return { database, commit };
}

let { database, commit } = connect();
let seq = 0;
setInterval(() => {
	commit(seq + 1);
	seq += 1;
	process.stdout.write(`${seq}\n`);
	// Of what is in the way of it SQLite says so with a number, or that it is busy.
	if (chance.oneIn(4)) quietly(`wal_checkpoint(${chance.pick(HOW)})`);
	if (chance.oneIn(30)) quietly("incremental_vacuum(200)");
	if (!chance.oneIn(40)) return;
	database.close();
	({ database, commit } = connect());
}, 1000 / Number(rate));

function quietly(pragma: string): void {
	database.pragma("busy_timeout = 0");
	try {
		database.pragma(pragma);
	} catch (error) {
		const code = error instanceof Error && "code" in error ? error.code : "";
		if (!String(code).startsWith("SQLITE_BUSY")) throw error;
	} finally {
		database.pragma("busy_timeout = 30000");
	}
}
