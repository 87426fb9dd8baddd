// A second reader that comes and goes: reads the database for a while, checkpoints now and then, closes.
// Usage: node guest.ts DATABASE SEED
import { setTimeout as sleep } from "node:timers/promises";
import Database from "better-sqlite3";
import { Chance } from "../../chance.ts";

const [file = "", seed] = process.argv.slice(2);
const chance = new Chance(Number(seed), "guest");
for (;;) {
	const database = new Database(file, { timeout: 0 });
	try {
		for (let turn = chance.below(4); turn >= 0; turn--) {
			database.exec("BEGIN; SELECT count(*) FROM total");
			await sleep(chance.below(60));
			database.exec("COMMIT");
			if (chance.oneIn(3)) database.pragma("wal_checkpoint(PASSIVE)");
		}
	} catch (error) {
		const code = error instanceof Error && "code" in error ? error.code : "";
		if (!String(code).startsWith("SQLITE_BUSY")) throw error;
	} finally {
		database.close();
	}
	await sleep(chance.below(60));
}
