import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inZip } from "../support/archives.ts";
import { makeHermesHome } from "../support/hermes-home.ts";
import { importedState, wantedState } from "../support/imported-state.ts";
import { makeOpenHome } from "../support/little-home.ts";
import { cli } from "../support/paths.ts";
import { put } from "../support/put.ts";
import { runCli, snapshot } from "../support/run-cli.ts";
import { snapshotFolders } from "../support/store.ts";
import { blank, hermesOf, mustAs, runAs } from "../support/user-home.ts";

const timeout = 300_000;
const KEY_ONE = "one.txt";
const KEY_TWO = "two.txt";
const SECRET = `sk-or-v1-${"4f".repeat(32)}`;

/** A user's home with an agent in it, made once: archives are only made of it. */
let user = "";
let home = "";
let full = "";
const recipients: string[] = [];
beforeAll(async () => {
	user = fs.mkdtempSync("/tmp/agent-snapshot-archives-");
	home = makeHermesHome({
		dir: path.join(user, ".hermes"),
		odd: true,
		walLive: true,
	});
	addAwkward(home);
	put(user, ".honcho/config.json", '{"workspace":"ada"}', 0o640);
	put(user, ".honcho/bin/run.sh", "#!/bin/sh\n", 0o755);
	for (const name of [KEY_ONE, KEY_TWO]) {
		execFileSync("age-keygen", ["-o", path.join(user, name)], {
			stdio: "ignore",
		});
		const key = execFileSync("age-keygen", ["-y", path.join(user, name)]);
		recipients.push(key.toString().trim());
	}
	full = path.join(user, "full.zip");
	await mustAs(user, ["export", "--full", "--no-encrypt", "--to", full]);
}, timeout);
afterAll(() => fs.rmSync(user, { recursive: true, force: true }));

/** What archives in particular stumble over. */
function addAwkward(at: string): void {
	for (const name of [
		"back\\slash.md",
		"a:b.md",
		"Case.md",
		"case.md",
		"ünïcode.md",
		"con",
		" spaces .md ",
	])
		put(at, `memories/${name}`, `# ${name}\n`);
	put(at, "memories/future.md", "2150\n");
	const then = Date.UTC(2150, 5, 1) / 1000;
	fs.utimesSync(path.join(at, "memories/future.md"), then, then);
	put(at, "skills/net/hermes-agent/SKILL.md", "a skill of that name\n", 0o644);
	fs.mkdirSync(path.join(at, "memories/empty"), { mode: 0o750 });
	put(at, "notes.txt", `the key is ${SECRET}\n`);
	// Links out of the home are another matter: see the test of them.
	for (const link of [
		"pairing/link-out.json",
		"pairing/dangling.json",
		"memories/dir-out",
	])
		fs.rmSync(path.join(at, link));
}

describe("a full archive, imported on a blank machine,", { timeout }, () => {
	it("is the same state, odd entries, logs and large databases included", async () => {
		const other = blank();
		const said = await mustAs(other, ["import", full]);
		expect(importedState(hermesOf(other))).toEqual(wantedState(home));
		expect(said).toMatch(/An archive of Hermes .*1,.* messages|messages/);
		const beside = path.join(other, ".honcho");
		expect(fs.statSync(path.join(beside, "bin/run.sh")).mode & 0o777).toBe(
			0o755,
		);
		expect(fs.readFileSync(path.join(beside, "config.json"), "utf8")).toContain(
			"ada",
		);
		const undone = await mustAs(other, ["undo"]);
		expect(undone).toMatch(/^Took back the restore/m);
		expect(Object.keys(importedState(hermesOf(other)))).toEqual([]);
	});

	it("goes where --into says, also below where one stands", async () => {
		const other = blank();
		await mustAs(other, ["import", full, "--into", "new/home"]);
		const came = Object.entries(importedState(path.join(other, "new/home")));
		const own = came.filter(([name]) => !name.startsWith("_external.honcho"));
		expect(Object.fromEntries(own)).toEqual(wantedState(home));
		expect(fs.readdirSync(other)).not.toContain(".hermes");
	});

	it("is opened by unzip and by Python, and holds no code, no cache and no pid", () => {
		expect(spawnSync("unzip", ["-tqq", full]).status).toBe(0);
		const names = execFileSync("python3", [
			"-c",
			"import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; print('\\n'.join(z.namelist()))",
			full,
		])
			.toString()
			.split("\n");
		expect(names).toContain("skills/net/hermes-agent/SKILL.md");
		expect(names).toContain("_external/.honcho/config.json");
		expect(names).toContain("sessions/20260412_100000_abc123.jsonl");
		const strange =
			/^hermes-agent|^logs|^cache|\.pid$|-wal$|-shm$|^state-snapshots\/(?!archive\.json|unnamed\/\d)|[\\\n]/;
		expect(names.filter((name) => strange.test(name))).toEqual([]);
	});
});

describe("a database that snapshots keep in parts", { timeout }, () => {
	it("is one file in an archive of a snapshot, and the same rows behind it", async () => {
		const from = blank();
		const agent = makeHermesHome({ dir: hermesOf(from) });
		// The smallest that there may be.
		put(agent, "state-snapshots/config.json", { partsFromBytes: 65_536 });
		await mustAs(from, ["create"]);
		const [id = ""] = snapshotFolders(agent);
		const kept = path.join(agent, "state-snapshots", id, "state.db");
		expect(fs.statSync(kept).isDirectory()).toBe(true);
		await mustAs(from, ["export", "1", "--no-encrypt", "--to", "a.zip"]);
		const other = blank();
		await mustAs(other, ["import", path.join(from, "a.zip")]);
		expect(importedState(hermesOf(other))["state.db"]).toBe(
			wantedState(agent)["state.db"],
		);
	});
});

describe("Ctrl-C", { timeout }, () => {
	it("leaves neither an archive nor a part of one", async () => {
		const from = blank();
		// Progress is told after a second: there has to be enough to do then.
		const agent = makeHermesHome({ dir: hermesOf(from), dbMb: 40 });
		const words = ["--progress", "json", "export", "--no-encrypt"];
		const child = spawn(process.execPath, [cli, ...words, "--to", "a.zip"], {
			cwd: from,
			env: { ...process.env, HOME: from },
		});
		child.stderr.once("data", () => child.kill("SIGINT"));
		child.stdout.resume();
		const [code] = await once(child, "close");
		expect(code).toBe(130);
		expect(fs.readdirSync(from).filter((name) => /zip/.test(name))).toEqual([]);
		const store = fs.readdirSync(path.join(agent, "state-snapshots"));
		expect(store.filter((name) => name.startsWith(".scratch"))).toEqual([]);
	});
});

describe("links that lead out of the home", { timeout }, () => {
	it("stay away and are named, and come with --force", async () => {
		const from = blank();
		const agent = makeHermesHome({ dir: hermesOf(from), odd: true });
		await mustAs(from, ["export", "--full", "--no-encrypt", "--to", "a.zip"]);
		const other = blank();
		const archive = path.join(from, "a.zip");
		const said = await mustAs(other, ["import", archive]);
		expect(said).toMatch(/lead out of the home: .*dir-out.*--force/);
		const out = path.join(hermesOf(other), "memories/dir-out");
		expect(fs.lstatSync(out, { throwIfNoEntry: false })).toBeUndefined();
		const inside = path.join(hermesOf(other), "pairing/link-in.json");
		expect(fs.readlinkSync(inside)).toBe("telegram-approved.json");
		await mustAs(other, ["import", archive, "--force"]);
		expect(fs.readlinkSync(out)).toBe(
			fs.readlinkSync(path.join(agent, "memories/dir-out")),
		);
	});
});

describe("an archive of a snapshot", { timeout }, () => {
	it("is that snapshot, whole, whatever has been written since", async () => {
		const from = blank();
		const agent = makeHermesHome({ dir: hermesOf(from) });
		await mustAs(from, ["create", "one"]);
		fs.appendFileSync(path.join(agent, "SOUL.md"), "since\n");
		await mustAs(from, ["create", "two"]);
		await mustAs(from, ["export", "2", "--no-encrypt", "--to", "two.zip"]);
		const other = blank();
		await mustAs(other, ["import", path.join(from, "two.zip")]);
		const soul = fs.readFileSync(path.join(hermesOf(other), "SOUL.md"), "utf8");
		expect(soul).not.toContain("since");
		expect(`${soul}since\n`).toBe(
			fs.readFileSync(path.join(agent, "SOUL.md"), "utf8"),
		);
		const list = await mustAs(other, ["list"]);
		expect(list).toMatch(/from two\.zip \[imported\]/);
	});

	it("goes through a pipe as well", async () => {
		const other = blank();
		const piped = spawnSync(
			"sh",
			[
				"-c",
				'"$0" "$1" export --no-encrypt --to - | cat > "$2"',
				process.execPath,
				cli,
				path.join(other, "piped.zip"),
			],
			{ env: { ...process.env, HOME: user }, encoding: "utf8" },
		);
		expect(piped.stderr).toBe("");
		await mustAs(other, ["import", "piped.zip"]);
		const rows = wantedState(home)["state.db"];
		expect(importedState(hermesOf(other))["state.db"]).toBe(rows);
	});
});

describe("over what is there", { timeout }, () => {
	it("nothing is changed without --force, and with it undo takes it back", async () => {
		const other = blank();
		put(hermesOf(other), "config.yaml", "mine: true\n");
		put(hermesOf(other), "memories/MINE.md", "mine\n");
		const before = importedState(hermesOf(other));
		const held = await runAs(other, ["import", full]);
		expect(held.code).toBe(1);
		expect(held.stdout).toMatch(/Remove 1 item: memories\/MINE\.md/);
		expect(held.stdout).toMatch(/nothing was changed.*--force/);
		expect(importedState(hermesOf(other))).toEqual(before);
		expect(fs.existsSync(path.join(other, ".honcho"))).toBe(false);
		expect(fs.existsSync(path.join(hermesOf(other), "state-snapshots"))).toBe(
			false,
		);
		await mustAs(other, ["import", full, "--force"]);
		expect(importedState(hermesOf(other))).toEqual(wantedState(home));
		await mustAs(other, ["undo"]);
		expect(importedState(hermesOf(other))).toEqual(before);
	});

	it("is held back, too, where only directories stand that it would clear", async () => {
		const other = blank();
		put(hermesOf(other), "memories/ONLY.md", "mine\n");
		const held = await runAs(other, ["import", full]);
		expect(held.code).toBe(1);
		expect(fs.readdirSync(path.join(hermesOf(other), "memories"))).toEqual([
			"ONLY.md",
		]);
	});

	it("--dry-run says what would come and leaves nothing", async () => {
		const other = blank();
		const said = await mustAs(other, ["import", full, "--dry-run"]);
		expect(said).toMatch(/It would:\nPut back .* items/);
		expect(said).toMatch(/Nothing was changed\.\n$/);
		expect(fs.readdirSync(other).filter((name) => name !== ".cache")).toEqual(
			[],
		);
	});
});

describe("secrets", { timeout }, () => {
	it("go into no open archive that nobody has asked for", async () => {
		const to = path.join(blank(), "open.zip");
		const refused = await runAs(user, ["export", "--to", to]);
		expect(refused.code).toBe(2);
		expect(refused.stderr).toMatch(
			/secrets that anybody can read: .*\.env.*Nothing was written/s,
		);
		expect(fs.existsSync(to)).toBe(false);
	});

	it("are not in one without them, and those that are there stay", async () => {
		const to = path.join(blank(), "bare.zip");
		const said = await mustAs(user, [
			"export",
			"--full",
			"--no-secrets",
			"--to",
			to,
		]);
		expect(said).toMatch(/Left out, for their secrets: .*more/);
		const unpacked = path.join(path.dirname(to), "unpacked");
		execFileSync("unzip", ["-qq", to, "-d", unpacked]);
		const secrets = /sk-or-v1-[0-9a-f]{40}|rt_[0-9a-f]{40}|user_name/;
		const files = fs
			.readdirSync(unpacked, { recursive: true, withFileTypes: true })
			.filter((one) => one.isFile() && !/\.db$/.test(one.name))
			.map((one) => path.join(one.parentPath, one.name));
		expect(files.length).toBeGreaterThan(10);
		expect(
			files.filter((file) => secrets.test(fs.readFileSync(file, "utf8"))),
		).toEqual([]);
		const other = blank();
		put(hermesOf(other), ".env", "MINE=1\n");
		put(hermesOf(other), "profiles/new/.env", "MINE=2\n");
		put(hermesOf(other), "pairing/mine-approved.json", "{}");
		put(hermesOf(other), "vault.key", "mine");
		await mustAs(other, ["import", to, "--force"]);
		const state = importedState(hermesOf(other));
		expect(Object.keys(state)).toEqual(
			expect.arrayContaining([
				".env",
				"profiles/new/.env",
				"pairing/mine-approved.json",
				"vault.key",
				"state.db",
			]),
		);
	});
});

describe("an encrypted archive", { timeout }, () => {
	/** Of a little home: what is encrypted is all the same. */
	let little = "";
	beforeAll(() => {
		little = fs.mkdtempSync("/tmp/agent-snapshot-little-");
		makeOpenHome(hermesOf(little));
		return () => fs.rmSync(little, { recursive: true, force: true });
	});
	const importWith = async (archive: string, flags: readonly string[]) => {
		const other = blank();
		const ran = await runAs(other, ["import", archive, ...flags]);
		return { ...ran, other };
	};
	const identity = (name: string) => ["--identity", path.join(user, name)];

	it("opens with the key of each recipient, with age, and with no other key", async () => {
		const to = path.join(blank(), "sealed.zip.age");
		const others = recipients.flatMap((one) => ["--encrypt-to", one]);
		const said = await mustAs(little, ["export", ...others, "--to", to]);
		expect(said).toMatch(/encrypted: only its recipients can open it/);
		expect(fs.readFileSync(to, "latin1")).not.toContain("state.db");
		for (const name of [KEY_ONE, KEY_TWO]) {
			const { code, other } = await importWith(to, identity(name));
			expect(code).toBe(0);
			expect(importedState(hermesOf(other))["state.db"]).toBe(
				wantedState(hermesOf(little))["state.db"],
			);
		}
		const plain = path.join(path.dirname(to), "plain.zip");
		const opened = ["-d", "-i", path.join(user, KEY_ONE), "-o", plain, to];
		execFileSync("age", opened);
		expect(spawnSync("unzip", ["-tqq", plain]).status).toBe(0);
		const stranger = path.join(path.dirname(to), "stranger.txt");
		execFileSync("age-keygen", ["-o", stranger], { stdio: "ignore" });
		const wrong = await importWith(to, ["--identity", stranger]);
		expect(wrong.code).toBe(12);
		expect(wrong.stderr).toMatch(/cannot be opened with the key.*--identity/s);
		expect(fs.existsSync(hermesOf(wrong.other))).toBe(false);
		const none = await importWith(to, []);
		expect(none.code).toBe(12);
		expect(none.stderr).toMatch(/is encrypted\. Nothing was changed/);
	});

	it("opens with its passphrase, and with no other", async () => {
		const place = blank();
		const [right, wrong] = [
			path.join(place, "right"),
			path.join(place, "wrong"),
		];
		fs.writeFileSync(right, "correct horse battery staple\n");
		const sealing = ["export", "--passphrase-file", right];
		const refused = await runAs(little, [...sealing, "--to", `${right}.age`]);
		expect(refused.code).toBe(2);
		expect(refused.stderr).toContain("can be read by others");
		fs.chmodSync(right, 0o600);
		fs.writeFileSync(wrong, "tr0ub4dor\n");
		const to = path.join(place, "sealed.age");
		await mustAs(little, ["export", "--passphrase-file", right, "--to", to]);
		expect((await importWith(to, ["--passphrase-file", right])).code).toBe(0);
		expect((await importWith(to, ["--passphrase-file", wrong])).code).toBe(12);
	});

	it("made by age of ours is imported", async () => {
		const to = path.join(blank(), "by-age");
		execFileSync("age", ["-r", recipients[0] ?? "", "-o", to, full]);
		const { code, other } = await importWith(to, identity(KEY_ONE));
		expect(code).toBe(0);
		expect(importedState(hermesOf(other))).toEqual(wantedState(home));
	});

	it("is what the settings' recipients make of every export", async () => {
		const from = blank();
		const agent = makeOpenHome(hermesOf(from));
		put(agent, "state-snapshots/config.json", { archives: { recipients } });
		await mustAs(from, ["export"]);
		const [name = ""] = fs
			.readdirSync(from)
			.filter((one) => /^hermes-backup-.*\.zip\.age$/.test(one));
		const opened = await importWith(path.join(from, name), identity(KEY_TWO));
		expect(opened.code).toBe(0);
	});

	it.each([
		["--encrypt-to", "age1nonsense", /is no age recipient/],
		["--passphrase-file", "/nowhere/at-all", /is not there/],
	])("is refused with %s %s", async (flag, value, why) => {
		const ran = await runAs(user, ["export", flag, value, "--to", "x.age"]);
		expect(ran.code).toBe(2);
		expect(ran.stderr).toMatch(why);
		expect(fs.existsSync(path.join(user, "x.age"))).toBe(false);
	});
});

describe("its manifest", () => {
	it("tells each file's hash, and nothing of this machine's store", () => {
		const manifest = JSON.parse(
			inZip(full, "state-snapshots/archive.json").toString(),
		);
		expect(manifest).toMatchObject({ host: "hermes", reason: "manual" });
		const files = manifest.entries.filter(
			({ kind }: { kind: string }) => kind === "file" || kind === "database",
		);
		expect(files.every((one: object) => "sha256" in one)).toBe(true);
		expect(files.some((one: object) => "parts" in one || "look" in one)).toBe(
			false,
		);
	});
});

it(
	"a chat's answer is short, and --to has to be a whole path there",
	async () => {
		const place = blank();
		const agent = makeHermesHome({ dir: path.join(place, ".hermes") });
		const chat = (words: string) =>
			runCli(
				[
					"--home",
					agent,
					"--host",
					"hermes",
					"--json",
					"--chat",
					"--",
					...words.split(" "),
				],
				{
					env: { HOME: place },
				},
			);
		const refused = await chat("export --no-encrypt --to here.zip");
		expect(refused.json?.text).toMatch(/--to needs a path that begins with \//);
		const to = path.join(place, "there.zip");
		const made = await chat(`export --full --no-encrypt --to ${to}`);
		expect(made.json?.text.split("\n").length).toBeLessThanOrEqual(12);
		const came = await chat(`import ${to} --dry-run`);
		expect(came.json?.text.split("\n").length).toBeLessThanOrEqual(12);
		expect((await snapshot(agent, ["list"])).json.data.snapshots).toEqual([]);
	},
	timeout,
);
