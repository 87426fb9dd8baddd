import fs from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { beforeEach, describe, expect, it } from "vitest";
import { makeHermesHome } from "../support/hermes-home.ts";
import { put } from "../support/put.ts";
import { runCli, snapshot } from "../support/run-cli.ts";
import { scratch } from "../support/scratch.ts";
import { snapshotFolders, storeOf } from "../support/store.ts";

let home = "";
beforeEach(() => {
	home = makeHermesHome({ dir: path.join(scratch(), "home"), dbMb: 0.1 });
});

describe("the home", () => {
	it("is named when it is not there", async () => {
		const missing = path.join(home, "not-here");
		for (const verb of ["create", "list", "restore 1", "prune"]) {
			const reply = await snapshot(missing, verb.split(" "));
			expect(reply.code, verb).toBe(1);
			expect(reply.json.text).toContain("not-here");
			expect(fs.existsSync(missing)).toBe(false);
		}
	});

	it("comes from the flag, then HERMES_HOME, then ~/.hermes", async () => {
		const user = scratch();
		const byPlace = makeHermesHome({
			dir: path.join(user, ".hermes"),
			dbMb: 0.1,
		});
		const create = async (flags: string[], env: Record<string, string>) => {
			const reply = await runCli([...flags, "--json", "create", "--force"], {
				env: { HOME: user, ...env },
			});
			expect(reply.code, reply.stdout + reply.stderr).toBe(0);
		};
		await create([], {});
		expect(snapshotFolders(byPlace)).toHaveLength(1);
		await create([], { HERMES_HOME: home });
		expect(snapshotFolders(home)).toHaveLength(1);
		await create(["--home", byPlace], { HERMES_HOME: home });
		expect(snapshotFolders(byPlace)).toHaveLength(2);
	});

	it("is asked for when none is found", async () => {
		const reply = await runCli(["create"]);
		expect(reply.code).toBe(1);
		expect(reply.stdout + reply.stderr).toMatch(/--home/);
	});

	it("without a single state file makes no snapshot", async () => {
		const empty = scratch();
		expect((await snapshot(empty, ["create"])).code).toBe(1);
		expect(fs.existsSync(storeOf(empty)) ? snapshotFolders(empty) : []).toEqual(
			[],
		);
	});

	it("of an unknown host is a usage error", async () => {
		expect(
			(await runCli(["--home", home, "--host", "nosuch", "list"])).code,
		).toBe(2);
	});
});

describe("a store in use", () => {
	it("is waited for only as long as asked, then exit 11; updaters are never failed", {
		timeout: 60_000,
	}, async () => {
		await snapshot(home, ["create"]);
		put(home, "config.yaml", "changed: since\n");
		await snapshot(home, ["restore", "1"]);
		const folders = snapshotFolders(home);
		const lock = new Database(path.join(storeOf(home), ".lock.db"));
		lock.exec("BEGIN EXCLUSIVE");
		try {
			for (const words of [
				["create", "--force"],
				["restore", "1"],
				["prune"],
				["undo"],
			]) {
				const reply = await snapshot(home, [...words, "--wait", "0"]);
				expect(reply.code, words.join(" ")).toBe(11);
				expect(reply.json.error?.message).toMatch(/another|in use|lock/i);
			}
			expect(
				(await snapshot(home, ["list"])).code,
				"reading needs no lock",
			).toBe(0);
			const update = [
				"create",
				"--force",
				"--wait",
				"0",
				"--reason",
				"pre-update",
				"--best-effort",
			];
			const reply = await snapshot(home, update);
			expect(reply.code).toBe(0);
			expect(reply.json.text, "it says that there is none").toMatch(
				/no snapshot|not/i,
			);
		} finally {
			lock.close();
		}
		expect(snapshotFolders(home)).toEqual(folders);
	});
});

describe("words that are right", () => {
	it("prints nothing but one JSON object with --json", async () => {
		const made = await snapshot(home, ["create", "a", "label"]);
		expect(made.stderr).toBe("");
		expect(made.json).toMatchObject({
			ok: true,
			exitCode: 0,
			text: expect.any(String),
			data: { created: true },
		});
		expect(made.json.data.snapshot).toMatchObject({
			id: expect.any(String),
			number: 1,
			label: "a label",
			createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
			reason: "manual",
			files: expect.any(Number),
			bytes: expect.any(Number),
		});
		expect(made.json.text).toMatch(/restore /);
	});

	it("lists an empty store, bare or by ls", async () => {
		for (const words of [[], ["list"], ["ls"]]) {
			const reply = await snapshot(home, words);
			expect(reply.json).toMatchObject({
				ok: true,
				exitCode: 0,
				data: { snapshots: [] },
			});
			expect(reply.json.text).toMatch(/create/);
		}
	});

	it("explains every verb and every exit code in the help", async () => {
		const help = await runCli(["help"]);
		expect(help.code).toBe(0);
		for (const word of ["create", "list", "restore", "undo", "prune"])
			expect(help.stdout).toContain(word);
		for (const code of [0, 1, 2, 3, 11, 12, 70, 130])
			expect(help.stdout).toMatch(new RegExp(`\\b${code}\\b`));
		expect((await runCli(["help", "restore"])).stdout).toMatch(
			/--dry-run[\s\S]*--include|--include[\s\S]*--dry-run/,
		);
	});

	it("marks a snapshot for an update as such, unless told otherwise", async () => {
		const reply = await snapshot(home, [
			"create",
			"--reason",
			"pre-update",
			"--best-effort",
		]);
		expect(reply.json.data.snapshot).toMatchObject({
			reason: "pre-update",
			label: "pre-update",
		});
	});

	it("makes no second snapshot of the same state, unless forced", async () => {
		const first = await snapshot(home, ["create"]);
		const again = await snapshot(home, ["create", "again"]);
		expect(again.json, again.json.text).toMatchObject({
			ok: true,
			exitCode: 0,
			data: { created: false },
		});
		expect(again.json.data.snapshot?.id).toBe(first.json.data.snapshot?.id);
		const forced = await snapshot(home, ["create", "--force"]);
		expect(forced.json.data).toMatchObject({ created: true });
		put(home, "pairing/new-approved.json", {});
		expect(
			(await snapshot(home, ["create"])).json.data,
			"one small file is a change",
		).toMatchObject({ created: true });
		expect(snapshotFolders(home)).toHaveLength(3);
	});
});
