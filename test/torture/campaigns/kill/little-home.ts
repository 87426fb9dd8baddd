import fs from "node:fs";
import path from "node:path";
import {
	changeRows,
	changeRowsInWal,
	makeSmallDb,
	makeStateDb,
} from "../../../support/hermes-databases.ts";
import { put } from "../../../support/put.ts";
import { addBallast, putSettings } from "../../in-parts.ts";

/**
 * A home with one of everything, so small that every system call of every command can be tried: a handful of files,
 * links and folders, databases of a few pages, and one that a snapshot keeps in two parts.
 */
export function makeLittleHome(home: string): string {
	put(home, "config.yaml", "model: {provider: openrouter}\n");
	put(home, ".env", "OPENROUTER_API_KEY=sk-or-v1-little\n");
	put(home, "auth.json", { providers: { nous: { refresh_token: "rt_1" } } });
	put(home, "SOUL.md", "# Soul\n\nSmall, and kind.\n");
	put(home, "memories/MEMORY.md", "the first of all memories\n");
	put(home, "memories/USER.md", "likes tea\n");
	put(home, "cron/jobs.json", { jobs: [] });
	put(home, "channel_aliases.json", { telegram: { home: "100" } }, 0o644);
	put(home, "pairing/telegram-approved.json", { 111: "ada" });
	put(home, "pairing/discord-approved.json", { 222: "bob" });
	put(home, "platforms/pairing/telegram-approved.json", { 333: "eve" });
	put(home, "logs/gateway.log", "nobody captures me\n");
	fs.symlinkSync("USER.md", path.join(home, "memories/link.md"));
	makeLittleStateDb(path.join(home, "state.db"));
	for (const name of ["kanban", "projects", "response_store"])
		makeSmallDb(path.join(home, `${name}.db`), "items", 4);
	putSettings(home);
	return home;
}

/** With the tables of the steady writer, so that it can go on after a restore. */
function makeLittleStateDb(file: string): void {
	makeStateDb(file, { mb: 0, seed: 1 });
	addBallast({ exec: (sql) => changeRows(file, sql) });
	changeRows(
		file,
		`DELETE FROM messages WHERE id > 12;
		DELETE FROM sessions WHERE id NOT IN (SELECT session_id FROM messages);
		INSERT INTO sessions (id, source, started_at) VALUES ('steady', 'cli', 1);
		CREATE TABLE acknowledged (seq INTEGER PRIMARY KEY, at REAL NOT NULL);
		INSERT INTO messages_fts(messages_fts) VALUES ('optimize');
		VACUUM`,
	);
	fs.chmodSync(file, 0o600);
}

/** All that can happen to it before a restore: written, emptied, removed, added, linked, other modes, times and pages. */
export function changeLittleHome(home: string): void {
	const at = (file: string) => path.join(home, file);
	changeRowsInWal(
		at("state.db"),
		"DELETE FROM messages WHERE id % 3 = 0",
		"INSERT INTO sessions (id, source, started_at) VALUES ('later', 'cli', 3)",
	);
	changeRows(at("kanban.db"), "UPDATE items SET title = 'changed since'");
	fs.rmSync(at("projects.db"));
	fs.rmSync(at("response_store.db"));
	makeSmallDb(at("response_store.db"), "items", 0, { pageSize: 8192 });
	makeSmallDb(at("memory_store.db"), "appeared", 2);
	fs.writeFileSync(at("config.yaml"), "model: {provider: changed-since}\n");
	fs.truncateSync(at(".env"), 0);
	fs.rmSync(at("cron"), { recursive: true });
	fs.chmodSync(at("SOUL.md"), 0o644);
	fs.utimesSync(at("memories/MEMORY.md"), 1_700_000_000, 1_700_000_000);
	fs.rmSync(at("memories/link.md"));
	put(home, "memories/link.md", "a file where a link was\n");
	put(home, "memories/notes/later.md", "added since\n");
	fs.rmSync(at("channel_aliases.json"));
	fs.symlinkSync(at("logs/gateway.log"), at("channel_aliases.json"));
	fs.rmSync(at("pairing/discord-approved.json"));
	put(home, "pairing/mallory-approved.json", { 666: "mallory" });
	fs.chmodSync(at("pairing"), 0o711);
	fs.rmSync(at("platforms/pairing"), { recursive: true });
	put(home, "auth.json", { providers: { nous: { refresh_token: "rt_2" } } });
	fs.appendFileSync(at("logs/gateway.log"), "one more line\n");
}

/** What an agent does that was started although a restore had been interrupted. */
export function writeOn(home: string): void {
	fs.writeFileSync(path.join(home, "config.yaml"), WRITTEN_ON);
	changeRows(
		path.join(home, "state.db"),
		"INSERT INTO acknowledged (seq, at) VALUES (1000, 1)",
	);
}

/** It has a table `anew` then. */
export const MADE_ANEW = "kanban.db";

export const WRITTEN_ON = "model: {provider: written-on}\n";
