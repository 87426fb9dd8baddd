import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { changeRowsInWal } from "../support/hermes-databases.ts";
import { LARGE_ROWS, largeHome, largeRows } from "../support/large-home.ts";
import { root } from "../support/paths.ts";
import { snapshot } from "../support/run-cli.ts";

const timeout = 120_000;

/** The lines in docs/format.md that a person types, with the id of the snapshot that is meant. */
function linesWith(text: string, id: string): string {
	const page = fs.readFileSync(path.join(root, "docs/format.md"), "utf8");
	const chapter = page.slice(page.indexOf("## Restoring by hand"));
	const blocks = [...chapter.matchAll(/^```sh\n([\s\S]*?)^```/gm)];
	const block = blocks.find(([, lines = ""]) => lines.includes(text))?.[1];
	if (block === undefined) throw new Error(`no block with ${text}`);
	expect(block.trimEnd().split("\n")).toHaveLength(3);
	return block.replaceAll("20261121-011402-before-upgrade", id);
}

function type(home: string, lines: string): void {
	const run = spawnSync("sh", ["-e"], {
		cwd: home,
		input: lines,
		encoding: "utf8",
	});
	expect([run.status, run.stderr]).toEqual([0, ""]);
}

async function snapshotThenChange(home: string): Promise<string> {
	const { json } = await snapshot(home, ["create", "before", "upgrade"]);
	// Its writer is killed: the log stays, and would be played over whatever comes there.
	changeRowsInWal(
		path.join(home, "state.db"),
		"DELETE FROM filler WHERE i > 10",
		"UPDATE filler SET text = 'changed'",
	);
	expect(fs.statSync(path.join(home, "state.db-wal")).size).toBeGreaterThan(0);
	expect(largeRows(home)).toHaveLength(10);
	return json.data.snapshot?.id ?? "";
}

it("a database in parts comes back by the three lines of docs/format.md", {
	timeout,
}, async () => {
	const home = largeHome();
	const before = largeRows(home);
	expect(before).toHaveLength(LARGE_ROWS);
	const id = await snapshotThenChange(home);
	const kept = path.join(home, "state-snapshots", id, "state.db");
	expect(fs.readdirSync(kept).length).toBeGreaterThan(10);
	type(home, linesWith("state.db/*", id));
	expect(largeRows(home)).toEqual(before);
	const { mode } = fs.statSync(path.join(home, "state.db"));
	expect(mode & 0o777).toBe(0o600);
	expect(fs.readdirSync(home).filter((name) => /\.new$/.test(name))).toEqual(
		[],
	);
	// And the store is as it was.
	const { code, json } = await snapshot(home, ["restore", id]);
	expect(code, json.text).toBe(0);
	expect(json.text).not.toContain("state.db.");
	expect(largeRows(home)).toEqual(before);
});

it("files and whole databases come back by the lines of docs/format.md", {
	timeout,
}, async () => {
	const home = largeHome();
	fs.rmSync(path.join(home, "state-snapshots/config.json"));
	const before = largeRows(home);
	const config = fs.readFileSync(path.join(home, "config.yaml"), "utf8");
	const id = await snapshotThenChange(home);
	fs.rmSync(path.join(home, "config.yaml"));
	type(home, linesWith("config.yaml", id));
	expect(largeRows(home)).toEqual(before);
	expect(fs.readFileSync(path.join(home, "config.yaml"), "utf8")).toBe(config);
	expect(fs.statSync(path.join(home, "config.yaml")).mode & 0o777).toBe(0o600);
});
