import fs from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { changeEverything } from "../support/change-home.ts";
import { capturedSet, expectedAfterRestore } from "../support/critical-set.ts";
import { changeRowsInWal } from "../support/hermes-databases.ts";
import { makeHermesHome } from "../support/hermes-home.ts";
import { difference, record } from "../support/oracle.ts";
import { scratch } from "../support/scratch.ts";

const home = (name = "home") =>
	makeHermesHome({ dir: path.join(scratch(), name), walLive: true, odd: true });

// The other tests are worth what this ruler is worth.
it("sees one changed byte, mode, time, link, row or name, and nothing when nothing changed", () => {
	const dir = home();
	const before = record(dir);
	expect(difference(before, record(dir)), "reading changes nothing").toEqual(
		[],
	);

	const at = (file: string) => path.join(dir, file);
	fs.appendFileSync(at("logs/gateway.log"), "x");
	fs.chmodSync(at(".env"), 0o644);
	fs.utimesSync(at("memories/USER.md"), 1, 1);
	fs.rmSync(at("pairing/dangling.json"));
	fs.symlinkSync("/elsewhere", at("pairing/dangling.json"));
	changeRowsInWal(
		at("state.db"),
		"UPDATE sessions SET title = 'x' WHERE id = 'only-in-wal'",
	);
	fs.rmSync(at("pairing/with\nnewline.json"));
	fs.writeFileSync(at("pairing/appeared"), "");
	expect(
		difference(before, record(dir)).map((line) =>
			line.replace(/ is .* should be .*/s, ""),
		),
	).toEqual([
		".env: mode",
		"logs/gateway.log: size",
		"logs/gateway.log: sha256",
		"logs/gateway.log: mtime",
		"memories/USER.md: mtime",
		"pairing/appeared: should not be there",
		"pairing/dangling.json: target",
		"pairing/with\nnewline.json: is missing",
		"state.db: rows",
	]);
});

it("makes the same home twice from the same seed, and another one from another", () => {
	const one = record(
		makeHermesHome({ dir: path.join(scratch(), "home"), seed: 4 }),
	);
	const two = record(
		makeHermesHome({ dir: path.join(scratch(), "home"), seed: 4 }),
	);
	const three = record(
		makeHermesHome({ dir: path.join(scratch(), "home"), seed: 5 }),
	);
	const content = (facts: typeof one) =>
		[...facts]
			.map(([file, fact]) => [file, fact.mode, fact.rows ?? fact.sha256])
			.sort();
	expect(content(one)).toEqual(content(two));
	expect(one.get("state.db")?.rows).not.toBe(three.get("state.db")?.rows);
});

it("expects the set back, tokens and runtime state kept, and nobody else's files touched", () => {
	const dir = home();
	const before = record(dir);
	changeEverything(dir);
	const changed = record(dir);
	const expected = expectedAfterRestore(before, changed);
	const touched = difference(changed, expected).map(
		(line) => line.split(": ")[0] ?? "",
	);
	for (const file of [
		"state.db",
		".env",
		"pairing/added-since-approved.json",
		"kanban/boards/new/kanban.db",
		"platforms/pairing",
	]) {
		expect(touched).toContain(file);
	}
	for (const file of [
		"auth.json",
		"processes.json",
		"profiles/coder/auth.json",
		"profiles/made-since/SOUL.md",
		"kanban/boards/new",
		"kanban/boards/new/workspaces/w1/work.txt",
		"kanban/boards/ops/workspaces/w1/scratch.txt",
		"logs/gateway.log",
		"logs/dotfiles-aliases.json",
	]) {
		expect(touched).not.toContain(file);
		expect(expected.has(file), file).toBe(true);
	}
	expect(capturedSet(before)).not.toContain(
		"sessions/20260412_100000_abc123.jsonl",
	);
});
