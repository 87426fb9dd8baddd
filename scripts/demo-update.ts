import { writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { configText, loginWith } from "./demo-home.ts";

export const OTHER_MODEL = "tiny/free-8b";
/** The first ten are the ones that matter. */
const FORGOTTEN = 10;

/** What people told of updates, in one: old messages gone, jobs gone, another model, a stranger paired. */
export function ruinWithUpdate(home: string): void {
	const put = (path: string, content: string | object) =>
		writeFileSync(
			join(home, path),
			typeof content === "string" ? content : JSON.stringify(content, null, 2),
			{ mode: 0o600 },
		);
	put("config.yaml", configText(OTHER_MODEL));
	put("cron/jobs.json", { jobs: [] });
	put("pairing/discord-approved.json", { 666: { user_name: "mallory" } });
	// Logins are renewed all the time; the old token is worthless then, and must not come back.
	put("auth.json", loginWith("the-renewed"));
	const database = new Database(join(home, "state.db"));
	database.prepare("DELETE FROM messages WHERE id <= ?").run(FORGOTTEN);
	database.close();
}
