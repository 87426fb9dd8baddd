import fs from "node:fs";
import path from "node:path";
import { changeRows, makeSmallDb } from "../support/hermes-databases.ts";
import { put } from "../support/put.ts";
import { addBallast, mustBeInParts, putSettings } from "./in-parts.ts";
import { mustRun } from "./run-subject.ts";
import { snapshotFolders } from "./store-oracle.ts";
import type { Subject } from "./subjects.ts";

export interface TwoSnapshots {
	readonly home: string;
	/** Their folders' names. */
	readonly older: string;
	readonly newer: string;
}

/** Fourteen files and a database of two parts: enough kinds for every rule, small enough to be copied a thousand times. */
export function makeSmallHome(home: string): void {
	fs.mkdirSync(home, { recursive: true, mode: 0o700 });
	makeSmallDb(path.join(home, "state.db"), "messages", 60);
	addBallast({
		exec: (sql) => changeRows(path.join(home, "state.db"), sql),
	});
	fs.utimesSync(path.join(home, "state.db"), 1_776_000_000, 1_776_000_000);
	put(home, "config.yaml", "model:\n  provider: one\n  name: small\n");
	put(home, ".env", "OPENROUTER_API_KEY=sk-one\n");
	put(home, "auth.json", {
		version: 1,
		providers: { nous: { refresh_token: "rt_one" } },
	});
	put(home, "SOUL.md", "# Soul\n\nBe kind, be brief.\n");
	put(home, "memories/MEMORY.md", "Ada likes tea.\n");
	put(home, "memories/USER.md", "Ada\n");
	put(home, "cron/jobs.json", { jobs: [{ id: "a1", enabled: true }] });
	put(home, "channel_directory.json", { platforms: {} }, 0o644);
	put(home, "channel_aliases.json", { telegram: { home: "100" } }, 0o644);
	for (const name of ["telegram", "discord"])
		put(home, `pairing/${name}-approved.json`, { "111": { user_name: name } });
	put(home, "profiles/coder/SOUL.md", "# A soul for code\n");
	put(home, "profiles/coder/config.yaml", "model: two\n");
	put(home, "logs/gateway.log", "never captured\n");
	putSettings(home);
}

/** A home with two snapshots that differ in every file, and changed again since. */
export async function makeTwoSnapshots(
	subject: Subject,
	home: string,
): Promise<TwoSnapshots> {
	makeSmallHome(home);
	const before = snapshotFolders(home);
	await mustRun(subject, home, "create", "older");
	changeSmallHome(home, "between");
	const [older = ""] = snapshotFolders(home).filter(
		(id) => !before.includes(id),
	);
	await mustRun(subject, home, "create", "newer");
	const [newer = ""] = snapshotFolders(home).filter((id) => id !== older);
	mustBeInParts(subject, home);
	changeSmallHome(home, "since");
	return { home, older, newer };
}

/** Another word in every file, a row in the database, a file gone, another that came. */
export function changeSmallHome(home: string, word: string): void {
	for (const file of fs.readdirSync(home, {
		recursive: true,
		encoding: "utf8",
	})) {
		const full = path.join(home, file);
		if (
			file.startsWith("state-snapshots") ||
			!/\.(yaml|md|json|log)$|env$/.test(file)
		)
			continue;
		if (file.endsWith(".json")) {
			const known = JSON.parse(fs.readFileSync(full, "utf8")) as object;
			fs.writeFileSync(full, JSON.stringify({ ...known, word }));
		} else fs.appendFileSync(full, `${word}\n`);
		fs.utimesSync(full, 1_776_000_100, 1_776_000_100 + word.length);
	}
	changeRows(
		path.join(home, "state.db"),
		`INSERT INTO messages (title) VALUES ('${word}')`,
	);
	fs.utimesSync(
		path.join(home, "state.db"),
		1_776_000_100,
		1_776_000_100 + word.length,
	);
	put(home, `pairing/came-${word}-approved.json`, { came: word });
	fs.chmodSync(path.join(home, "SOUL.md"), word === "since" ? 0o644 : 0o640);
}
