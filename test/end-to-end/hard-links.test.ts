import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { expect, it } from "vitest";
import { changeRows } from "../support/hermes-databases.ts";
import { makeHermesHome } from "../support/hermes-home.ts";
import { holder } from "../support/holder.ts";
import { difference, record } from "../support/oracle.ts";
import { snapshot } from "../support/run-cli.ts";
import { scratch } from "../support/scratch.ts";
import { sqlAgent } from "../support/sql-agent.ts";

const timeout = 60_000;

/** A home with a snapshot, changed since, and a backup of that made with `cp -al`. */
async function linkedHome() {
	const dir = scratch();
	const home = makeHermesHome({ dir: path.join(dir, "home") });
	expect((await snapshot(home, ["create"])).code).toBe(0);
	const before = record(home);
	fs.chmodSync(path.join(home, "config.yaml"), 0o644);
	fs.chmodSync(path.join(home, "kanban.db"), 0o644);
	changeRows(
		path.join(home, "state.db"),
		"DELETE FROM messages WHERE id % 3 = 0",
	);
	const backup = path.join(dir, "backup");
	execFileSync("cp", ["-al", home, backup]);
	return { home, backup, before };
}

it("leaves a backup that was made with hard links as it was", {
	timeout,
}, async () => {
	const { home, backup, before } = await linkedHome();
	const kept = record(backup);
	const done = await snapshot(home, ["restore", "1"]);
	expect(done.code, done.json.text).toBe(0);
	expect(difference(before, record(home))).toEqual([]);
	expect(difference(kept, record(backup))).toEqual([]);
});

it("writes through SQLite all the same when somebody holds the database", {
	timeout,
}, async () => {
	const { home, before } = await linkedHome();
	await holder("connect", path.join(home, "state.db"));
	const done = await snapshot(home, ["restore", "1", "state.db"]);
	expect(done.code, done.json.text).toBe(0);
	expect(fs.statSync(path.join(home, "state.db")).nlink).toBe(2);
	const wrong = difference(before, record(home));
	expect(wrong.filter((line) => line.includes("state.db"))).toEqual([]);
});

it("saves a database with a log under the name that the log lies beside", {
	timeout,
}, async () => {
	const home = makeHermesHome({ dir: path.join(scratch(), "home") });
	const [database, other] = ["state.db", "memories/old.db"].map((name) =>
		path.join(home, name),
	) as [string, string];
	fs.linkSync(database, other);
	const agent = await sqlAgent(database);
	await agent.run(
		"PRAGMA journal_mode = WAL",
		"CREATE TABLE late (n)",
		"INSERT INTO late VALUES (1), (2), (3)",
	);
	const { code, json } = await snapshot(home, ["create"]);
	expect(code, json.text).toBe(3);
	expect(json.text).toContain("memories/old.db");
	const id = json.data.snapshot?.id ?? "";
	const stored = path.join(home, "state-snapshots", id, "state.db");
	const copy = path.join(scratch(), "copy.db");
	fs.copyFileSync(stored, copy);
	fs.chmodSync(copy, 0o600);
	const kept = new Database(copy);
	expect(kept.prepare("SELECT count(*) FROM late").pluck().get()).toBe(3);
	kept.close();
	expect(fs.existsSync(`${other}-wal`)).toBe(false);
});
