import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { exportArchive } from "../../src/archive/export-archive.ts";
import { agentAt } from "../../src/core/home/agent.ts";
import { hosts } from "../../src/hosts/index.ts";
import { createNodeSystem } from "../../src/system/node.ts";
import type { Disk } from "../../src/system/system.ts";
import { makeOpenHome } from "../support/little-home.ts";
import { root } from "../support/paths.ts";
import { put } from "../support/put.ts";
import { runCli } from "../support/run-cli.ts";
import { scratch } from "../support/scratch.ts";

const KEY = `sk-ant-api03-${"aB3dE5fG7hJ9".repeat(4)}`;

/** A user with such an agent, an archive of it, and a way to run commands. */
async function archived() {
	const user = scratch();
	const home = makeOpenHome(path.join(user, ".hermes"));
	put(home, "memories/MEMORY.md", "Ada likes tea.\n");
	const run = (...words: string[]) =>
		runCli(words, { env: { HOME: user }, cwd: user });
	const archive = path.join(user, "a.zip");
	const made = await run("export", "--full", "--no-encrypt", "--to", archive);
	expect(made.code, made.stderr).toBe(0);
	return { user, home, run, archive };
}

/** All that is there, with modes and times of files. */
function traces(directory: string): string[] {
	return fs
		.readdirSync(directory, { recursive: true, encoding: "utf8" })
		.sort()
		.map((name) => {
			const { mode, mtimeMs } = fs.lstatSync(path.join(directory, name));
			const isFile = fs.lstatSync(path.join(directory, name)).isFile();
			return `${name} ${mode.toString(8)} ${isFile ? mtimeMs : ""}`;
		});
}

describe("an import that changes nothing leaves no trace", () => {
	it.each<[string, string[], number]>([
		["it was only tried", ["--dry-run"], 0],
		["something is there already", [], 1],
		["the archive is none", [], 1],
	])("where %s", async (what, words, code) => {
		const { user, run, archive } = await archived();
		const project = path.join(user, "project");
		put(project, "config.yaml", "model: mine\n");
		put(project, "notes/mine.md", "mine\n");
		if (what.endsWith("none")) fs.truncateSync(archive, 1000);
		const before = traces(project);
		const ran = await run("import", archive, "--into", project, ...words);
		expect(ran.code, ran.stdout + ran.stderr).toBe(code);
		expect(traces(project)).toEqual(before);
	});

	it("but for a store that was there, with its snapshots", async () => {
		const { home, run, archive } = await archived();
		await run("create");
		put(home, "memories/MEMORY.md", "Ada likes coffee.\n");
		expect((await run("import", archive)).code).toBe(1);
		expect((await run("import", archive, "--dry-run")).code).toBe(0);
		const { stdout } = await run("list", "--json");
		expect(JSON.parse(stdout).data.snapshots).toHaveLength(1);
	});

	it("and all of the disk is no home", async () => {
		const { run, archive } = await archived();
		const ran = await run("import", archive, "--into", "/", "--dry-run");
		expect(ran.code).toBe(2);
		expect(ran.stderr).toMatch(/^\/ is the root of the disk/);
		expect(fs.existsSync("/state-snapshots")).toBe(false);
		expect((await run("--home", "/", "list")).stderr).toMatch(
			/There is no .* home at \/\./,
		);
	});
});

describe("modes and times of what is there", () => {
	it.each<[string, (file: string) => void]>([
		["a mode", (file) => fs.chmodSync(file, 0o400)],
		["a time", (file) => fs.utimesSync(file, 1e9, 1e9)],
		["a directory's mode", (file) => fs.chmodSync(path.dirname(file), 0o500)],
	])("stay without --force: %s", async (_, change) => {
		const { home, run, archive } = await archived();
		const file = path.join(home, "memories/MEMORY.md");
		expect((await run("import", archive)).code).toBe(0);
		change(file);
		const before = traces(path.join(home, "memories"));
		const modes = () => fs.statSync(path.dirname(file)).mode;
		const mode = modes();
		const held = await run("import", archive);
		expect(held.code).toBe(1);
		expect(held.stdout).toMatch(/Set modes or times of 1 item/);
		expect(traces(path.join(home, "memories"))).toEqual(before);
		expect(modes()).toBe(mode);
		expect((await run("import", archive, "--force")).code).toBe(0);
		expect([...traces(path.join(home, "memories")), modes()]).not.toEqual([
			...before,
			mode,
		]);
		expect((await run("import", archive)).code).toBe(0);
	});
});

describe("a secret in a text that is not UTF-8", () => {
	it("is left out, and refused where nobody has said so", async () => {
		const { user, home, run } = await archived();
		const text = Buffer.from(`Caf\xe9\nANTHROPIC_API_KEY=${KEY}\n`, "latin1");
		const bare = path.join(user, "bare.zip");
		put(home, "skills/wide.txt", "");
		fs.writeFileSync(path.join(home, "memories/MEMORY.md"), text);
		fs.writeFileSync(
			path.join(home, "skills/wide.txt"),
			Buffer.from(text.toString("latin1"), "utf16le"),
		);
		const open = await run("export", "--full", "--to", bare);
		expect(open.code).toBe(2);
		expect(open.stderr).toMatch(
			/: memories\/MEMORY\.md line 2, skills\/wide\.txt line 2\. Nothing was written/,
		);
		const said = await run("export", "--full", "--no-secrets", "--to", bare);
		expect(said.stdout).toMatch(
			/for their secrets: memories\/MEMORY\.md, skills\/wide\.txt\./,
		);
	});
});

describe("a full disk that archives go to", () => {
	/** Whose `to` lies on another disk, which is as told. */
	function agentBeside(over: (to: string, disk: Disk) => Partial<Disk>) {
		const home = makeOpenHome(path.join(scratch(), ".hermes"));
		const to = scratch();
		const { disk, ...real } = createNodeSystem(root);
		const stat = (at: string) => {
			const found = disk.stat(at);
			return found && { ...found, ...(at.startsWith(to) && { device: "t" }) };
		};
		const system = { ...real, disk: { ...disk, stat, ...over(to, disk) } };
		const patience = {
			signal: new AbortController().signal,
			deadline: undefined,
		};
		const agent = agentAt({
			...{ system, host: hosts.hermes, home, patience },
			waitMilliseconds: 0,
		});
		return { agent, home, to };
	}

	const full: [string, (to: string, disk: Disk) => Partial<Disk>, RegExp][] = [
		[
			"before it is begun",
			(to, disk) => ({
				freeBytes: (at) => (at.startsWith(to) ? 1e6 : disk.freeBytes(at)),
			}),
			/^Not enough room on the disk of (.*): this needs/,
		],
		[
			"in the middle",
			(to, disk) => {
				const there = new Set<number>();
				return {
					freeBytes: () => 1e12,
					open(at, how, mode) {
						const file = disk.open(at, how, mode);
						if (at.startsWith(to) && how === "create") there.add(file);
						else there.delete(file);
						return file;
					},
					write: (file, bytes) =>
						there.has(file) ? 0 : disk.write(file, bytes),
				};
			},
			/^The disk of (.*) has become full\. Nothing was changed\.$/,
		],
	];

	it.each(full)("is named %s", async (_, over, says) => {
		const { agent, home, to } = agentBeside(over);
		const known = { host: hosts.hermes, places: { home, roots: {} } };
		const error: unknown = await exportArchive(
			agent,
			{ ...known, environment: {} },
			{
				...{ ref: "now", isFull: false, reason: "manual", to },
				...{ output: undefined, seal: { kind: "none" }, noSecrets: false },
			},
		).catch((error) => error);
		expect(error).toMatchObject({
			code: "no-space",
			hint: expect.stringMatching(/^Free some space there, or name another/),
		});
		expect(says.exec((error as Error).message)?.[1]).toBe(to);
		expect(fs.readdirSync(to)).toEqual([]);
	});
});
