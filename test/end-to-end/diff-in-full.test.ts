import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeHermesHome } from "../support/hermes-home.ts";
import { put } from "../support/put.ts";
import { runCli, snapshot } from "../support/run-cli.ts";
import { scratch } from "../support/scratch.ts";

const timeout = 120_000;
/** Of each file: more than is told of one among others. */
const LINES = 300;

describe("diff in full", () => {
	let own = "";
	let home = "";
	const called = () => `agent-snapshot --home ${home}`;
	afterAll(() => fs.rmSync(own, { recursive: true, force: true }));
	beforeAll(async () => {
		own = fs.mkdtempSync(path.join(os.tmpdir(), "agent-snapshot-test-"));
		home = makeHermesHome({ dir: path.join(own, "home"), dbMb: 0.1 });
		put(home, "SOUL.md", linesOf("then"));
		put(home, "cron/jobs.json", { jobs: jobsWith(7) });
		const database = new Database(path.join(home, "projects.db"));
		database.exec(
			"CREATE TABLE counted (n INTEGER PRIMARY KEY, said TEXT); WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 100) INSERT INTO counted SELECT n, 'then' FROM c",
		);
		await snapshot(home, ["create"]);
		put(home, "SOUL.md", linesOf("now"));
		put(home, "cron/jobs.json", { jobs: jobsWith(8) });
		database.exec(
			"DELETE FROM counted WHERE n <= 10; UPDATE counted SET said = 'now' WHERE n BETWEEN 11 AND 51; INSERT INTO counted SELECT n + 1000, 'new' FROM counted WHERE n > 70",
		);
		database.close();
		await snapshot(home, ["create"]);
	}, timeout);

	it("lists every key, of which the short form names some", async () => {
		const short = await say(home, "diff", "2", "cron/jobs.json");
		expect(short).toMatch(/and 3 more keys/);
		const full = await say(home, "diff", "2", "--full");
		for (const id of JOBS)
			expect(full).toContain(
				`\njobs[job ${id}].prompt count to 8 → count to 7`,
			);
		expect(full).toMatch(/\n-.*count to 8/);
	});

	it("says of rows that it does not show what becomes of them", async () => {
		const now = await say(home, "diff", "2", "--full");
		expect(rowsOf(now)).toEqual({ "+": 10, "~": 10 });
		expect(now).toContain(
			"\n  and 30 more rows will go, 31 more rows will be as before\n",
		);
		const between = await say(home, "diff", "2", "1", "--full");
		expect(between).toContain(
			"\n  and 30 more rows only in 1, 31 more rows differ\n",
		);
	});

	it("says how to see all of one file, which it shows then", async () => {
		const full = await say(home, "diff", "2", "1", "--full");
		expect(full).toContain(
			`more lines\nMore of it: ${called()} diff 2 1 SOUL.md --full\n`,
		);
		const all = await say(home, "diff", "2", "1", "SOUL.md", "--full");
		expect(all.match(/^\+line/gm)).toHaveLength(LINES);
		expect(all).not.toMatch(/more lines/);
	});

	it("keeps its length in a chat, and names no command of a terminal", async () => {
		const said = await say(
			home,
			"--chat",
			"--",
			"diff",
			"2",
			"SOUL.md",
			"--full",
		);
		expect(said.split("\n").length).toBeLessThan(80);
		expect(said).toMatch(/more lines/);
		expect(said).not.toMatch(/More of it|agent-snapshot diff/);
	});

	it.each([
		["diff 2 SOUL.md", "diff 2 SOUL.md --full"],
		["diff 2 now SOUL.md", "diff 2 SOUL.md --full"],
		["diff now 2 SOUL.md", "diff 2 SOUL.md --full"],
		["diff 2 latest cron", "diff 2 1 cron --full"],
		["diff 2", "diff 2 --full"],
	])("of %s is had by the same question", async (asked, again) => {
		const said = await say(home, ...asked.split(" "));
		expect(said).toContain(`In full: ${called()} ${again}\n`);
	});
});

describe("a file of cron jobs that was ruined", () => {
	it.each([
		["broken off", "{broken"],
		["nothing but NULs", "\0\0\0\0"],
		["empty", ""],
	])("is told by what was in it: %s", { timeout }, async (_, text) => {
		const home = makeHermesHome({
			dir: path.join(scratch(), "home"),
			dbMb: 0.1,
		});
		put(home, "cron/jobs.json", { jobs: jobsWith(7) });
		await snapshot(home, ["create"]);
		fs.writeFileSync(path.join(home, "cron/jobs.json"), text);
		for (const words of [
			["diff", "1"],
			["diff", "1", "--full"],
			["restore", "1", "--dry-run"],
		]) {
			const said = await say(home, ...words);
			expect(said).toMatch(/ {2}5 cron jobs \(job .*\) will come back\n/);
			expect(said).toContain(
				"  cron/jobs.json: it cannot be parsed now; what was in it will come back\n",
			);
			expect(said).not.toMatch(/\d+ lines? will|\d B →/);
		}
		await snapshot(home, ["create"]);
		const between = await say(home, "diff", "1", "2");
		expect(between).toContain("cron/jobs.json: it cannot be parsed in 1\n");
		expect(between).toMatch(/5 cron jobs .* only in 2/);
	});
});

it("names the keys of a secret file of TOML, and no value of it", {
	timeout,
}, async () => {
	const home = path.join(scratch(), "codex");
	const text = 'model = "ours"\n[mcp_servers.a.env]\nA_TOKEN = "Quill4Lemon"\n';
	put(home, "config.toml", text);
	const codex = (...words: string[]) =>
		runCli(["--home", home, "--host", "codex", ...words]);
	await codex("create");
	put(home, "config.toml", text.replace("ours", "theirs").replace("4", "5"));
	for (const words of [[], ["--full"], ["--json", "--full"]]) {
		const { stdout } = await codex("diff", "1", ...words);
		expect(stdout).toContain(
			"model changed, mcp_servers.a.env.A_TOKEN changed",
		);
		expect(stdout).not.toMatch(/ours|theirs|Lemon/);
	}
	put(home, "config.toml", text.slice(0, 8));
	const ruined = await codex("diff", "1");
	expect(ruined.stdout).toContain(
		"config.toml: it cannot be parsed now; what was in it will come back\n",
	);
	put(home, "config.toml", `# mine\n${text}`);
	const { stdout } = await codex("diff", "1", "--full");
	expect(stdout).toMatch(/config\.toml: only comments/);
	expect(stdout).not.toMatch(/mine/);
});

const JOBS = ["one", "two", "three", "four", "five"];

function jobsWith(count: number) {
	return JOBS.map((id) => ({
		...{ id, name: `job ${id}`, enabled: true },
		prompt: `count to ${count}`,
	}));
}

function linesOf(when: string): string {
	return Array.from({ length: LINES }, (_, at) => `line ${at} ${when}\n`).join(
		"",
	);
}

/** How many rows of the table that was made for this are shown, by their signs. */
function rowsOf(said: string): Record<string, number> {
	const rows = [...said.matchAll(/^ {2}([-+~]) n \d+: /gm)];
	const bySign = Map.groupBy(rows, ([, sign = ""]) => sign);
	return Object.fromEntries(
		[...bySign].map(([sign, some]) => [sign, some.length]),
	);
}

async function say(home: string, ...words: string[]): Promise<string> {
	const { code, stdout, stderr } = await runCli([
		...["--home", home, "--host", "hermes", ...words],
	]);
	expect(code, stderr).toBe(0);
	return stdout;
}
