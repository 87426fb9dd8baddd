import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { beforeEach, expect, it } from "vitest";
import { makeHermesHome } from "../support/hermes-home.ts";
import { difference, record } from "../support/oracle.ts";
import { put } from "../support/put.ts";
import { snapshot } from "../support/run-cli.ts";
import { scratch } from "../support/scratch.ts";
import { readManifest, snapshotFolders, storeOf } from "../support/store.ts";

const timeout = 180_000;
let home = "";
beforeEach(() => {
	home = makeHermesHome({ dir: path.join(scratch(), "home"), dbMb: 1 });
});

/** 95 MB of NULs once passed for a good database. */
function zero(file: string): void {
	fs.writeFileSync(file, Buffer.alloc(fs.statSync(file).size));
}

/** The header stays; every page after the first is noise. */
function garble(file: string): void {
	const bytes = fs.readFileSync(file);
	bytes.fill(0xa5, 4096);
	fs.writeFileSync(file, bytes);
}

it.each([
	{ how: "is all zeros", spoil: zero },
	{ how: "is malformed", spoil: garble },
])("takes the rest, says so loudly and exits 3 when state.db $how", {
	timeout,
}, async ({ spoil }) => {
	const state = path.join(home, "state.db");
	const good = fs.readFileSync(state);
	spoil(state);
	const before = record(home);
	const reply = await snapshot(home, ["create", "--force"]);
	expect(reply.code, reply.json.text).toBe(3);
	expect(reply.json).toMatchObject({ exitCode: 3, data: { created: true } });
	expect(reply.json.text).toContain("state.db");
	const id = reply.json.data.snapshot?.id ?? "";
	expect(readManifest(home, id).missed).toContainEqual(
		expect.objectContaining({
			path: "state.db",
			why: expect.stringMatching(/\S/),
		}),
	);
	expect(
		fs.existsSync(path.join(storeOf(home), id, "state.db")),
		"never a raw copy in its place",
	).toBe(false);
	expect(fs.existsSync(path.join(storeOf(home), id, "config.yaml"))).toBe(true);
	expect(
		difference(before, record(home)),
		"the source is left as it is",
	).toEqual([]);
	expect((await snapshot(home, ["list"])).json.text).toMatch(/incomplete/i);

	fs.writeFileSync(state, good);
	put(home, "config.yaml", "changed: since\n");
	await snapshot(home, ["restore", "1"]);
	expect(
		fs.readFileSync(state).equals(good),
		"a database it does not hold is not removed",
	).toBe(true);
});

it("does so when another process keeps a database locked past the deadline", {
	timeout,
}, async () => {
	const holder = new Database(path.join(home, "kanban.db"));
	holder.pragma("journal_mode = DELETE");
	holder.exec("BEGIN EXCLUSIVE");
	try {
		const reply = await snapshot(home, ["create"]);
		expect(reply.code, reply.json.text).toBe(3);
		expect(reply.json.text).toContain("kanban.db");
		const manifest = readManifest(home, reply.json.data.snapshot?.id ?? "");
		expect(manifest.missed.map((one) => one.path)).toEqual(["kanban.db"]);
		expect(Object.keys(manifest.files)).toContain("state.db");
	} finally {
		holder.close();
	}
});

it("never fails an update for it", { timeout }, async () => {
	zero(path.join(home, "state.db"));
	const reply = await snapshot(home, [
		"create",
		"--reason",
		"pre-update",
		"--best-effort",
	]);
	expect(reply.code).toBe(0);
	expect(reply.json.text).toContain("state.db");
});

it("prunes nothing after it, so that the last good copy is never pushed out", {
	timeout: 300_000,
}, async () => {
	for (let i = 0; i < 20; i += 1)
		expect((await snapshot(home, ["create", "--force", "good"])).code).toBe(0);
	zero(path.join(home, "state.db"));
	for (let i = 0; i < 3; i += 1)
		expect((await snapshot(home, ["create", "--force", "bad"])).code).toBe(3);
	expect(snapshotFolders(home)).toHaveLength(23);
	await snapshot(home, ["prune", "1"]);
	const good = (
		await snapshot(home, ["list", "--all"])
	).json.data.snapshots?.filter((one) => one.label === "good");
	expect(good?.length, "the last complete snapshot never goes").toBeGreaterThan(
		0,
	);
});

it("puts a zeroed database right by a restore", { timeout }, async () => {
	const state = path.join(home, "state.db");
	const before = record(home);
	await snapshot(home, ["create"]);
	zero(state);
	const reply = await snapshot(home, ["restore", "1"]);
	expect([0, 3], reply.json.text).toContain(reply.code);
	expect(difference(before, record(home))).toEqual([]);
});

it("takes a snapshot when a FIFO stands where a file was, once", {
	timeout,
}, async () => {
	await snapshot(home, ["create"]);
	fs.rmSync(path.join(home, "SOUL.md"));
	execFileSync("mkfifo", [path.join(home, "SOUL.md")]);
	const [reply, again] = [
		await snapshot(home, ["create"]),
		await snapshot(home, ["create"]),
	];
	expect(reply.json.data.created).toBe(true);
	expect(reply.json.text).toContain("SOUL.md (gone)");
	expect(again.json.data.created).toBe(false);
	const guarded = await snapshot(home, ["run", "--", "true"]);
	expect(guarded.json.text).toContain("looks sound");
});

it("lists what cannot be captured with the reason, and leaves it where it is", {
	timeout,
}, async () => {
	execFileSync("mkfifo", [path.join(home, "pairing/fifo")]);
	const reply = await snapshot(home, ["create"]);
	const { missed } = readManifest(home, reply.json.data.snapshot?.id ?? "");
	expect(missed).toContainEqual(
		expect.objectContaining({
			path: "pairing/fifo",
			why: expect.stringMatching(/\S/),
		}),
	);
	put(home, "config.yaml", "changed: since\n");
	await snapshot(home, ["restore", "1"]);
	expect(fs.lstatSync(path.join(home, "pairing/fifo")).isFIFO()).toBe(true);
});
