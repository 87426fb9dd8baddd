import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { type Forged, type ForgedMember, forge } from "../support/archives.ts";
import { isSqlite, rowsOf } from "../support/database-rows.ts";
import { changeRowsInWal } from "../support/hermes-databases.ts";
import { makeHermesHome } from "../support/hermes-home.ts";
import { root } from "../support/paths.ts";
import { put } from "../support/put.ts";
import { runCli } from "../support/run-cli.ts";
import { scratch } from "../support/scratch.ts";

const timeout = 300_000;

function userWith(seed?: number): string {
	const user = path.join(scratch(), "user");
	fs.mkdirSync(user);
	if (seed !== undefined)
		makeHermesHome({ dir: path.join(user, ".hermes"), seed, walLive: true });
	return user;
}

async function must(user: string, words: readonly string[]) {
	const ran = await runCli(words, { env: { HOME: user }, cwd: user });
	expect(ran.code, ran.stdout + ran.stderr).toBe(0);
	return ran.stdout;
}

/** The files of a home that a backup of Hermes holds, as it writes them: databases as copies of one moment. */
function backedUp(home: string): Record<string, string> {
	const found: Record<string, string> = {};
	for (const one of fs.readdirSync(home, {
		recursive: true,
		withFileTypes: true,
	})) {
		const file = path.join(one.parentPath, one.name);
		const name = path.relative(home, file);
		const isLeft =
			/^(hermes-agent|logs|cache|state-snapshots|profiles\/coder\/tools|installs)\/|\.pid$|-(wal|shm)$|(gateway_state|processes)\.json$/;
		if (!one.isFile() || isLeft.test(name)) continue;
		found[name] = isSqlite(file)
			? rowsOf(file)
			: fs.readFileSync(file).toString("base64");
	}
	return found;
}

/** With databases in WAL mode by their header, as its copies are. */
function asMembers(home: string, prefix: string): ForgedMember[] {
	return Object.keys(backedUp(home)).map((name) => {
		const file = path.join(home, name);
		if (!isSqlite(file)) return { name: prefix + name, file };
		const copy = path.join(scratch(), "copy.db");
		const database = new Database(file, { readonly: true });
		database.exec(`VACUUM INTO '${copy}'`);
		database.close();
		const bytes = fs.readFileSync(copy);
		bytes.fill(2, 18, 20);
		return { name: prefix + name, base64: bytes.toString("base64") };
	});
}

describe("our archive", { timeout }, () => {
	it("comes to the same state through Hermes' import", async () => {
		const from = userWith(3);
		const of = (home: string) => path.join(home, ".hermes");
		// Of the machine; and what only has the same name.
		put(of(from), "installs/3.13/bin/python", "downloaded");
		put(of(from), "profiles/coder/tools/uv", "downloaded");
		put(of(from), "skills/net/tools/ping.md", "a skill's own");
		put(from, ".honcho/config.json", '{"workspace":"ada"}');
		await must(from, ["export", "--full", "--no-encrypt", "--to", "a.zip"]);
		const names = execFileSync("unzip", ["-Z1", path.join(from, "a.zip")]);
		expect(names.toString()).not.toMatch(/^(installs|profiles\/coder\/tools)/m);
		const to = userWith();
		const home = of(to);
		const script = path.join(root, "test/contracts/hermes-import.py");
		execFileSync("python3", [script, home, path.join(from, "a.zip"), to]);
		expect(backedUp(home)).toEqual(backedUp(of(from)));
		expect(fs.existsSync(path.join(to, ".honcho/config.json"))).toBe(true);
	});
});

describe("a backup that Hermes made", { timeout }, () => {
	it.each([
		["at the top", ""],
		["below .hermes/", ".hermes/"],
		["below hermes/", "hermes/"],
	])("comes in, its files %s", async (_, prefix) => {
		const from = userWith(4);
		const home = path.join(from, ".hermes");
		const archive = path.join(from, "hermes.zip");
		const members = [
			...asMembers(home, prefix),
			// Of older ones, which held what belongs to another machine.
			{ name: `${prefix}gateway_state.json`, text: '{"pid":1}' },
			{ name: `${prefix}processes.json`, text: "[]" },
			{ name: `${prefix}gateway.pid`, text: "1" },
			{ name: `${prefix}profiles/coder/gateway.lock`, text: "1" },
			...(prefix === ""
				? [{ name: "_external/.honcho/config.json", text: "theirs" }]
				: []),
			...(prefix === ""
				? [{ name: "_external/.bashrc", text: "nothing of Hermes" }]
				: []),
		];
		forge({ [archive]: { form: "zip", members } satisfies Forged });
		const to = userWith();
		await must(to, ["import", archive]);
		const came = path.join(to, ".hermes");
		expect(backedUp(came)).toEqual(backedUp(home));
		const all = fs
			.readdirSync(came, { recursive: true })
			.map(String)
			.filter((name) => !name.startsWith("state-snapshots"));
		const runtime =
			/(gateway_state|processes)\.json$|\.pid$|gateway\.lock$|^_external/;
		expect(all.filter((name) => runtime.test(name))).toEqual([]);
		expect(fs.statSync(path.join(came, ".env")).mode & 0o777).toBe(0o600);
		expect(fs.existsSync(path.join(to, ".bashrc"))).toBe(false);
		expect(fs.existsSync(path.join(to, ".honcho/config.json"))).toBe(
			prefix === "",
		);
	});
});

describe("a tar.gz of a home", { timeout }, () => {
	it.each([
		["of ~/.hermes", (user: string) => ["-C", user, ".hermes"]],
		["of all above it", (user: string) => ["-C", "/", user.slice(1)]],
	])("%s brings what stood in logs, and neither code nor snapshots", async (_, what) => {
		const from = userWith(5);
		const home = path.join(from, ".hermes");
		await must(from, ["create"]);
		changeRowsInWal(
			path.join(home, "state.db"),
			"INSERT INTO sessions VALUES ('late', 'cli', 'only in the log', 3)",
		);
		const archive = path.join(scratch(), "home.tar.gz");
		execFileSync("tar", ["czf", archive, ...what(from)]);
		const to = userWith();
		const said = await must(to, ["import", archive]);
		const came = path.join(to, ".hermes");
		expect(backedUp(came)).toEqual(backedUp(home));
		const database = new Database(path.join(came, "state.db"));
		const late = database.prepare("SELECT id FROM sessions WHERE id = 'late'");
		expect(late.all()).toHaveLength(1);
		database.close();
		expect(fs.existsSync(path.join(came, "hermes-agent"))).toBe(false);
		expect(said).toMatch(/Left out, having no place here/);
	});
});
