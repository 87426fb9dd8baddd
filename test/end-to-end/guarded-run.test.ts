import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { beforeEach, describe, expect, it } from "vitest";
import { makeHermesHome } from "../support/hermes-home.ts";
import { startLiveAgent } from "../support/live-agent.ts";
import { difference, record } from "../support/oracle.ts";
import { cli, root, supportScript } from "../support/paths.ts";
import { put } from "../support/put.ts";
import { runCli } from "../support/run-cli.ts";
import { scratch } from "../support/scratch.ts";
import { snapshotFolders } from "../support/store.ts";

const timeout = 120_000;
let home = "";

beforeEach(() => {
	home = makeHermesHome({ dir: path.join(scratch(), "home"), dbMb: 0.5 });
	put(
		home,
		"config.yaml",
		"model:\n  default: ours/best\n  provider: openrouter\ntheme: dark\nusers:\n  allowed: [ada, bob]\nterminal:\n  shell: /bin/zsh\n  rows: 52\n",
	);
	const jobs = ["one", "two", "three"].map((id) => ({
		...{ id, enabled: true, state: "scheduled" },
		prompt: `look after the garden of ${id}`,
		next_run_at: `2026-11-2${id.length}T08:00:00Z`,
	}));
	put(home, "cron/jobs.json", { jobs });
	put(home, "pairing/signal-approved.json", { "+4917000": { name: "ada" } });
	const soul = [
		"I am Hermes.",
		"I like gardens.",
		"I speak softly.",
		"Always.",
	];
	put(home, "SOUL.md", `# Soul\n\n${soul.join("\n")}\n`);
});

/** What `--json` says of a run. */
interface Report {
	exitCode: number;
	text: string;
	data: Record<string, unknown>;
}

/** `agent-snapshot run …`, as a script would. */
function run(words: readonly string[], env: Record<string, string> = {}) {
	return runCli(["--home", home, "--host", "hermes", "run", ...words], { env });
}

async function report(words: readonly string[]) {
	const { code, stdout, stderr } = await runCli([
		...["--home", home, "--json", "run", ...words],
	]);
	const said = JSON.parse(stdout) as Report;
	expect(said.exitCode).toBe(code);
	return { ...said, stderr };
}

/** The words of an update that does this to the home. */
function updating(what: string): string[] {
	return ["--", process.execPath, supportScript("update.mjs"), home, what];
}

describe("an update that breaks something", () => {
	it.each([
		{
			what: "empties the jobs",
			said: "cron/jobs.json: 3 cron jobs before, none now",
		},
		{
			what: "moves the file of the jobs",
			said: "cron/jobs.json: 3 cron jobs before, none now",
		},
		{
			what: "puts the jobs into another file",
			said: "cron/jobs.json is gone from where snapshots look",
		},
		{
			what: "moves the file of the pairings over another",
			said: "platforms/pairing/telegram-approved.json: 1 pairing before, none now",
		},
		{
			what: "sets the pairings aside in their file",
			said: "pairing/telegram-approved.json: 1 pairing before, none now",
		},
		{
			what: "loses a job",
			said: "cron/jobs.json: 3 cron jobs before, only 2 now",
		},
		{ what: "fills state.db with NULs", said: "state.db" },
		{
			what: "makes projects.db anew",
			said: "projects.db has lost all its rows",
		},
		{
			what: "makes response_store.db anew",
			said: "response_store.db has lost all its rows",
		},
		{
			what: "chooses another model",
			said: "config.yaml: its model was ours/best and is theirs/cheap now",
		},
		{
			what: "breaks the config",
			said: "config.yaml cannot be parsed any more",
		},
		{
			what: "removes the memories",
			said: "memories/MEMORY.md is gone from where snapshots look",
		},
		{ what: "loses a key", said: ".env has lost OPENROUTER_API_KEY" },
		{ what: "empties a key", said: ".env has lost OPENROUTER_API_KEY" },
		{ what: "comments a key out", said: ".env has lost OPENROUTER_API_KEY" },
		{
			what: "empties the users in .env",
			said: ".env has lost TELEGRAM_ALLOWED_USERS",
		},
		{
			what: "empties all messages",
			said: "state.db: messages.content is empty in all rows now",
		},
		{
			what: "puts a placeholder into all messages",
			said: "state.db: messages.content has lost nearly all it said",
		},
		{
			what: "copies a table and forgets a column",
			said: "projects.db: projects.title is empty in all rows now",
		},
		{
			what: "empties the search",
			said: "state.db: the search messages_fts is empty now",
		},
		{
			what: "turns all jobs off",
			said: "cron/jobs.json: 3 cron jobs were on, none is now",
		},
		{
			what: "pauses all jobs",
			said: "cron/jobs.json: 3 cron jobs were on, none is now",
		},
		{
			what: "forgets what the jobs are for",
			said: "cron/jobs.json: prompt is empty in all cron jobs now",
		},
		{
			what: "writes no pairings in a new form",
			said: "pairing/telegram-approved.json: 1 pairing before, none now",
		},
		{
			what: "empties the aliases",
			said: "channel_aliases.json has lost all it said",
		},
		{
			what: "empties the logins",
			said: "auth.json has lost the login providers.",
		},
		{ what: "empties the memories", said: "memories/MEMORY.md is empty now" },
		{
			what: "leaves a heading of the memories",
			said: "memories/MEMORY.md has lost nearly all it said",
		},
		{
			what: "writes its own persona",
			said: "SOUL.md has not one line of before",
		},
		{
			what: "turns the config to defaults",
			said: "config.yaml keeps only 2 of its 7 settings",
		},
		{
			what: "names sessions that are not there",
			said: "state.db: messages.session_id names what is not in sessions, in",
		},
		{
			what: "calls all sessions something else",
			said: "state.db: messages.session_id names what is not in sessions, in",
		},
		{
			what: "drops the search",
			said: "state.db has lost the search messages_fts",
		},
		{
			what: "drops what fills the search",
			said: "state.db: nothing fills the search messages_fts any more",
		},
		{
			what: "forgets when messages came",
			said: "state.db: messages.timestamp is 0 or empty in all rows now",
		},
		{
			what: "empties a list of users in the config",
			said: "config.yaml: users.allowed is empty now",
		},
	])("($what) is rolled back, and the report says why", {
		timeout,
	}, async ({ what, said }) => {
		const before = record(home);
		const { code, stdout } = await run(["--auto-rollback", ...updating(what)]);
		expect(code, stdout).toBe(14);
		expect(stdout).toContain(`the update that ${what}`);
		expect(stdout).toContain("UNHEALTHY: node ended with exit code 0");
		expect(stdout).toContain(said);
		expect(stdout).toContain("ROLLED BACK to snapshot");
		expect(difference(before, record(home))).toEqual([]);
	});

	it.each([
		{
			what: "empties all messages",
			said: "messages.content is empty in all rows now",
		},
		{
			what: "names sessions that are not there",
			said: "messages.session_id names what is not in sessions, in",
		},
	])("($what) is seen in a database that is kept in parts, and leaves nothing behind", {
		timeout,
	}, async ({ what, said }) => {
		fs.mkdirSync(path.join(home, "state-snapshots"), { mode: 0o700 });
		fs.writeFileSync(
			path.join(home, "state-snapshots/config.json"),
			'{"partsFromBytes": 100000}',
		);
		const { stdout } = await run(updating(what));
		expect(stdout).toContain(`state.db: ${said}`);
		const left = fs.readdirSync(path.join(home, "state-snapshots"));
		expect(left.filter((name) => name.startsWith(".scratch"))).toEqual([]);
	});

	it("that moves the home is told with the place that the way back was in", {
		timeout,
	}, async () => {
		const words = ["--auto-rollback", "--", "mv", home, `${home}-elsewhere`];
		const { code, stdout } = await run(words);
		expect(code, stdout).toBe(14);
		expect(stdout).toMatch(/the snapshot of before is not in \S+ any more/);
		expect(stdout).not.toContain(" restore 2");
	});

	it("may take away the files of our engine, too", { timeout }, () => {
		const before = record(home);
		const copy = scratch();
		for (const name of ["dist", "package.json", "plugin.json"])
			fs.cpSync(path.join(root, name), path.join(copy, name), {
				recursive: true,
			});
		const packages = path.join(root, "node_modules");
		fs.symlinkSync(packages, path.join(copy, "node_modules"));
		const breaks = `rm "${copy}"/dist/*.cjs; printf 'a: [' > "${home}/config.yaml"; echo '{"jobs": [], // none\n}' > "${home}/cron/jobs.json"`;
		const { status, stdout, stderr } = spawnSync(
			process.execPath,
			[
				...[path.join(copy, "dist/cli.js"), "--home", home],
				...["--host", "hermes", "run", "--auto-rollback"],
				...["--", "sh", "-c", breaks],
			],
			{ encoding: "utf8", env: { PATH: process.env.PATH, HOME: copy } },
		);
		expect(status, stdout + stderr).toBe(14);
		expect(stdout).toContain("config.yaml cannot be parsed any more");
		expect(stdout).toContain("ROLLED BACK to snapshot");
		expect(difference(before, record(home))).toEqual([]);
	});

	it("may leave nothing at all", { timeout }, async () => {
		const soul = fs.readFileSync(path.join(home, "SOUL.md"), "utf8");
		const { code, stdout } = await run([
			"--auto-rollback",
			...updating("removes everything"),
		]);
		expect(code, stdout).toBe(14);
		expect(stdout).toContain("holds nothing of Hermes's state");
		expect(stdout).toContain("ROLLED BACK to snapshot");
		expect(fs.readFileSync(path.join(home, "SOUL.md"), "utf8")).toBe(soul);
		expect(fs.existsSync(path.join(home, "state.db"))).toBe(true);
	});

	it("stays as it is unless told otherwise, and the way back is one command", {
		timeout,
	}, async () => {
		const before = record(home);
		const { code, stdout } = await run(updating("makes projects.db anew"));
		expect(code).toBe(14);
		expect(difference(before, record(home))).not.toEqual([]);
		const [, way = ""] =
			/^Roll back with: agent-snapshot (.*)$/m.exec(stdout) ?? [];
		const back = await runCli(way.split(" "));
		expect(back.code, back.stdout + back.stderr).toBe(0);
		expect(difference(before, record(home))).toEqual([]);
	});

	it("is rolled back, whatever snapshots it has taken and pruned itself", {
		timeout,
	}, async () => {
		put(
			home,
			"state-snapshots/config.json",
			'{"keep":{"pre-update":1}}',
			0o600,
		);
		const before = record(home);
		const takes = [1, 2].map(
			(at) =>
				`echo "# ${at}" >> '${home}/config.yaml' && '${process.execPath}' '${cli}' --home '${home}' create --reason pre-update own-${at}`,
		);
		const breaks = `printf 'model: [' > '${home}/config.yaml'`;
		const script = [...takes, breaks].join(" && ");
		const { code, stdout } = await run([
			...["--auto-rollback", "--", "sh", "-c", script],
		]);
		expect(stdout).toContain("ROLLED BACK");
		expect(code).toBe(14);
		expect(difference(before, record(home))).toEqual([]);
	});

	it("has what it left kept, and undo brings that back", {
		timeout,
	}, async () => {
		const { data } = await report([
			...["--auto-rollback", "--label", "v2"],
			...updating("chooses another model"),
		]);
		expect(data).toMatchObject({
			run: true,
			exitCode: 0,
			healthy: false,
			problems: [{ path: "config.yaml", what: expect.any(String) }],
			before: { reason: "pre-update", label: "v2" },
			after: { reason: "unhealthy", label: "after v2" },
			rolledBack: true,
		});
		const { id } = data.after as { id: string };
		const kept = path.join(home, "state-snapshots", id, "config.yaml");
		expect(fs.readFileSync(kept, "utf8")).toContain("theirs/cheap");
		await runCli(["--home", home, "undo"]);
		const config = fs.readFileSync(path.join(home, "config.yaml"), "utf8");
		expect(config).toContain("theirs/cheap");
	});

	it.each([
		{
			host: "pi",
			file: "settings.json",
			text: '{ "defaultModel": "ours-1", "theme": "dark" }\n',
			what: "model",
		},
		{
			host: "codex",
			file: "config.toml",
			text: 'model = "ours-1"\n[tui]\ntheme = "dark"\n',
			what: "model",
		},
		{
			host: "codex",
			file: "config.toml",
			text: 'model = "a"\nmodel_provider = "ours-1"\n',
			what: "provider",
		},
		{
			host: "codex",
			file: "work.config.toml",
			text: 'model = "ours-1"\n',
			what: "model",
		},
	])("shows no value of a file with secrets: $host's $what in $file", {
		timeout,
	}, async ({ host, file, text, what }) => {
		const other = path.join(scratch(), host);
		const settings = path.join(other, file);
		put(other, file, text);
		const words = ["sh", "-c", `sed -i s/ours-1/theirs-2/ ${settings}`];
		const { code, stdout } = await runCli([
			...["--home", other, "--host", host, "run", "--auto-rollback", "--"],
			...words,
		]);
		expect(code, stdout).toBe(14);
		expect(stdout).toContain(`${file}: its ${what} is another`);
		expect(stdout).not.toMatch(/ours-1|theirs-2/);
		expect(fs.readFileSync(settings, "utf8")).toContain("ours-1");
	});
});

it("lets a good update pass untouched, and says what it changed", {
	timeout,
}, async () => {
	const { exitCode, data, text, stderr } = await report([
		"--auto-rollback",
		...updating("is good"),
	]);
	expect(exitCode, text).toBe(0);
	expect(stderr).toContain("the update that is good");
	expect(data).toMatchObject({
		healthy: true,
		problems: [],
		rolledBack: false,
		changed: {
			counts: [{ what: "message" }],
			changed: ["config.yaml", "state.db"],
			tables: [{ path: "state.db", added: 1, removed: 0 }],
		},
	});
	expect(text).toContain("+2 messages");
	expect(text.split("\n").length).toBeLessThan(12);
	const state = new Database(path.join(home, "state.db"), { readonly: true });
	const told = state
		.prepare("SELECT count(*) FROM messages WHERE content = 'after the update'")
		.pluck()
		.get();
	state.close();
	expect(told).toBe(2);
});

describe("a good update passes untouched", () => {
	it.each([
		"adds columns, tables and keys",
		"moves a key of the config",
		"moves a secret to another file",
		"renames a key, and draws another anew",
		"moves the contents to a table of their own",
		"makes the search in another form",
		"writes the jobs and pairings in a new form",
		"moves the pairings",
		"moves the file of the pairings",
		"puts the model under other keys",
		"makes another search in place of the old one",
		"leaves messages of an expired session behind",
		"turns one job off, and plans the others anew",
		"removes a few expired sessions",
		"adds to the memories",
		"empties what passes",
	])("that %s", { timeout }, async (what) => {
		const { exitCode, data, text } = await report([
			"--auto-rollback",
			...updating(what),
		]);
		expect(data.problems, text).toEqual([]);
		expect(exitCode, text).toBe(0);
		expect(data).toMatchObject({ healthy: true, rolledBack: false });
	});
});

describe("the check", () => {
	it("sees the home, and what it says counts", { timeout }, async () => {
		const good = `test "$HERMES_HOME" = '${home}'`;
		const passed = await run(["--check", good, "--", "true"]);
		expect(passed.code, passed.stdout).toBe(0);
		const failed = await run(["--check", "echo looked; exit 7", "--", "true"]);
		expect(failed.code).toBe(14);
		expect(failed.stdout).toContain("looked");
		expect(failed.stdout).toContain("the check failed (exit code 7)");
	});

	it("may be what breaks it", { timeout }, async () => {
		const before = record(home);
		const breaks = `echo '{"jobs":[]}' > "$HERMES_HOME/cron/jobs.json"`;
		const { code } = await run(["--auto-rollback", "--check", breaks, "true"]);
		expect(code).toBe(14);
		expect(difference(before, record(home))).toEqual([]);
	});
});

describe("a command", () => {
	it.each([
		{ words: ["sh", "-c", "exit 3"], exit: 3, said: "FAILED with exit code 3" },
		{
			words: ["sh", "-c", "kill -TERM $$"],
			exit: 143,
			said: "was ended by SIGTERM (exit code 143)",
		},
		{
			words: ["no-such-program-anywhere", "--force"],
			exit: 127,
			said: "could not be started: there is no such program",
		},
		{ words: ["/etc/passwd"], exit: 126, said: "could not be started" },
		{ words: ["true"], exit: 0, said: "it changed nothing" },
	])("($words) keeps its exit code, $exit", { timeout }, async (one) => {
		const before = record(home);
		const { code, stdout } = await run(["--auto-rollback", "--", ...one.words]);
		expect(code, stdout).toBe(one.exit);
		expect(stdout).toContain(one.said);
		expect(difference(before, record(home))).toEqual([]);
		expect(snapshotFolders(home)).toHaveLength(1);
	});

	it("that fails half-way is rolled back, and keeps its exit code", {
		timeout,
	}, async () => {
		const before = record(home);
		const half = `echo more >> '${home}/SOUL.md'; exit 9`;
		const { code, stdout } = await run(["--auto-rollback", "sh", "-c", half]);
		expect(code, stdout).toBe(9);
		expect(stdout).toContain("ROLLED BACK");
		expect(difference(before, record(home))).toEqual([]);
	});

	it("has its own flags, whatever they are called", { timeout }, async () => {
		const show = ["sh", "-c", 'echo "$@"', "sh", "--json", "--home", "--", "x"];
		for (const apart of [["--"], []]) {
			const { code, stdout } = await run([...apart, ...show]);
			expect(code).toBe(0);
			expect(stdout).toContain("--json --home -- x\n");
		}
	});

	it("has the person's umask", { timeout }, async () => {
		const words = ["--home", home, "run", "--", "sh", "-c", "umask"];
		const { stdout } = await runCli(words, { umask: "022" });
		expect(stdout).toMatch(/^0022$/m);
	});

	it("may print a lot, and be read to the end", { timeout }, async () => {
		const much = "head -c 20000000 /dev/zero | tr '\\0' x; echo; echo last";
		const { code, stdout } = await run(["--", "sh", "-c", much]);
		expect(code).toBe(0);
		expect(stdout.length).toBeGreaterThan(20_000_000);
		expect(stdout.indexOf("last")).toBe(20_000_001);
	});

	it("may take a snapshot itself", { timeout }, async () => {
		const own = [cli, "--home", home, "create", "--reason", "pre-update"];
		const words = [process.execPath, ...own, "--best-effort", "--force"];
		const { code, stdout } = await run(["--", ...words]);
		expect(code, stdout).toBe(0);
		expect(stdout).toMatch(/^Snapshot 1 created/m);
		expect(stdout).toContain("What it left looks sound");
	});

	it("shows none of its words in the report", { timeout }, async () => {
		const { stdout } = await run(["--", "true", "--token", "hunter2hunter2"]);
		expect(stdout).not.toContain("hunter2");
	});
});

describe("no command is run", () => {
	const proof = () => path.join(home, "logs/proof");

	it("unless all could be saved before, or it is wanted anyway", {
		timeout,
	}, async () => {
		fs.writeFileSync(path.join(home, "projects.db"), Buffer.alloc(8192));
		const { code, stdout } = await run(["--", "touch", proof()]);
		expect(code, stdout).toBe(3);
		expect(stdout).toContain("projects.db");
		expect(stdout).toContain("touch was NOT run");
		expect(fs.existsSync(proof())).toBe(false);
		const anyway = await run(["--anyway", "--", "touch", proof()]);
		expect(anyway.code, anyway.stdout).toBe(0);
		expect(fs.existsSync(proof())).toBe(true);
	});

	it("in a chat", { timeout }, async () => {
		const { code, stderr } = await runCli([
			...["--home", home, "--chat", "--", "run", "touch", proof()],
		]);
		expect(code).toBe(2);
		expect(stderr).toContain("run is for a terminal. Nothing was changed.");
		expect(fs.existsSync(proof())).toBe(false);
	});

	it.each([
		[["--"], "run needs a command"],
		[["--chek", "x", "true"], "Did you mean --check?"],
		[["--check", " ", "true"], "--check needs a command"],
	])("for %j", { timeout }, async (words, said) => {
		const { code, stderr } = await run(words);
		expect(code).toBe(2);
		expect(stderr).toContain(said);
	});
});

it("two at once both come to their end", { timeout }, async () => {
	const add = (text: string) =>
		run(["--", "sh", "-c", `echo ${text} >> '${home}/memories/USER.md'`]);
	const both = await Promise.all([add("one"), add("two")]);
	for (const { code, stdout } of both) expect(code, stdout).toBe(0);
	const memory = fs.readFileSync(path.join(home, "memories/USER.md"), "utf8");
	expect(memory).toMatch(/one/);
	expect(memory).toMatch(/two/);
});

it("is rolled back through SQLite under an agent that goes on", {
	timeout,
}, async () => {
	const agent = await startLiveAgent(home);
	await agent.commit("before the update");
	const running = run([
		"--auto-rollback",
		...updating("chooses another model"),
	]);
	const { code, stdout } = await running;
	expect(code, stdout).toBe(14);
	await agent.commit("after the rollback");
	expect(await agent.read()).toEqual(
		expect.arrayContaining(["before the update", "after the rollback"]),
	);
	const config = fs.readFileSync(path.join(home, "config.yaml"), "utf8");
	expect(config).toContain("ours/best");
	await agent.end();
});
