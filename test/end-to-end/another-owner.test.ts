import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { changeRows } from "../support/hermes-databases.ts";
import { makeHermesHome } from "../support/hermes-home.ts";
import { difference, record } from "../support/oracle.ts";
import { snapshot } from "../support/run-cli.ts";
import { scratch } from "../support/scratch.ts";
import { storeOf } from "../support/store.ts";

const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;
const timeout = 60_000;

/** A home that is nobody's, with a snapshot, changed since; and the command as nobody runs it. */
async function nobodysHome() {
	const dir = scratch();
	fs.chmodSync(dir, 0o755);
	const home = makeHermesHome({ dir: path.join(dir, "home") });
	execFileSync("chown", ["-R", `${NOBODY}:${NOBODY}`, home]);
	const ids = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"];
	const run = (...words: string[]) =>
		snapshot(home, words, {
			under: ["setpriv", ...ids],
			cwd: dir,
			env: { HOME: dir },
		});
	expect((await run("create")).json.text).toContain("created");
	const before = record(home);
	fs.writeFileSync(path.join(home, "config.yaml"), "changed: true\n");
	const state = path.join(home, "state.db");
	changeRows(state, "DELETE FROM messages WHERE id % 3 = 0");
	fs.chownSync(state, NOBODY, NOBODY);
	return { home, run, before };
}

it.runIf(isRoot)(
	"restores the rest where a sudo left a file with another owner and mode, and that file by a copy",
	{
		timeout,
	},
	async () => {
		const { home, run, before } = await nobodysHome();
		const env = path.join(home, ".env");
		fs.chownSync(env, 0, 0);
		fs.chmodSync(env, 0o644);
		const done = await run("restore", "1");
		expect(done.code, done.json.text).toBe(0);
		expect(difference(before, record(home))).toEqual([]);
		expect(fs.statSync(env).uid).toBe(NOBODY);
	},
);

it.runIf(isRoot)(
	"saves and restores the rest where a profile is closed by its owner, names that, and removes nothing in it",
	{
		timeout,
	},
	async () => {
		const { home, run } = await nobodysHome();
		const other = path.join(home, "profiles/other");
		fs.mkdirSync(path.join(other, "cron"), { recursive: true });
		fs.writeFileSync(path.join(other, "config.yaml"), "other: true\n");
		fs.chownSync(path.join(home, "profiles"), NOBODY, NOBODY);
		fs.chmodSync(other, 0o700);
		const made = await run("create", "the rest");
		expect(made.code, made.json.text).toBe(3);
		expect(made.json.data).toMatchObject({
			missed: [{ path: "profiles/other", lost: true }],
		});
		expect((await run("show", "1")).json.text).toContain(
			"it lacks profiles/other",
		);
		fs.writeFileSync(path.join(home, "config.yaml"), "again: true\n");
		for (const mode of [0o700, 0o755]) {
			fs.chmodSync(other, mode);
			const done = await run("restore", "1");
			expect(done.code, done.json.text).toBe(0);
			expect(done.json.text).toContain("profiles/other (not in the snapshot");
			expect(fs.readdirSync(other).sort()).toEqual(["config.yaml", "cron"]);
		}
		expect(fs.readFileSync(path.join(home, "config.yaml"), "utf8")).toBe(
			"changed: true\n",
		);
		fs.chmodSync(other, 0o700);
		fs.writeFileSync(
			path.join(storeOf(home), "config.json"),
			'{ "exclude": ["profiles/other"] }',
			{ mode: 0o644 },
		);
		const without = await run("create", "--force");
		expect(without.code, without.json.text).toBe(0);
	},
);

it.runIf(isRoot)(
	"leaves the mode of a directory of another owner, restores the rest and says so",
	{
		timeout,
	},
	async () => {
		const { home, run } = await nobodysHome();
		const memories = path.join(home, "memories");
		fs.chownSync(memories, 0, 0);
		fs.chmodSync(memories, 0o755);
		const done = await run("restore", "1");
		expect(done.code, done.json.text).toBe(0);
		expect(done.json.text).toContain(
			"memories (its mode or time only: it belongs to another user)",
		);
		expect(fs.statSync(memories).mode & 0o777).toBe(0o755);
		expect(
			fs.readFileSync(path.join(home, "config.yaml"), "utf8"),
		).not.toContain("changed");
	},
);

it.runIf(isRoot)(
	"is refused before anything is changed where a directory of another owner has to be changed in",
	{
		timeout,
	},
	async () => {
		const { home, run } = await nobodysHome();
		const memories = path.join(home, "memories");
		fs.writeFileSync(path.join(memories, "MEMORY.md"), "changed");
		fs.chownSync(memories, 0, 0);
		fs.chmodSync(memories, 0o755);
		const before = record(home);
		for (const words of [
			["restore", "1", "--dry-run"],
			["restore", "1"],
		]) {
			const { code, json } = await run(...words);
			expect(code).toBe(1);
			expect(json.text).toContain("memories may not be changed by this user");
			expect(json.text).toContain("Nothing was changed.");
		}
		expect(difference(before, record(home))).toEqual([]);
		expect(fs.readdirSync(storeOf(home))).not.toContain(".restore");
	},
);

it.runIf(isRoot)(
	"is refused before anything is changed where a file may not be read",
	{
		timeout,
	},
	async () => {
		const { home, run } = await nobodysHome();
		const env = path.join(home, ".env");
		fs.chownSync(env, 0, 0);
		fs.chmodSync(env, 0o600);
		const { code, json } = await run("restore", "1");
		expect(code).toBe(1);
		expect(json.text).toContain(".env may not be read by this user");
	},
);

it.runIf(isRoot)(
	"refuses beforehand where the quarantine is closed, and lists it as no damaged snapshot",
	{
		timeout,
	},
	async () => {
		const { home, run } = await nobodysHome();
		const quarantine = path.join(storeOf(home), "quarantine");
		fs.mkdirSync(quarantine, { mode: 0o700 });
		const changed = record(home);
		const refused = await run("restore", "1");
		expect(refused.code, refused.json.text).toBe(1);
		expect(refused.json.text).toMatch(/quarantine may not be .*Nothing was/);
		expect(difference(changed, record(home))).toEqual([]);
		expect((await run("list")).json.text).not.toContain("damaged");
		fs.chownSync(quarantine, NOBODY, NOBODY);
		expect((await run("restore", "1")).code).toBe(0);
	},
);

it.runIf(isRoot)(
	"leaves nothing closed in the quarantine when root restores",
	{
		timeout,
	},
	async () => {
		const { home } = await nobodysHome();
		fs.writeFileSync(path.join(home, "state.db"), Buffer.alloc(4096));
		const done = await snapshot(home, ["restore", "1"]);
		expect(done.code, done.json.text).toBe(0);
		const quarantine = path.join(storeOf(home), "quarantine");
		const [folder = ""] = fs.readdirSync(quarantine);
		for (const made of [quarantine, path.join(quarantine, folder)])
			expect(fs.statSync(made).uid, made).toBe(NOBODY);
	},
);
