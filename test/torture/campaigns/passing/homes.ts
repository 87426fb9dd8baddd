import fs from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { makeSmallDb } from "../../../support/hermes-databases.ts";
import { put } from "../../../support/put.ts";
import type { Setting } from "../../campaign.ts";
import { addBallast, putSettings } from "../../in-parts.ts";
import { mustRun } from "../../run-subject.ts";
import { snapshotFolders } from "../../store-oracle.ts";
import type { JournalMode } from "./passing-agent.ts";

/** What a restore does to the database: writes over it, makes it, or removes it. */
export type Change = "replaced" | "made" | "removed";

export interface PassedHome {
	readonly home: string;
	readonly change: Change;
	readonly mode: JournalMode;
	/** The one that is passed by, below the home. */
	readonly database: string;
	/** The one snapshot. */
	readonly snapshot: string;
}

/** In the snapshot's database, and in what the home has before the restore. */
export const BASE = Array.from({ length: 60 }, (_, at) => `base-${at}`);
/** In the home's only. */
export const SINCE = "since";

/** A home with one snapshot, of which the database, and a file that comes later in the order of things, differ. */
export async function makePassedHome(
	{ subject, dir }: Setting,
	change: Change,
	mode: JournalMode,
	database: string,
): Promise<PassedHome> {
	const home = path.join(dir, `${change}-${mode}-${database}`);
	fs.mkdirSync(home, { mode: 0o700 });
	const file = path.join(home, database);
	if (database !== "state.db")
		makeSmallDb(path.join(home, "state.db"), "messages", 40);
	put(home, "config.yaml", "model: one\n");
	put(home, "memories/MEMORY.md", "Ada likes tea.\n");
	// What an agent wrote may be in the oldest undo snapshot only: none of them may be pruned in a point.
	putSettings(home, { keep: { "before-restore": 20 } });
	if (change !== "removed") makeKeyed(file, mode, BASE);
	await mustRun(subject, home, "create", "one");
	fs.rmSync(file, { force: true });
	if (change !== "made") makeKeyed(file, mode, [...BASE, SINCE]);
	put(home, "config.yaml", "model: two\n");
	put(home, "memories/MEMORY.md", "Ada likes coffee.\n");
	const [snapshot = ""] = snapshotFolders(home);
	return { home, change, mode, database, snapshot };
}

function makeKeyed(
	file: string,
	mode: JournalMode,
	keys: readonly string[],
): void {
	const db = new Database(file);
	db.pragma(`journal_mode = ${mode}`);
	db.exec("CREATE TABLE keyed (key TEXT PRIMARY KEY)");
	const insert = db.prepare("INSERT INTO keyed VALUES (?)");
	db.transaction(() => {
		for (const key of keys) insert.run(key);
	})();
	addBallast(db);
	db.close();
	fs.chmodSync(file, 0o600);
}
