import fs from "node:fs";
import path from "node:path";
import { makeSmallDb } from "./hermes-databases.ts";
import { put } from "./put.ts";

/** A home of Hermes in which nothing is secret: a database, settings, and two texts. */
export function makeOpenHome(home: string): string {
	fs.mkdirSync(home, { recursive: true, mode: 0o700 });
	makeSmallDb(path.join(home, "state.db"), "messages", 40);
	put(home, "config.yaml", "model: one\n");
	put(home, "SOUL.md", "# Soul\n");
	put(home, "memories/MEMORY.md", "Ada likes tea.\n");
	return home;
}
