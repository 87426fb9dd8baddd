import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { beforeEach, describe, expect, it } from "vitest";
import { makeHermesHome } from "../support/hermes-home.ts";
import { cli } from "../support/paths.ts";
import {
	keyOf,
	PLANTED,
	plantSecrets,
	SECRETS,
} from "../support/planted-secrets.ts";
import { put } from "../support/put.ts";
import { runCli, snapshot } from "../support/run-cli.ts";
import { scratch } from "../support/scratch.ts";
import { storeOf } from "../support/store.ts";

let home = "";
beforeEach(() => {
	home = makeHermesHome({ dir: path.join(scratch(), "home"), dbMb: 0.1 });
});

/** What somebody sees who types it in a terminal, or behind a pipe. */
function typed(...words: string[]) {
	return runCli(["--home", home, ...words]);
}

function inChat(...words: string[]) {
	return runCli(["--home", home, "--chat", "--", ...words]);
}

/** The bytes that a pipe gets. */
function bytesOf(...words: string[]): { code: number | null; out: Buffer } {
	const { status, stdout } = spawnSync(
		process.execPath,
		[cli, "--home", home, ...words],
		{ maxBuffer: 1 << 28 },
	);
	return { code: status, out: stdout };
}

function hash(bytes: Uint8Array): string {
	return createHash("sha256").update(bytes).digest("hex");
}

/** What a reading command must leave as it is. */
function storeNames(): string[] {
	return fs.readdirSync(storeOf(home), { recursive: true }).map(String).sort();
}

describe("no secret is seen", () => {
	it("in anything that is printed, of more than fifty kinds", async () => {
		plantSecrets(home);
		expect(PLANTED.length).toBeGreaterThanOrEqual(50);
		await expectUnseen(["create", keyOf("first", "label")]);
		fs.rmSync(path.join(home, "memories", `${keyOf("first", "file")}.md`));
		plantSecrets(home, "second");
		const ruined = `password: ${SECRETS[0]}\n  - x: [\n`;
		for (const name of ["ruined.yaml", "ruined.json"])
			put(home, `memories/${name}`, ruined);
		await expectUnseen(["create", keyOf("second", "label")]);
		const files = [
			...[".env", "auth.json", "config.yaml", "channel_aliases.json"],
			...["memories/NOTES.md", "memories/settings.toml", "memories/log.jsonl"],
			...["memories/env.bak", "memories/renamed.txt", "memories/values.json"],
			...["memories/auth.json.old", "pairing/telegram-pending.json"],
			...["memories/ruined.yaml", "memories/ruined.json"],
			...["pairing/telegram-approved.json", "state.db", "memories", "nothing"],
		];
		const lines = [
			...["list", "status", "ls 1", "ls 1 --all", "show 1", "show 1 --full"],
			...["ls 1 memories", "restore 2 --dry-run", "doctor", "help cat"],
			...["ls 1 nowhere", "diff 2 1", "diff 2 1 --full", "diff 2 --full"],
			...["diff 2 1 state.db --full", "verify all --full", "show 1 state.db"],
			...["diff 2 1 memories --full", "diff 2 1 memories/NOTES.md --full"],
			...["diff 2 1 memories/settings.toml --full", "diff 2 1 config.yaml"],
			...["restore 2 --session ?", "show 1 config.yaml"],
			...files.flatMap((file) => [
				...[`show 1 ${file} --full`, `cat 1 ${file}`],
			]),
		];
		for (const line of lines) {
			const words = line.split(" ");
			const replies = await Promise.all([
				typed(...words),
				inChat(...words, ...(words[0] === "cat" ? ["--reveal"] : [])),
				typed("--json", "--progress", "json", ...words),
			]);
			for (const reply of replies) expectNone(reply, line);
		}
		const plan = path.join(scratch(), "update.sh");
		fs.writeFileSync(plan, `cd '${home}' && rm -r cron && cp .env .env.old\n`);
		await expectUnseen(["run", "--", "sh", plan]);
		put(home, "state-snapshots/config.json", ruined);
		await expectUnseen(["list"]);
		await expectUnseen(["create"]);
	}, 480_000);

	function expectNone(reply: { stdout: string; stderr: string }, what: string) {
		const all = reply.stdout + reply.stderr;
		expect(all.length, what).toBeGreaterThan(0);
		const seen = SECRETS.filter((one) => all.includes(one));
		expect(seen, what).toEqual([]);
	}

	async function expectUnseen(words: readonly string[]) {
		expectNone(await typed(...words), words.join(" "));
		expectNone(await typed("--json", ...words), words.join(" "));
	}
});

describe("show of a snapshot", () => {
	it("says what it means, in a dozen lines", async () => {
		await snapshot(home, ["create", "before upgrade"]);
		const { stdout, code } = await typed("show", "1");
		expect(code).toBe(0);
		expect(stdout.trimEnd().split("\n").length).toBeLessThanOrEqual(14);
		expect(stdout).toMatch(/It holds \d+ sessions?, \d+ messages?, last \w+ /);
		expect(stdout).toMatch(/\d+ pairings?; \d+ cron jobs?/);
		expect(stdout).toContain("Never tried by a drill");
		const full = await typed("show", "1", "--full");
		expect(full.stdout).toContain("memories/USER.md");
	});

	it("says nothing of what a snapshot of Hermes' own does not say", async () => {
		const id = "20260101-000000";
		const folder = path.join(storeOf(home), id);
		fs.mkdirSync(folder, { recursive: true });
		fs.copyFileSync(path.join(home, "config.yaml"), `${folder}/config.yaml`);
		fs.copyFileSync(path.join(home, "state.db"), `${folder}/state.db`);
		const sizes = ["config.yaml", "state.db"].map((name) => [
			name,
			fs.statSync(`${folder}/${name}`).size,
		]);
		const total = sizes.reduce((sum, [, size]) => sum + Number(size), 0);
		const manifest = {
			...{ id, timestamp: id, label: null, file_count: 2, total_size: total },
			files: Object.fromEntries(sizes),
		};
		fs.writeFileSync(`${folder}/manifest.json`, JSON.stringify(manifest));
		const { stdout } = await typed("show", "1");
		expect(stdout).not.toContain("It holds");
		const names = storeNames();
		const shown = await typed("show", "1", "state.db");
		expect(shown.stdout).toMatch(/sessions +\d+ rows?/);
		expect((await typed("ls", "1")).stdout).toContain("config.yaml");
		expect(bytesOf("cat", "1", "config.yaml").out).toEqual(
			fs.readFileSync(path.join(home, "config.yaml")),
		);
		expect(storeNames()).toEqual(names);
	});
});

describe("show of a path", () => {
	beforeEach(async () => {
		put(home, "memories/long.md", "line\n".repeat(100));
		put(home, "memories/picture.png", "\u0089PNG\r\n\u001a\n\0\0", 0o600);
		put(home, "memories/odd.md", "a\u001b[2Jb\tc\r\n");
		await snapshot(home, ["create"]);
	});

	it("shows the first forty lines of a text, and all of it with --full", async () => {
		const short = await typed("show", "1", "memories/long.md");
		expect(
			short.stdout.split("\n").filter((one) => one === "line"),
		).toHaveLength(40);
		expect(short.stdout).toContain("60 lines more");
		const full = await typed("show", "1", "memories/long.md", "--full");
		expect(
			full.stdout.split("\n").filter((one) => one === "line"),
		).toHaveLength(100);
	});

	it("says what is no text, and shows nothing that acts on a terminal", async () => {
		const picture = await typed("show", "1", "memories/picture.png");
		expect(picture.stdout).toMatch(/binary|no text/i);
		const odd = await typed("show", "1", "memories/odd.md");
		expect(odd.stdout).toContain("a\\u001b[2Jb\tc\n");
	});

	it("names the keys of a secret file, and no ids or codes", async () => {
		const { stdout } = await typed("show", "1", ".env");
		expect(stdout).toContain("OPENROUTER_API_KEY, TELEGRAM_ALLOWED_USERS");
		expect(stdout).toContain("(values hidden)");
		const pairing = "pairing/telegram-approved.json";
		const pairs = await typed("show", "1", pairing);
		expect(pairs.stdout).toContain("1 key (values hidden)");
		const [id = ""] = Object.keys(
			JSON.parse(fs.readFileSync(path.join(home, pairing), "utf8")),
		);
		expect(pairs.stdout).not.toContain(id);
	});

	it("shows the tables of a database without those of its full-text index", async () => {
		const { stdout } = await typed("show", "1", "state.db", "--full");
		expect(stdout).toMatch(/ {2}messages +[\d,]+ rows/);
		expect(stdout).not.toMatch(/_fts_(data|idx|docsize|config)/);
		expect(stdout).toContain("All of it was searched for damage");
	});

	it("lists a directory, and says what is not there", async () => {
		const { stdout } = await typed("show", "1", "memories/");
		expect(stdout).toMatch(/MEMORY\.md +\d/);
		const lost = await typed("show", "1", "MEMORY.md");
		expect(lost.code).toBe(1);
		expect(lost.stderr).toContain("Did you mean memories/MEMORY.md");
	});

	it("takes the path of a file as it lies in the home", async () => {
		const { stdout } = await typed("show", "1", path.join(home, "SOUL.md"));
		expect(stdout).toContain("# Soul");
	});
});

describe("a database that is put together to be looked at", () => {
	it.each([
		"SIGINT",
		"SIGKILL",
	] as const)("leaves nothing behind after %s that the next command does not remove", async (signal) => {
		put(home, "state-snapshots/config.json", { partsFromBytes: 65_536 });
		const grow = new Database(path.join(home, "state.db"));
		grow.exec(
			"CREATE TABLE filler AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < 60000) SELECT i, hex(randomblob(500)) AS body FROM n",
		);
		grow.close();
		await snapshot(home, ["create"]);
		const child = spawn(
			process.execPath,
			[cli, "--home", home, "show", "1", "state.db"],
			{ stdio: "ignore" },
		);
		const ended = new Promise((resolve) => child.on("close", resolve));
		const watcher = fs.watch(storeOf(home), (_, name) => {
			// The lock comes first, and is there a moment before the folder.
			if (/^\.scratch-[\d-]+$/.test(String(name))) child.kill(signal);
		});
		await ended;
		watcher.close();
		const left = () =>
			storeNames().filter((name) => name.startsWith(".scratch"));
		if (signal === "SIGINT") expect(left()).toEqual([]);
		await snapshot(home, ["create", "--force"]);
		expect(left()).toEqual([]);
	}, 60_000);
});

describe("ls", () => {
	it("is the list without a snapshot, and what lies in one with it", async () => {
		await snapshot(home, ["create", "one"]);
		for (const words of [["ls"], ["ls", "--all"], ["ls", "--limit", "5"]]) {
			const { stdout } = await typed(...words);
			expect(stdout).toContain("Put one back with");
		}
		const { stdout } = await typed("ls", "1");
		expect(stdout).toMatch(/memories\/ +2 files/);
		expect(stdout).toMatch(/state\.db .* database/);
		const { json } = await snapshot(home, ["ls", "1", "memories"]);
		expect(json.data).toMatchObject({
			path: "memories",
			kind: "directory",
			names: [{ name: "MEMORY.md", kind: "file" }, { name: "USER.md" }],
		});
	});

	it("bounds what it names, unless all are wanted", async () => {
		for (let n = 0; n < 40; n++) put(home, `memories/note-${n}.md`, "x");
		await snapshot(home, ["create"]);
		const short = await typed("ls", "1", "memories");
		expect(short.stdout).toContain("22 names more");
		const all = await typed("ls", "1", "memories", "--all");
		expect(all.stdout.match(/note-\d+/g)).toHaveLength(40);
	});
});

describe("cat", () => {
	it("prints a file as it is, to the byte, and nothing besides", async () => {
		const bytes = Buffer.from([0xff, 0, 0x0a, 0x0d, 0x80]);
		fs.writeFileSync(path.join(home, "memories/raw.bin"), bytes);
		await snapshot(home, ["create"]);
		expect(bytesOf("cat", "1", "memories/raw.bin")).toEqual({
			code: 0,
			out: bytes,
		});
		const soul = fs.readFileSync(path.join(home, "SOUL.md"));
		expect(bytesOf("cat", "1", "SOUL.md").out).toEqual(soul);
	});

	it("prints a database in parts whole, and one that opens", async () => {
		put(home, "state-snapshots/config.json", { partsFromBytes: 65_536 });
		makeHermesHome({ dir: path.join(scratch(), "other"), dbMb: 0.1 });
		const grow = new Database(path.join(home, "state.db"));
		grow.exec(
			"CREATE TABLE filler AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < 20000) SELECT i, hex(randomblob(500)) AS body FROM n",
		);
		grow.close();
		await snapshot(home, ["create"]);
		const refused = await typed("cat", "1", "state.db");
		expect({ out: refused.stdout, code: refused.code }).toEqual({
			out: "",
			code: 1,
		});
		expect(refused.stderr).toMatch(/is a database.*--reveal.*export/s);
		const { out, code } = bytesOf("cat", "1", "state.db", "--reveal");
		expect(code).toBe(0);
		const file = path.join(scratch(), "out.db");
		fs.writeFileSync(file, out);
		const database = new Database(file, { readonly: true });
		expect(database.pragma("integrity_check", { simple: true })).toBe("ok");
		expect(database.prepare("SELECT count(*) FROM filler").pluck().get()).toBe(
			20_000,
		);
		database.close();
		const names = storeNames();
		const shown = await typed("show", "1", "state.db");
		expect(shown.stdout).toMatch(/filler +20,000 rows/);
		expect(storeNames()).toEqual(names);
		for (const more of [[], ["--reveal"]]) {
			const { json } = await snapshot(home, ["cat", "1", "state.db", ...more]);
			expect(json).toMatchObject({ ok: false, exitCode: 1 });
			expect(json.text).toContain("is a database");
		}
	}, 120_000);

	it("does not hang on, nor complain, when nobody listens any more", async () => {
		fs.writeFileSync(path.join(home, "memories/big"), Buffer.alloc(3e7));
		await snapshot(home, ["create"]);
		const child = spawn(
			"sh",
			["-c", `"$0" "$@" | head -c 10 | wc -c`, process.execPath, cli].concat([
				"--home",
				home,
				"cat",
				"1",
				"memories/big",
			]),
			{ stdio: ["ignore", "pipe", "pipe"] },
		);
		const said = { out: "", err: "" };
		child.stdout.on("data", (chunk) => (said.out += chunk));
		child.stderr.on("data", (chunk) => (said.err += chunk));
		const code = await new Promise((resolve) => child.on("close", resolve));
		expect({ ...said, out: said.out.trim(), code }).toEqual({
			out: "10",
			err: "",
			code: 0,
		});
	});

	it("prints nothing of a file that is not what was captured", async () => {
		await snapshot(home, ["create"]);
		const [folder = ""] = fs
			.readdirSync(storeOf(home))
			.filter((name) => /^\d/.test(name));
		const file = path.join(storeOf(home), folder, "SOUL.md");
		fs.chmodSync(file, 0o600);
		const bytes = fs.readFileSync(file);
		bytes[3] = (bytes[3] ?? 0) ^ 1;
		fs.writeFileSync(file, bytes);
		const { stdout, stderr, code } = await typed("cat", "1", "SOUL.md");
		expect({ stdout, code }).toEqual({ stdout: "", code: 1 });
		expect(stderr).toContain("SOUL.md does not have the content");
	});

	it("says of a large one in the end that it was not whole", async () => {
		fs.writeFileSync(path.join(home, "memories/big"), Buffer.alloc(3e7));
		await snapshot(home, ["create"]);
		const [folder = ""] = fs
			.readdirSync(storeOf(home))
			.filter((name) => /^\d/.test(name));
		const file = path.join(storeOf(home), folder, "memories/big");
		fs.chmodSync(file, 0o600);
		const open = fs.openSync(file, "r+");
		fs.writeSync(open, "x", 29_000_000);
		fs.closeSync(open);
		const { out, code } = bytesOf("cat", "1", "memories/big");
		expect(code).toBe(1);
		expect(out.length).toBe(3e7);
	});

	it("gives a secret only to who asks for it, and never in a chat", async () => {
		put(home, "config.yaml", "model: x\napi_key: hunter2\n");
		await snapshot(home, ["create"]);
		for (const file of [".env", "config.yaml"]) {
			const plain = await typed("cat", "1", file);
			expect(plain.code).toBe(1);
			expect(plain.stdout).toBe("");
			expect(plain.stderr).toContain("--reveal");
			const { json } = await snapshot(home, ["cat", "1", file]);
			expect(json).toMatchObject({ ok: false, exitCode: 1, data: {} });
			expect(hash(bytesOf("cat", "1", file, "--reveal").out)).toBe(
				hash(fs.readFileSync(path.join(home, file))),
			);
		}
		const chat = await inChat("cat", "1", ".env", "--reveal");
		expect(chat.code).toBe(1);
		expect(chat.stderr).not.toContain("OPENROUTER_API_KEY=");
		const masked = await inChat("cat", "1", "config.yaml", "--reveal");
		expect(masked.stdout).toBe("model: x\napi_key: ••••\n");
	});
});

describe("a restore of some of it", () => {
	it.each([
		"memories/MEMORY.md",
		"memories",
		"SOUL.md",
	])("puts back %s and nothing else", async (what) => {
		await snapshot(home, ["create"]);
		const before = fs.readFileSync(path.join(home, "memories/MEMORY.md"));
		const soul = fs.readFileSync(path.join(home, "SOUL.md"));
		put(home, "memories/MEMORY.md", "other");
		put(home, "SOUL.md", "other");
		put(home, "config.yaml", "model: other\n");
		const { json } = await snapshot(home, ["restore", "1", what]);
		expect(json.ok, json.text).toBe(true);
		const now = (file: string) => fs.readFileSync(path.join(home, file));
		const isSoul = what === "SOUL.md";
		expect(now("SOUL.md").equals(soul)).toBe(isSoul);
		expect(now("memories/MEMORY.md").equals(before)).toBe(!isSoul);
		expect(now("config.yaml").toString()).toBe("model: other\n");
	});

	it("puts back one skill of an agent that has several", async () => {
		const pi = path.join(scratch(), "pi");
		put(pi, "settings.json", "{}");
		for (const name of ["one", "two"])
			put(pi, `skills/${name}/SKILL.md`, `# ${name}`);
		const say = (...words: string[]) =>
			runCli(["--home", pi, "--host", "pi", ...words]);
		expect((await say("create")).code).toBe(0);
		for (const name of ["one", "two"])
			put(pi, `skills/${name}/SKILL.md`, "changed");
		put(pi, "skills/one/more.md", "came since");
		const { code, stdout, stderr } = await say("restore", "1", "skills/one");
		expect(code, stdout + stderr).toBe(0);
		const now = (file: string) =>
			fs.readFileSync(path.join(pi, "skills", file), "utf8");
		expect(fs.readdirSync(path.join(pi, "skills/one"))).toEqual(["SKILL.md"]);
		expect([now("one/SKILL.md"), now("two/SKILL.md")]).toEqual([
			"# one",
			"changed",
		]);
	});
});
