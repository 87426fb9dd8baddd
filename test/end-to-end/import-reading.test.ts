import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type ForgedMember, forge } from "../support/archives.ts";
import { makeSmallDb } from "../support/hermes-databases.ts";
import { cli } from "../support/paths.ts";
import { put } from "../support/put.ts";
import { scratch } from "../support/scratch.ts";
import { snapshotFolders } from "../support/store.ts";
import { blank, hermesOf, mustAs, runAs } from "../support/user-home.ts";

const timeout = 60_000;
const SOUL = "# Soul\n";
/** A user's home with an agent that has made snapshots, and what stands in the way of archives. */
let user = "";
let home = "";
beforeAll(async () => {
	user = fs.mkdtempSync("/tmp/agent-snapshot-reading-");
	home = path.join(user, ".hermes");
	fs.mkdirSync(home, { mode: 0o700 });
	makeSmallDb(path.join(home, "state.db"), "messages", 40);
	put(home, "config.yaml", "model: one\n");
	put(home, "SOUL.md", SOUL);
	put(home, "memories/MEMORY.md", "Ada likes tea.\n");
	put(home, "memories/MEMORY.md.lock", "");
	put(home, "cron/.tick.lock", "");
	put(home, "skills/web/yarn.lock", "# of a person\n");
	put(home, "manifest.json", '{"mine":true}');
	put(home, "skills/web/manifest.json", "{}");
	for (const label of ["one", "two"])
		await mustAs(user, ["create", label, "--force"]);
}, timeout);
afterAll(() => fs.rmSync(user, { recursive: true, force: true }));

function filesOf(at: string): string[] {
	return fs
		.readdirSync(at, { recursive: true })
		.map(String)
		.filter((name) => fs.statSync(path.join(at, name)).isFile())
		.filter((name) => !name.startsWith("state-snapshots"))
		.sort();
}

const COMES = [
	"SOUL.md",
	"config.yaml",
	"memories/MEMORY.md",
	"skills/web/manifest.json",
	"skills/web/yarn.lock",
	"state.db",
];

describe("a home that has made snapshots", { timeout }, () => {
	it.each<[string, (to: string) => Promise<unknown>, RegExp]>([
		[
			"a tar.gz",
			async (to) => execFileSync("tar", ["czf", to, "-C", home, "."]),
			/being snapshots of before: state-snapshots\./,
		],
		[
			"a tar.gz of the directory",
			async (to) => execFileSync("tar", ["czf", to, "-C", user, ".hermes"]),
			/being snapshots of before: \.hermes\/state-snapshots\./,
		],
		[
			"a zip",
			async (to) =>
				forge({
					[to]: {
						form: "zip",
						members: [
							...[...COMES, "manifest.json"].map((name) => ({
								name,
								file: path.join(home, name),
							})),
							{ name: "cron/.tick.lock" },
							{ name: "memories/MEMORY.md.lock" },
							{ name: "state-snapshots/config.json", text: "{}" },
						],
					},
				}),
			/being snapshots of before: state-snapshots\./,
		],
		[
			"an archive of ours",
			(to) => mustAs(user, ["export", "--full", "--no-encrypt", "--to", to]),
			/as the manifest of a snapshot is: manifest\.json\./,
		],
	])("comes in as %s, without these, without locks, and says so", async (_, pack, says) => {
		const archive = path.join(scratch(), "packed.zip");
		await pack(archive);
		const other = blank();
		const said = await mustAs(other, ["import", archive]);
		expect(said).toMatch(says);
		expect(said).toMatch(/as the manifest of a snapshot is: .*manifest\.json/);
		expect(filesOf(hermesOf(other))).toEqual(COMES);
		const kept = snapshotFolders(hermesOf(other));
		expect(kept.filter((name) => /-(one|two)$/.test(name))).toEqual([]);
	});

	it("takes nothing away that could not come in", async () => {
		const archive = path.join(scratch(), "a.zip");
		await mustAs(user, ["export", "--full", "--no-encrypt", "--to", archive]);
		const other = blank();
		put(hermesOf(other), "manifest.json", "theirs");
		put(hermesOf(other), "SOUL.md", "theirs");
		await mustAs(other, ["import", archive, "--force"]);
		const at = (name: string) =>
			fs.readFileSync(path.join(hermesOf(other), name), "utf8");
		expect(at("manifest.json")).toBe("theirs");
		expect(at("SOUL.md")).toBe(SOUL);
	});
});

const known: ForgedMember[] = [
	{ name: "config.yaml", text: "model: two\n" },
	{ name: "SOUL.md", text: SOUL },
];

it("a file with several names is in a tar a file each", {
	timeout,
}, async () => {
	const archive = path.join(scratch(), "names.tgz");
	const hard = (name: string, to: string) =>
		({ name, to, type: "hard" }) as const;
	const members = [
		// The first of the names stays away, and its content does not.
		{ name: "logs/a.log", text: "kept" },
		hard("memories/a.md", "logs/a.log"),
		hard("memories/b.md", "./logs/a.log"),
		hard("memories/c.md", "memories/b.md"),
		...known,
	];
	forge({ [archive]: { form: "tgz", members } });
	const other = blank();
	await mustAs(other, ["import", archive]);
	for (const name of ["a", "b", "c"]) {
		const file = path.join(hermesOf(other), `memories/${name}.md`);
		expect(fs.readFileSync(file, "utf8")).toBe("kept");
		expect(fs.statSync(file).nlink).toBeLessThanOrEqual(2); // its snapshot's, and none of the others'
	}
	fs.writeFileSync(path.join(hermesOf(other), "memories/a.md"), "changed");
	const b = path.join(hermesOf(other), "memories/b.md");
	expect(fs.readFileSync(b, "utf8")).toBe("kept");
});

/** Packed by GNU tar, as people type it. */
function sparseTar(form: string) {
	return (to: string) => {
		const from = scratch();
		for (const { name, text = "" } of known) put(from, name, text);
		const file = fs.openSync(path.join(from, "holes.bin"), "w");
		fs.ftruncateSync(file, 3 << 20);
		fs.writeSync(file, "here", 1 << 20);
		fs.closeSync(file);
		execFileSync("tar", ["-S", `--format=${form}`, "-cf", to, "-C", from, "."]);
	};
}

function damagedTar(to: string): void {
	const from = scratch();
	const file = path.join(from, "state.db");
	makeSmallDb(file, "messages", 3000);
	const bytes = fs.readFileSync(file);
	const pages = bytes.length / 4096;
	for (let page = Math.floor(pages / 2); page < pages; page++)
		bytes.fill(0xff, page * 4096 + 3, page * 4096 + 8);
	fs.writeFileSync(file, bytes);
	put(from, "SOUL.md", SOUL);
	execFileSync("tar", ["czf", to, "-C", from, "."]);
}

const zipOf = (members: readonly ForgedMember[]) => (to: string) =>
	forge({ [to]: { form: "zip", members } });

describe("what is read of an archive", { timeout }, () => {
	it.each<[string, (to: string) => void, RegExp]>([
		[
			"zeros in a gzip",
			(to) => fs.writeFileSync(to, gzipSync(Buffer.alloc(40 << 20))),
			/holds no tar: it is something else/,
		],
		["a file with holes, by GNU tar", sparseTar("gnu"), /holes as tar -S/],
		["one in the form of POSIX", sparseTar("posix"), /holes as tar -S/],
		[
			"the zip of another program",
			zipOf([
				{ name: ".env", text: "A=1" },
				{ name: "config.yaml", text: "a: 1" },
				{ name: "src/main.py", text: "" },
			]),
			/is no archive of an agent/,
		],
		[
			"a database of which every second page is damaged",
			damagedTar,
			/^The archive is damaged: its state\.db is a damaged database \([^\n]{1,100}, and \d+ more\)\. Nothing was changed\.$/m,
		],
	])("is refused in a sentence: %s", async (_, make, says) => {
		const archive = path.join(scratch(), "it.zip");
		make(archive);
		const other = blank();
		for (const flags of [[], ["--force"]]) {
			const ran = await runAs(other, ["import", archive, ...flags]);
			expect(ran.stderr).toMatch(says);
			expect(ran.code).toBe(1);
			expect(fs.existsSync(hermesOf(other))).toBe(false);
		}
	});

	it("ends with Ctrl-C, however long it goes on", async () => {
		const other = blank();
		const archive = path.join(scratch(), "long.tgz");
		forge({ [archive]: { form: "tgz", members: known } });
		const zeros = gzipSync(Buffer.alloc(64 << 20));
		for (let count = 0; count < 500; count++) fs.appendFileSync(archive, zeros);
		const child = spawn(process.execPath, [cli, "import", archive, "--force"], {
			cwd: other,
			env: { ...process.env, HOME: other },
		});
		const store = path.join(hermesOf(other), "state-snapshots");
		await vi.waitFor(
			() => expect(fs.readdirSync(store).join()).toMatch(/(^|,)\.scratch/),
			{ timeout: 20_000, interval: 10 },
		);
		child.kill("SIGINT");
		const [code] = await once(child, "close");
		expect(code).toBe(130);
		expect(fs.existsSync(hermesOf(other))).toBe(false);
	});
});

describe("an archive of another agent", { timeout }, () => {
	it.each([
		[["--host", "hermes"]],
		[["--home", "there"]],
	])("is not brought in with %j, and the real home is not touched", async (said) => {
		const from = blank();
		put(from, ".claude/settings.json", "{}");
		put(from, ".claude.json", "{}");
		const archive = path.join(scratch(), "c.zip");
		const packing = ["export", "--full", "--no-encrypt", "--to", archive];
		await mustAs(from, ["--host", "claude-code", ...packing]);
		const other = blank();
		const ran = await runAs(other, [...said, "import", archive]);
		expect(ran.code).toBe(1);
		expect(ran.stderr).toMatch(
			/is an archive of Claude Code, and this is Hermes\. Nothing was changed\.\n.*--host claude-code import/,
		);
		expect(fs.readdirSync(other).filter((name) => name !== ".cache")).toEqual(
			[],
		);
		// Nothing is said: whose it is decides.
		const came = await mustAs(other, ["import", archive]);
		expect(came).toContain("agent-snapshot --host claude-code undo");
	});
});

describe("a wrong file or directory", { timeout }, () => {
	it.each<[readonly string[], number, RegExp]>([
		[["--into", "afile"], 1, /afile is there, and is no directory/],
		[["--into", "afile/x"], 1, /afile is there, and is no directory/],
		[["--into", "/proc/x"], 1, /\/proc\/x cannot be made/],
		[["--into", "/proc"], 1, /\/proc\/state-snapshots cannot be made/],
		[["--identity", "."], 2, /\. is no file/],
		[["--identity", "large"], 2, /large is larger than 64 KiB/],
		[["--identity", "afile/x"], 2, /is not there/],
		[["--passphrase-file", "."], 2, /\. is no file/],
	])("%j is told in a sentence", async (flags, code, says) => {
		const other = blank();
		put(other, "afile", "x");
		put(other, "large", "x".repeat(100_000));
		const archive = path.join(other, "it.zip");
		zipOf(known)(archive);
		const ran = await runAs(other, ["import", archive, ...flags]);
		expect(ran.stderr).toMatch(says);
		expect(ran.stderr).toMatch(/Nothing was changed\./);
		expect(ran.code).toBe(code);
	});
});

it.each([
	["that is not there", "nowhere.zip", /is not there/],
	["that leads to itself", "loop", /is a link that leads nowhere/],
	["that is a directory", ".", /is no file/],
])("a file %s is told in a sentence", { timeout }, async (_, file, says) => {
	const other = blank();
	fs.symlinkSync("loop", path.join(other, "loop"));
	const ran = await runAs(other, ["import", file]);
	expect(ran).toMatchObject({ code: 1, stderr: expect.stringMatching(says) });
});

it("a home that leads nowhere is told in a sentence by what would come into it", {
	timeout,
}, async () => {
	const other = blank();
	fs.symlinkSync("/nowhere/at-all", hermesOf(other));
	put(other, "key", "secret\n");
	const add = ["remote", "add", path.join(other, "repository")];
	const ran = await runAs(other, [...add, "--password-file", "key"]);
	expect(ran.stderr).toMatch(/\.hermes is there, and is no directory/);
	expect(ran.code).toBe(1);
});

describe("an import", { timeout }, () => {
	it("of an archive that lacks something exits with 3", async () => {
		const from = blank();
		put(hermesOf(from), "SOUL.md", SOUL);
		put(hermesOf(from), "config.yaml", "model: one\n");
		put(hermesOf(from), "state.db", "no database");
		const packed = await runAs(from, [
			"export",
			"--no-encrypt",
			"--to",
			"a.zip",
		]);
		expect(packed.code, packed.stderr).toBe(3);
		const other = blank();
		const archive = path.join(from, "a.zip");
		const ran = await runAs(other, ["import", archive]);
		expect(ran.stdout).toMatch(/INCOMPLETE: it lacks state\.db/);
		expect(ran.code).toBe(3);
		const tried = await runAs(other, ["import", archive, "--dry-run"]);
		expect(tried.code).toBe(0);
	});

	it("leaves alone what another one has just made", async () => {
		const other = blank();
		for (const model of ["one", "two"]) {
			const archive = path.join(scratch(), `${model}.zip`);
			zipOf([...known, { name: ".env", text: model }])(archive);
			await mustAs(other, ["import", archive, "--force"]);
		}
		const { stdout } = await runAs(other, ["list", "--json"]);
		const { data } = JSON.parse(stdout) as {
			data: { snapshots: { reason: string }[] };
		};
		const imported = data.snapshots.filter((one) => one.reason === "imported");
		expect(imported).toHaveLength(2);
	});
});

describe("times that a zip tells", { timeout }, () => {
	it("come once, whatever they are: the second import finds all as it is", async () => {
		const at = blank();
		const file = path.join(at, "times.zip");
		const members = [
			{ name: "1901", unixTime: -(2 ** 31) },
			{ name: "1969", unixTime: -1 },
			{ name: "1970", unixTime: 0 },
			{ name: "1601", windowsTime: "1" },
			{ name: "past", windowsTime: String(-(2n ** 63n)) },
			{ name: "future", windowsTime: String(2n ** 63n - 1n) },
		];
		const known = ["config.yaml", "SOUL.md"].map((name) => ({
			name,
			text: "model: two\n",
		}));
		const named = members.map((one) => ({
			...one,
			name: `memories/${one.name}.md`,
		}));
		forge({ [file]: { form: "zip", members: [...known, ...named] } });
		await mustAs(at, ["import", file]);
		const timeOf = (name: string) =>
			fs.statSync(path.join(hermesOf(at), "memories", `${name}.md`)).mtime;
		expect(timeOf("1901").getUTCFullYear()).toBe(1901);
		expect(timeOf("1969").getTime()).toBeCloseTo(-1000);
		const again = await runAs(at, ["import", file]);
		expect(again.stdout).toMatch(/Everything is already as in/);
		expect(again.code).toBe(0);
	});
});
