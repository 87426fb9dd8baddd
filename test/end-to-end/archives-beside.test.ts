import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { forge, inZip } from "../support/archives.ts";
import { makeSmallDb } from "../support/hermes-databases.ts";
import { type Fact, record } from "../support/oracle.ts";
import { canTrace } from "../support/paths.ts";
import { put } from "../support/put.ts";
import { blank, mustAs, runAs } from "../support/user-home.ts";

const timeout = 60_000;
const isRoot = process.getuid?.() === 0;

/** A user with an agent and, beside its home, directories of other programs. Made once. */
let user = "";
let archive = "";
beforeAll(async () => {
	user = fs.mkdtempSync("/tmp/agent-snapshot-beside-");
	makeAgent(user);
	put(user, ".honcho/config.json", '{"workspace":"ada"}', 0o640);
	put(user, ".honcho/bin/run.sh", "#!/bin/sh\n", 0o755);
	fs.mkdirSync(`${user}/.honcho/empty`, { mode: 0o711 });
	fs.chmodSync(`${user}/.honcho`, 0o755);
	fs.chmodSync(`${user}/.honcho/bin`, 0o750);
	fs.symlinkSync("config.json", `${user}/.honcho/link`);
	fs.symlinkSync("../.hermes/SOUL.md", `${user}/.honcho/soul`);
	fs.mkdirSync(`${user}/.hindsight`);
	makeSmallDb(`${user}/.hindsight/bank.db`, "items", 3);
	archive = `${user}/full.zip`;
	await mustAs(user, ["export", "--full", "--no-encrypt", "--to", archive]);
}, timeout);
afterAll(() => fs.rmSync(user, { recursive: true, force: true }));

function makeAgent(dir: string): void {
	put(dir, ".hermes/SOUL.md", "# Soul\n");
	put(dir, ".hermes/config.yaml", "model: m\n");
	put(dir, ".hermes/memories/MEMORY.md", "one\n");
}

/** All of a user but our store and Node's cache; a database by what it says. */
function stateOf(dir: string): Record<string, string> {
	const kept = ([name]: [string, Fact]) =>
		!/^\.cache|\.zip$|^\.$/.test(name) && !name.includes("state-snapshots");
	return Object.fromEntries([...record(dir)].filter(kept).map(about).sort());
}

function about([name, fact]: [string, Fact]): [string, string] {
	const { type, mode, target, rows, sha256 } = fact;
	if (type === "link") return [name, `link to ${target}`];
	return [name, `${type} ${mode.toString(8)} ${rows ?? sha256 ?? ""}`];
}

/** One on which another program's directory is, and not as in the archive. */
function other(): string {
	const place = blank();
	makeAgent(place);
	put(place, ".honcho/config.json", "live\n");
	put(place, ".honcho/later/note.md", "came since\n");
	return place;
}

describe("what lies beside the home", { timeout }, () => {
	it("comes back with links, modes, empty directories and rows, and goes again by undo", async () => {
		const to = blank();
		const said = await mustAs(to, ["import", archive]);
		expect(said).toMatch(/^Made \S+\/\.honcho, which is beside the home: /m);
		expect(stateOf(to)).toEqual(stateOf(user));
		await mustAs(to, ["undo"]);
		expect(Object.keys(stateOf(to))).toEqual([".hermes"]);
	});

	it("is replaced only with --force, all of it, and undo brings it back", async () => {
		const to = other();
		const before = stateOf(to);
		const held = await runAs(to, ["import", archive]);
		expect(held.code).toBe(1);
		expect(held.stdout).toMatch(/^Replace \S+\/\.honcho, .* before\.$/m);
		expect(stateOf(to)).toEqual(before);
		await mustAs(to, ["import", archive, "--force"]);
		expect(stateOf(to)).toEqual(stateOf(user));
		expect(fs.readdirSync(to).sort()).toEqual(
			[".cache", ".hermes", ".hindsight", ".honcho"].filter((name) =>
				fs.existsSync(path.join(to, name)),
			),
		);
		await mustAs(to, ["diff", "1"]);
		await mustAs(to, ["undo"]);
		expect(stateOf(to)).toEqual(before);
		await mustAs(to, ["restore", "1"]);
		expect(stateOf(to)).toEqual(stateOf(user));
	});

	it.each([
		["the plan", ["--dry-run"]],
		["the plan of --force", ["--dry-run", "--force"]],
	])("is told in %s, which changes nothing", async (_, flags) => {
		const to = other();
		const before = stateOf(to);
		const said = await mustAs(to, ["import", archive, ...flags]);
		expect(said).toMatch(/^Replace \S+\/\.honcho, /m);
		expect(said).toMatch(/^Make \S+\/\.hindsight, /m);
		expect(stateOf(to)).toEqual(before);
	});

	it.each([
		["--into", ["import", "ARCHIVE", "--into", "look", "--force"]],
		["--home", ["--home", "look", "import", "ARCHIVE", "--force"]],
	])("stays where it is with %s, and what comes is in that home", async (flag, words) => {
		const to = other();
		const before = stateOf(to);
		if (flag === "--home") fs.mkdirSync(`${to}/look`);
		const said = await mustAs(
			to,
			words.map((word) => (word === "ARCHIVE" ? archive : word)),
		);
		expect(said).toMatch(
			/into the home, and not beside it: \S+_external\.honcho/,
		);
		const note = fs.readFileSync(`${to}/look/_external.honcho/config.json`);
		expect(note.toString()).toContain("ada");
		await mustAs(to, ["--home", "look", "undo"]);
		fs.rmSync(`${to}/look`, { recursive: true });
		expect(stateOf(to)).toEqual(before);
	});

	it("is told of an archive that others made, before it comes", async () => {
		const to = blank();
		const foreign = `${to}/foreign.zip`;
		const members = [
			{ name: "SOUL.md", text: "# Soul\n" },
			{ name: "state-db-is-not-here.txt", text: "" },
			{ name: "memories/MEMORY.md", text: "one\n" },
			{ name: "config.yaml", text: "model: m\n" },
			{ name: "_external/.honcho/x", text: "theirs\n" },
			{ name: "_external/.ssh/authorized_keys", text: "theirs\n" },
		];
		forge({ [foreign]: { form: "zip", members } });
		const plan = await mustAs(to, ["import", foreign, "--dry-run"]);
		expect(plan).toMatch(/^Make \S+\/\.honcho, /m);
		expect(plan).toMatch(/Left out, having no place here: .*\.ssh/);
		await mustAs(to, ["import", foreign]);
		expect(fs.existsSync(`${to}/.honcho/x`)).toBe(true);
		expect(fs.existsSync(`${to}/.ssh`)).toBe(false);
	});
});

describe.runIf(canTrace())(
	"kill -9 in the middle of an import",
	{ timeout },
	() => {
		it.each([
			["unlink", ".honcho/later/note.md"],
			["rmdir", ".honcho/later"],
			["link", ".hindsight/bank.db"],
			["mkdir", ".honcho/empty"],
			["symlink", ".honcho/link"],
		])("at the %s of %s leaves what recover ends, beside the home, too", async (call, place) => {
			const to = other();
			const before = stateOf(to);
			const inject = `inject=${call}:signal=SIGKILL:when=1`;
			const under = ["strace", "-qq", "-o", "/dev/null", "-e", inject];
			const words = ["import", archive, "--force"];
			const ran = await runAs(to, words, [...under, "-P", `${to}/${place}`]);
			expect(ran.code).not.toBe(0);
			expect(stateOf(to)).not.toEqual(stateOf(user));
			await mustAs(to, ["recover"]);
			expect(stateOf(to)).toEqual(stateOf(user));
			await mustAs(to, ["undo"]);
			expect(stateOf(to)).toEqual(before);
		});
	},
);

describe("a directory of the home that is called _external", {
	timeout,
}, () => {
	it("is state like any, and does not meet what lies beside the home", async () => {
		const from = other();
		put(from, ".hermes/_external/.honcho/own.md", "of the home\n");
		put(from, ".hermes/_external/plain.md", "of the home\n");
		const zip = `${from}/a.zip`;
		await mustAs(from, ["export", "--full", "--no-encrypt", "--to", zip]);
		expect(inZip(zip, "_external/.honcho/config.json").toString()).toBe(
			"live\n",
		);
		const to = blank();
		await mustAs(to, ["import", zip]);
		expect(stateOf(to)).toEqual(stateOf(from));
	});

	it("that takes the place of one beside the home is told as what the archive lacks", async () => {
		const from = other();
		put(from, ".hermes/_external.honcho/config.json", "of the home\n");
		const words = ["export", "--full", "--no-encrypt", "--to", "a.zip"];
		const ran = await runAs(from, words);
		expect(ran.code).toBe(3);
		expect(ran.stdout).toMatch(
			/lacks ~\/\.honcho \(_external\.honcho in the home/,
		);
	});
});

describe.runIf(isRoot)("root", { timeout }, () => {
	it("gives all that an import makes to the user whose directory it is made in", async () => {
		const to = blank();
		fs.chownSync(to, 1234, 1234);
		const said = await mustAs(to, ["import", archive]);
		expect(said).toContain("All of it belongs to user 1234");
		const all = fs.readdirSync(to, { recursive: true }).map(String);
		const others = all
			.filter((name) => !name.startsWith(".cache"))
			.filter((name) => fs.lstatSync(path.join(to, name)).uid !== 1234);
		expect(others).toEqual([]);
	});
});
