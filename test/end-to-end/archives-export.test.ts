import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { exportArchive } from "../../src/archive/export-archive.ts";
import { agentAt } from "../../src/core/home/agent.ts";
import { hosts } from "../../src/hosts/index.ts";
import { createNodeSystem } from "../../src/system/node.ts";
import { forge } from "../support/archives.ts";
import { makeOpenHome } from "../support/little-home.ts";
import { cli, root } from "../support/paths.ts";
import { put } from "../support/put.ts";
import { runCli } from "../support/run-cli.ts";
import { scratch } from "../support/scratch.ts";

const KEY = `sk-proj-${"aB3dE5fG7hJ9".repeat(4)}`;

/** A user with such an agent, and a directory for archives. */
function userWithAgent(above = scratch(), name = "user") {
	const user = path.join(above, name);
	const home = makeOpenHome(path.join(user, ".hermes"));
	const to = path.join(above, "to");
	fs.mkdirSync(to, { recursive: true });
	const run = (...words: string[]) =>
		runCli(words, { env: { HOME: user }, cwd: user });
	return { user, home, to, run };
}

type User = ReturnType<typeof userWithAgent>;

describe("an open archive that nobody has asked for", () => {
	const settings = `model: one\nproviders:\n  openai:\n    api_key: ${KEY}\n`;
	it.each<[string, (user: User) => unknown, string[], RegExp]>([
		[
			"in its settings",
			({ home }) => put(home, "config.yaml", settings),
			["--full"],
			/: config\.yaml line 4\. Nothing was written/,
		],
		[
			"beside the home",
			({ user }) => put(user, ".honcho/config.json", { apiKey: KEY }),
			["--full"],
			/: _external\/\.honcho\/config\.json line 2\. Nothing was written/,
		],
		[
			"in a text",
			({ home }) => put(home, "memories/MEMORY.md", `It is ${KEY}.\n`),
			[],
			/: memories\/MEMORY\.md line 1\. Nothing was written/,
		],
		[
			"in the address of a link",
			({ home }) => {
				const address = "https://ada:Xq7vT2mL9pRz4w@x.org/";
				fs.mkdirSync(`${home}/memories`, { recursive: true });
				fs.symlinkSync(address, `${home}/memories/l`);
			},
			["--full"],
			/: memories\/l\. Nothing was written/,
		],
		[
			"in the name of a file",
			({ home }) => put(home, `memories/ghp_${KEY.slice(8, 44)}.md`, "Hi.\n"),
			["--full"],
			/: memories\/••••\. Nothing was written/,
		],
		[
			"in a snapshot that was taken before",
			async ({ home, run }) => {
				put(home, "config.yaml", settings);
				await run("create");
				put(home, "config.yaml", "model: one\n");
			},
			["1"],
			/: config\.yaml line 4\. Nothing was written/,
		],
	])("is refused for a secret %s", async (_, plant, words, says) => {
		const user = userWithAgent();
		const export_ = (...more: string[]) =>
			user.run("export", ...words, "--to", user.to, ...more);
		await plant(user);
		const refused = await export_();
		expect(refused.code).toBe(2);
		expect(refused.stderr).toMatch(says);
		expect(fs.readdirSync(user.to)).toEqual([]);
		expect((await export_("--no-encrypt")).code).toBe(0);
		for (const name of fs.readdirSync(user.to)) fs.rmSync(`${user.to}/${name}`);
		expect((await export_("--no-secrets")).code).toBe(0);
		for (const name of fs.readdirSync(user.to)) {
			const { stdout } = spawnSync("unzip", ["-p", `${user.to}/${name}`]);
			expect(stdout.toString("latin1")).not.toMatch(/Xq7vT2mL9p|aB3dE5fG7h/);
		}
	});
});

describe("archives before updates", () => {
	const PRE_UPDATE = ["export", "--reason", "pre-update", "--no-encrypt"];
	/** Returns what the reply says, and the name of the one it made. */
	async function made(user: User, code = 0) {
		const ran = await user.run(...PRE_UPDATE, "--to", user.to);
		expect(ran.code, ran.stdout + ran.stderr).toBe(code);
		const [, name = ""] = /^Exported to .*\/(.*\.zip):/m.exec(ran.stdout) ?? [];
		expect(fs.existsSync(path.join(user.to, name))).toBe(true);
		return { text: ran.stdout, name };
	}
	const keeping = (user: User, keep: number) =>
		put(user.home, "state-snapshots/config.json", { archives: { keep } });
	/** As it is called when that time is on the clock. */
	const at = (name: string, stamp: string) =>
		name.replace(/\d{8}-\d{6}(?=\D+$)/, stamp);
	const left = (user: User) => fs.readdirSync(user.to).sort();

	it("go when there are more than wanted, the oldest first, and nothing else does", async () => {
		const user = userWithAgent();
		keeping(user, 2);
		const { name } = await made(user);
		fs.rmSync(path.join(user.to, name));
		const old = ["01", "02", "03"].map((day) =>
			at(name, `202501${day}-000000`),
		);
		const others = [
			at(name, "20250101-000000").replace("pre-update", "pre-migration"),
			"hermes-pre-update-20250101-000000.zip",
			"hermes-pre-update-notes.zip",
			"hermes-backup-20250101-000000.zip",
			`${at(name, "20250101-000000")}.txt`,
		];
		for (const one of [...old, ...others]) put(user.to, one, "x");
		const now = await made(user);
		expect(now.text).toMatch(/Removed, being older: .*20250102.*20250101/);
		expect(left(user)).toEqual([...others, old[2], now.name].sort());
	});

	it("stay when they were just made, whatever the clock said before", async () => {
		const user = userWithAgent();
		keeping(user, 3);
		const { name } = await made(user);
		fs.renameSync(
			path.join(user.to, name),
			path.join(user.to, at(name, "20200101-000000")),
		);
		for (const year of ["2097", "2098", "2099"])
			put(user.to, at(name, `${year}0101-000000`), "x");
		const now = await made(user);
		// What is of a time to come was made before all that is not.
		expect(left(user)).toEqual(
			[
				at(name, "20200101-000000"),
				at(name, "20990101-000000"),
				now.name,
			].sort(),
		);
	});

	it("that lack something push no whole one out, and say by their name that they do", async () => {
		const user = userWithAgent();
		keeping(user, 1);
		const { name } = await made(user);
		// Another one of the same second is refused.
		const whole = at(name, "20250101-000000");
		fs.renameSync(path.join(user.to, name), path.join(user.to, whole));
		const database = path.join(user.home, "state.db");
		fs.writeFileSync(database, fs.readFileSync(database).fill(0xa5, 4096));
		const broken = await made(user, 3);
		expect(broken.text).toMatch(/INCOMPLETE/);
		expect(broken.text).not.toMatch(/Removed/);
		expect(broken.name).toMatch(/-incomplete\.zip$/);
		expect(left(user)).toEqual([whole, broken.name].sort());
	});

	it("of another home in the same directory stay", async () => {
		const above = scratch();
		const names: string[] = [];
		for (const name of ["ada", "bob"]) {
			const user = userWithAgent(above, name);
			keeping(user, 1);
			names.push((await made(user)).name);
		}
		expect(fs.readdirSync(path.join(above, "to")).sort()).toEqual(names.sort());
	});

	it("stay where a person has named the file", async () => {
		const user = userWithAgent();
		keeping(user, 1);
		const { name } = await made(user);
		const old = at(name, "20250101-000000");
		put(user.to, old, "x");
		const own = path.join(user.to, "mine.zip");
		const ran = await user.run(...PRE_UPDATE, "--to", own);
		expect(ran.stdout).not.toMatch(/Removed/);
		expect(left(user)).toEqual([name, old, "mine.zip"].sort());
	});
});

describe("an archive that goes to a pipe", () => {
	const piped = ({ user }: User, command: string) =>
		spawnSync("bash", ["-c", command, process.execPath, cli], {
			env: { ...process.env, HOME: user },
			encoding: "utf8",
		});

	it("says beside it what it lacks, and that by its exit code, too", () => {
		const user = userWithAgent();
		put(user.home, "state.db", `SQLite format 3\0${"x".repeat(8192)}`);
		const ran = piped(
			user,
			'"$0" "$1" export --no-encrypt --to - > "$HOME/x.zip"',
		);
		expect(ran.status).toBe(3);
		expect(ran.stderr).toMatch(/^INCOMPLETE: it lacks state\.db \(/);
		const zip = path.join(user.user, "x.zip");
		expect(spawnSync("unzip", ["-tqq", zip]).status).toBe(0);
	});

	it("fails in a sentence when nobody reads it to its end", () => {
		const user = userWithAgent();
		put(user.home, "memories/long.txt", "Ada likes tea.\n".repeat(100_000));
		const ran = piped(
			user,
			'set -o pipefail; "$0" "$1" export --no-encrypt --to - | head -c 100 > /dev/null',
		);
		expect(ran.status).toBe(1);
		expect(ran.stderr).toMatch(/Who was to read the archive stopped/);
	});
});

describe("an export", () => {
	it("to no name is refused", async () => {
		const { run } = userWithAgent();
		expect((await run("export", "--no-encrypt", "--to", "")).code).toBe(2);
	});

	it("of two to one name is done once, and the other says that it is taken", async () => {
		const { to, run } = userWithAgent();
		const both = Array.from({ length: 4 }, () =>
			run("export", "--no-encrypt", "--to", path.join(to, "one.zip")),
		);
		const ran = await Promise.all(both);
		expect(ran.map(({ code }) => code).sort()).toEqual([0, 1, 1, 1]);
		for (const { stderr } of ran.filter(({ code }) => code === 1))
			expect(stderr).toMatch(/ is there (already|by now)/);
		expect(fs.readdirSync(to)).toEqual(["one.zip"]);
	});

	it("is not made without a database that a full disk has kept from being read", async () => {
		const { home, to } = userWithAgent();
		const { disk, sqlite, ...real } = createNodeSystem(root);
		const pin = () =>
			Promise.reject(
				Object.assign(new Error("disk I/O error"), {
					code: "SQLITE_IOERR_SHMSIZE",
				}),
			);
		const agent = agentAt({
			system: {
				...real,
				disk,
				sqlite: { ...sqlite, pin },
				clock: real.clock,
				processes: real.processes,
			},
			host: hosts.hermes,
			home,
			patience: { signal: new AbortController().signal, deadline: undefined },
			waitMilliseconds: 0,
		});
		const places = { home, roots: {} };
		const exporting = exportArchive(
			agent,
			{ host: hosts.hermes, places, environment: {} },
			{
				...{ ref: "now", isFull: false, reason: "manual", to },
				...{ output: undefined, seal: { kind: "none" }, noSecrets: false },
			},
		);
		await expect(exporting).rejects.toMatchObject({ code: "no-space" });
		expect(fs.readdirSync(to)).toEqual([]);
	});
});

it("an archive of ours may hold as many files as a home of 70,000", async () => {
	const { to, run } = userWithAgent();
	const archive = path.join(to, "many.zip");
	const comment = "by agent-snapshot";
	forge({ [archive]: { form: "zip", members: [], many: 70_000, comment } });
	// Not for how many they are.
	expect((await run("import", archive)).stderr).toMatch(
		/has no manifest of ours/,
	);
});
