import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { changeEverything } from "../support/change-home.ts";
import { capturedSet } from "../support/critical-set.ts";
import { makeHermesHome } from "../support/hermes-home.ts";
import { record } from "../support/oracle.ts";
import { hermesOriginal } from "../support/paths.ts";
import { put } from "../support/put.ts";
import { snapshot } from "../support/run-cli.ts";
import { scratch } from "../support/scratch.ts";
import {
	diskName,
	readManifest,
	snapshotFolders,
	storeOf,
} from "../support/store.ts";
import { recorded, writeRecordedSnapshot } from "./hermes-recorded.ts";

const timeout = 120_000;
const hasPython = spawnSync("python3", ["--version"]).status === 0;
const newHome = (odd = false) =>
	makeHermesHome({ dir: path.join(scratch(), "home"), odd });

function hermes(home: string, ...words: string[]): string {
	const run = spawnSync("python3", [hermesOriginal, home, ...words], {
		encoding: "utf8",
	});
	if (run.status !== 0) throw new Error(run.stdout + run.stderr);
	return run.stdout;
}

describe("Hermes' format, as recorded", () => {
	it("is listed beside our own, in order of time", { timeout }, async () => {
		const home = newHome();
		writeRecordedSnapshot(home);
		await snapshot(home, ["create", "ours"]);
		const list = await snapshot(home, ["list"]);
		expect(list.json.data.snapshots).toMatchObject([
			{ number: 1, label: "ours" },
			{
				number: 2,
				id: recorded.id,
				label: recorded.label,
				files: 6,
				bytes: 1121,
			},
		]);
		expect(list.json.data.snapshots?.[1]?.createdAt).toMatch(
			/^2026-05-01T10:15:00/,
		);
	});

	it.each([
		"1",
		recorded.id,
		"20260501-10",
		"latest",
	])("is restored as %s and undone", { timeout }, async (ref) => {
		const home = newHome();
		writeRecordedSnapshot(home);
		const before = record(home);
		const done = await snapshot(home, ["restore", ref]);
		expect(done.code, done.json.text).toBe(0);
		for (const [file, content] of Object.entries(recorded.files)) {
			const now = fs.readFileSync(path.join(home, file), "utf8");
			if (file === "auth.json") expect(now, "tokens stay").not.toBe(content);
			else expect(now).toBe(content);
		}
		const db = new Database(path.join(home, "state.db"));
		expect(
			db.prepare("SELECT content FROM messages ORDER BY id").pluck().all(),
		).toEqual(recorded.rows);
		db.close();
		const after = record(home);
		const notInIt = capturedSet(before).filter(
			(file) => !(file in recorded.files) && file !== "state.db",
		);
		for (const file of notInIt)
			expect(after.get(file), `${file} was not looked for by Hermes`).toEqual(
				before.get(file),
			);

		await snapshot(home, ["undo"]);
		for (const file of ["config.yaml", "state.db", ".env"]) {
			const [now, then] = [record(home).get(file), before.get(file)];
			expect(now?.rows ?? now?.sha256, file).toBe(then?.rows ?? then?.sha256);
		}
	});

	it("with a pin and a label of ours is still Hermes' own", {
		timeout,
	}, async () => {
		const home = newHome();
		writeRecordedSnapshot(home);
		const file = path.join(storeOf(home), recorded.id, "manifest.json");
		const [before, mode] = [fs.statSync(file).mtimeMs, fs.statSync(file).mode];
		await snapshot(home, ["pin", "1", "wanted – noch"]);
		await snapshot(home, ["label", "1", "the góod one"]);
		const manifest = JSON.parse(fs.readFileSync(file, "utf8"));
		expect(manifest).toEqual({
			...JSON.parse(recorded.manifest),
			label: "the góod one",
			pinned: true,
			note: "wanted – noch",
		});
		expect(fs.statSync(file).mode).toBe(mode);
		expect(fs.statSync(file).mtimeMs - before).toBeGreaterThanOrEqual(0);
		expect(fs.statSync(file).mtimeMs - before).toBeLessThan(0.01);
		const [listed] = (await snapshot(home, ["list"])).json.data.snapshots ?? [];
		expect(listed).toMatchObject({ id: recorded.id, pinned: true });
		if (!hasPython) return;
		expect(hermes(home, "list")).toContain(recorded.id);
		hermes(home, "restore", recorded.id);
		expect(fs.readFileSync(path.join(home, "config.yaml"), "utf8")).toBe(
			recorded.files["config.yaml"],
		);
	});

	it("of a damaged kind is refused: a listed file is missing or has another size", {
		timeout,
	}, async () => {
		const home = newHome();
		writeRecordedSnapshot(home);
		const config = fs.readFileSync(path.join(home, "config.yaml"), "utf8");
		fs.writeFileSync(
			path.join(storeOf(home), recorded.id, "cron/jobs.json"),
			"",
		);
		const reply = await snapshot(home, ["restore", "1"]);
		expect(reply.code).toBe(1);
		expect(reply.json.text).toContain("cron/jobs.json");
		expect(fs.readFileSync(path.join(home, "config.yaml"), "utf8")).toBe(
			config,
		);
	});
});

it("our manifest has all that Hermes reads, and every listed file is where it says", {
	timeout,
}, async () => {
	const home = newHome(true);
	const made = await snapshot(home, ["create", "for", "Hermes"]);
	const id = made.json.data.snapshot?.id ?? "";
	const manifest = readManifest(home, id);
	const sizes = Object.entries(manifest.files);
	expect(manifest).toMatchObject({
		id,
		timestamp: expect.stringMatching(/^\d{8}-\d{6}$/),
		label: "for Hermes",
	});
	expect(id.startsWith(manifest.timestamp)).toBe(true);
	expect(manifest.file_count).toBe(sizes.length);
	expect(manifest.total_size).toBe(
		sizes.reduce((sum, [, size]) => sum + size, 0),
	);
	for (const [file, size] of sizes) {
		const stat = fs.lstatSync(
			Buffer.concat([Buffer.from(`${storeOf(home)}/${id}/`), diskName(file)]),
		);
		expect([file, stat.isFile(), stat.size]).toEqual([file, true, size]);
	}
	for (const file of [
		"state.db",
		"profiles/coder/state.db",
		"kanban/boards/ops/kanban.db",
		"SOUL.md",
		"auth.json",
	]) {
		expect(Object.keys(manifest.files)).toContain(file);
	}
});

describe.skipIf(!hasPython)("Hermes' algorithm itself, as of May 2026", () => {
	it("lists and restores our snapshots", { timeout }, async () => {
		const home = newHome();
		const before = record(home);
		const made = await snapshot(home, ["create", "by", "us"]);
		const id = made.json.data.snapshot?.id ?? "";
		expect(hermes(home, "list")).toContain(id);

		changeEverything(home);
		// It leaves sidecars where they are (field notes, the fourth way), so none may be there.
		for (const end of ["-wal", "-shm"])
			fs.rmSync(path.join(home, `state.db${end}`), { force: true });
		fs.rmSync(path.join(home, "channel_aliases.json"));
		expect(hermes(home, "restore", "1")).toContain(
			`Restored state from: ${id}`,
		);
		const now = record(home);
		for (const file of capturedSet(before)) {
			const [is, was] = [now.get(file), before.get(file)];
			expect(is?.rows ?? is?.sha256, file).toBe(was?.rows ?? was?.sha256);
		}
	});

	it("finds the numbers we show, and prunes ours and its own alike without harm to what stays", {
		timeout,
	}, async () => {
		const home = newHome();
		await snapshot(home, ["create", "one"]);
		put(home, "config.yaml", "two: true\n");
		hermes(home, "create", "two");
		const ids =
			(await snapshot(home, ["list"])).json.data.snapshots?.map(
				(one) => one.id,
			) ?? [];
		const shown = hermes(home, "list");
		expect(ids).toHaveLength(2);
		for (const id of ids) expect(shown).toContain(id);
		hermes(home, "prune", "1");
		expect(snapshotFolders(home)).toHaveLength(1);
		const left = (await snapshot(home, ["list"])).json.data.snapshots?.map(
			(one) => one.id,
		);
		expect(left).toEqual(snapshotFolders(home));
		expect((await snapshot(home, ["restore", "1"])).code).toBe(0);
	});

	it("makes snapshots that we list and restore", { timeout }, async () => {
		const home = newHome();
		const before = record(home);
		hermes(home, "create", "by", "Hermes");
		changeEverything(home);
		const list = (await snapshot(home, ["list"])).json.data.snapshots;
		expect(list).toMatchObject([{ number: 1, label: "by Hermes" }]);
		const done = await snapshot(home, ["restore", "1"]);
		expect(done.code, done.json.text).toBe(0);
		const now = record(home);
		for (const file of [
			"state.db",
			"config.yaml",
			".env",
			"cron/jobs.json",
			"channel_directory.json",
			"pairing/discord-approved.json",
		]) {
			const [is, was] = [now.get(file), before.get(file)];
			expect(is?.rows ?? is?.sha256, file).toBe(was?.rows ?? was?.sha256);
		}
	});
});
