import fs from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { makeHermesHome } from "./hermes-home.ts";
import { scratch } from "./scratch.ts";

export const LARGE_ROWS = 1500;

/** A home with a `state.db` of 5 MB, of which snapshots keep what has 1 MiB or more in parts. */
export function largeHome(): string {
	const home = makeHermesHome({ dir: path.join(scratch(), "home") });
	const store = path.join(home, "state-snapshots");
	fs.mkdirSync(store, { recursive: true, mode: 0o700 });
	const settings = JSON.stringify({ partsFromBytes: 1024 * 1024 });
	fs.writeFileSync(path.join(store, "config.json"), settings);
	const large = new Database(path.join(home, "state.db"));
	large.exec(
		`CREATE TABLE filler AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${LARGE_ROWS})
		SELECT i, hex(randomblob(1500)) AS text FROM n`,
	);
	large.close();
	return home;
}

/** Everything that the large table says. */
export function largeRows(home: string): unknown[] {
	const database = new Database(path.join(home, "state.db"), {
		readonly: true,
	});
	try {
		expectSound(database);
		return database.prepare("SELECT i, text FROM filler ORDER BY i").all();
	} finally {
		database.close();
	}
}

function expectSound(database: Database.Database): void {
	const found = database.pragma("integrity_check", { simple: true });
	if (found !== "ok") throw new Error(String(found));
}
