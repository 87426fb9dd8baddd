import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import {
	changeKnownly,
	homeBefore,
	SAID,
	SECRETS,
} from "../support/different-homes.ts";
import { runCli, snapshot } from "../support/run-cli.ts";
import { scratch } from "../support/scratch.ts";

describe("diff", () => {
	it("names every known difference, and no secret", async () => {
		const home = homeBefore(path.join(scratch(), "home"));
		await snapshot(home, ["create"]);
		const since = Date.now() / 1000 + 60;
		changeKnownly(home, since);
		const before = listing(home);

		const full = await say(home, "diff", "1", "--full");
		for (const said of SAID) expect(full.stdout).toMatch(said);
		const short = await say(home, "diff", "1");
		const json = await runCli([
			"--home",
			home,
			"--host",
			"hermes",
			"--json",
			"diff",
			"1",
			"--full",
		]);
		const plan = await say(home, "restore", "1", "--dry-run");

		for (const { stdout, stderr, code } of [full, short, json, plan]) {
			expect(code).toBe(0);
			const all = stdout + stderr;
			expect(SECRETS.filter((secret) => all.includes(secret))).toEqual([]);
		}
		expect(short.stdout.trimEnd().split("\n").length).toBeLessThanOrEqual(12);
		expect(plan.stdout).toMatch(/will go/);
		expect(listing(home)).toEqual(before);
	});

	it("says what each of two snapshots has", async () => {
		const home = homeBefore(path.join(scratch(), "home"));
		await snapshot(home, ["create"]);
		changeKnownly(home, Date.now() / 1000);
		await snapshot(home, ["create"]);

		const { stdout } = await say(home, "diff", "2", "1", "--full");
		for (const said of [
			/3 messages in 1 session,.* only in 1/,
			/1 pairing \(telegram:…\).* only in 2/,
			/config\.yaml: .*model\.default hermes-4 in 2, hermes-5 in 1/,
			/auth\.json/,
			/table made_since \(1 row\) only in 1/,
		])
			expect(stdout).toMatch(said);
		const same = await say(home, "diff", "1", "1");
		expect(same.stdout).toMatch(/Both are snapshot 1 .*nothing to compare/);
	});

	it("looks only where it is told to", async () => {
		const home = homeBefore(path.join(scratch(), "home"));
		await snapshot(home, ["create"]);
		changeKnownly(home, 3);

		const { stdout } = await say(home, "diff", "1", "./config.yaml");
		expect(stdout).toContain("model.default");
		expect(stdout).not.toContain("SOUL.md");
		const wrong = await say(home, "diff", "1", "now", "nowhere.txt");
		expect(wrong.code).toBe(2);
		expect(wrong.stdout + wrong.stderr).toMatch(/no "nowhere.txt"/);
	});

	it("finds nothing where nothing has changed, and in a database that was only vacuumed", async () => {
		const home = homeBefore(path.join(scratch(), "home"));
		await snapshot(home, ["create"]);
		const { default: Database } = await import("better-sqlite3");
		const database = new Database(path.join(home, "state.db"));
		database.exec("VACUUM");
		database.close();

		const { stdout } = await say(home, "diff", "latest");
		expect(stdout).toMatch(/to restore it would change nothing/);
	});

	it("shows rows that only seem to say the name of a secret", async () => {
		const home = homeBefore(path.join(scratch(), "home"));
		await snapshot(home, ["create"]);
		const { default: Database } = await import("better-sqlite3");
		const database = new Database(path.join(home, "state.db"));
		database.exec(`CREATE TABLE auths (name, kind, at); INSERT INTO auths VALUES ('main', 'token', 1763700000.5);
			CREATE TABLE said (role, content, n); INSERT INTO said VALUES ('user', 'password', 3);
			CREATE TABLE asked (name, content); INSERT INTO asked VALUES ('ada', 'What is a good password?');
			CREATE TABLE counts (name, value); INSERT INTO counts VALUES ('max_tokens', 4096), ('theme', 'dark2blue')`);
		database.close();

		const { stdout } = await say(home, "diff", "1", "--full");
		for (const row of [
			"name main, kind token, at 1763700000.5",
			"role user, content password, n 3",
			"name ada, content What is a good password?",
			"name max_tokens, value 4096",
			"name theme, value dark2blue",
		])
			expect(stdout).toContain(row);
		expect(stdout).not.toContain("••••,");
	});

	it("compares Hermes' own snapshots, and says of a damaged one which file it is", async () => {
		const home = homeBefore(path.join(scratch(), "home"));
		const id = "20260101-000000";
		const folder = path.join(home, "state-snapshots", id);
		fs.mkdirSync(folder);
		const files: Record<string, number> = {};
		for (const name of ["state.db", "config.yaml"]) {
			fs.copyFileSync(path.join(home, name), path.join(folder, name));
			files[name] = fs.statSync(path.join(folder, name)).size;
		}
		const manifest = {
			id,
			timestamp: id,
			label: null,
			file_count: 2,
			total_size: 1,
			files,
		};
		fs.writeFileSync(
			path.join(folder, "manifest.json"),
			JSON.stringify(manifest),
		);
		changeKnownly(home, 3);
		const theirs = await say(home, "diff", id, "--full");
		expect(theirs.stdout).toMatch(/3 messages in 1 session.* will go/);
		expect(theirs.stdout).not.toContain("SOUL.md");

		await snapshot(home, ["create", "--force"]);
		const [ours = ""] = fs
			.readdirSync(path.join(home, "state-snapshots"))
			.filter((name) => /^\d{8}/.test(name) && name !== id);
		const stored = path.join(home, "state-snapshots", ours, "SOUL.md");
		fs.chmodSync(stored, 0o600);
		fs.appendFileSync(stored, "rotten");
		const rotten = await say(home, "diff", ours, id);
		expect(rotten.code).toBe(0);
		fs.appendFileSync(path.join(home, "SOUL.md"), "more");
		const damaged = await say(home, "diff", ours);
		expect(damaged.stdout).toMatch(
			/SOUL\.md: in \S+ it has \d+ bytes instead of/,
		);
	});
});

function say(home: string, ...words: string[]) {
	return runCli(["--home", home, "--host", "hermes", ...words]);
}

/** Every name in the store, and what has been left in it. */
function listing(home: string): string[] {
	return fs.readdirSync(path.join(home, "state-snapshots")).sort();
}
