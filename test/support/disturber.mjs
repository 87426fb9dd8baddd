// Does to a database what others do while it is copied: reads for a while and goes, and checkpoints of every kind.
// Usage: node disturber.mjs DATABASE SEED
import Database from "better-sqlite3";

const [file, seed] = process.argv.slice(2);
let state = Number(seed) || 1;
/** 0 to n - 1: Park and Miller's generator, so that a seed tells the whole story. */
const below = (n) => {
	state = (state * 48271) % 2147483647;
	return state % n;
};
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const KINDS = ["PASSIVE", "FULL", "RESTART", "TRUNCATE"];

for (;;) {
	const db = new Database(file, { timeout: 50 });
	try {
		if (below(2) === 0)
			db.pragma(`wal_checkpoint(${KINDS[below(KINDS.length)]})`);
		else {
			db.exec("BEGIN; SELECT count(*) FROM sessions");
			await pause(below(60));
			db.exec("ROLLBACK");
		}
	} catch (error) {
		if (!/^SQLITE_(BUSY|LOCKED)/.test(error.code)) throw error;
	} finally {
		db.close();
	}
	await pause(below(60));
}
