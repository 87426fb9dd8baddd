import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { beforeEach, describe, expect, it } from "vitest";
import { largeHome, largeRows } from "../support/large-home.ts";
import { hermesOriginal } from "../support/paths.ts";
import { snapshot } from "../support/run-cli.ts";

const timeout = 120_000;
const hasPython = spawnSync("python3", ["--version"]).status === 0;

let home = "";
let id = "";
let before: unknown[] = [];

function hermes(...words: string[]): { said: string; problems: string } {
	const run = spawnSync("python3", [hermesOriginal, home, ...words], {
		encoding: "utf8",
	});
	return { said: run.stdout, problems: run.stderr };
}

function change(): void {
	const database = new Database(path.join(home, "state.db"));
	database.exec("DELETE FROM filler WHERE i > 10");
	database.close();
	fs.writeFileSync(path.join(home, "config.yaml"), "changed: true\n");
}

beforeEach(async () => {
	home = largeHome();
	before = largeRows(home);
	const { json } = await snapshot(home, ["create", "in", "parts"]);
	id = json.data.snapshot?.id ?? "";
});

describe.skipIf(!hasPython)(
	"Hermes' algorithm, as of May 2026, and a database in parts",
	() => {
		it("lists the snapshot, passes over the database, restores the rest read-only, and says that all is well", {
			timeout,
		}, () => {
			const config = fs.readFileSync(path.join(home, "config.yaml"), "utf8");
			expect(hermes("list").said).toContain(id);
			change();
			const { said, problems } = hermes("restore", "1");
			expect(said).toContain(`Restored state from: ${id}`);
			expect(problems).toMatch(/Failed to restore state\.db/);
			expect(largeRows(home)).toHaveLength(10);
			expect(fs.readFileSync(path.join(home, "config.yaml"), "utf8")).toBe(
				config,
			);
			const projects = fs.statSync(path.join(home, "projects.db"));
			expect(projects.mode & 0o777).toBe(0o400);
		});

		it("restores all of what export --plain makes, to be written to, and we do so, too", {
			timeout,
		}, async () => {
			const { code, json } = await snapshot(home, ["export", id, "--plain"]);
			expect(code, json.text).toBe(0);
			expect(hermes("list").said).toContain(`${id}-plain`);
			change();
			const { said, problems } = hermes("restore", `${id}-plain`);
			expect([said.trim(), problems]).toEqual([
				`Restored state from: ${id}-plain`,
				"",
			]);
			expect(largeRows(home)).toEqual(before);
			const { mode } = fs.statSync(path.join(home, "state.db"));
			expect(mode & 0o777).toBe(0o600);
			change();
			expect((await snapshot(home, ["restore", `${id}-plain`])).code).toBe(0);
			expect(largeRows(home)).toEqual(before);
		});

		it("restores what compact --foreign has made of its own snapshots", {
			timeout,
		}, async () => {
			hermes("create", "one");
			hermes("create", "two");
			const made = fs
				.readdirSync(path.join(home, "state-snapshots"))
				.filter((name) => /-(one|two)$/.test(name));
			const inode = (name = "") =>
				fs.statSync(path.join(home, "state-snapshots", name, "state.db")).ino;
			expect((await snapshot(home, ["compact", "--foreign"])).code).toBe(0);
			expect(inode(made[0])).toBe(inode(made[1]));
			change();
			expect(hermes("restore", made[0] ?? "").problems).toBe("");
			expect(largeRows(home)).toEqual(before);
		});
	},
);
