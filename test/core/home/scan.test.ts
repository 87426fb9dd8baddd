import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { describe, expect, it } from "vitest";
import { movedSince } from "../../../src/core/capture/moved-since.ts";
import { databaseSignature } from "../../../src/core/capture/signatures.ts";
import { scan } from "../../../src/core/home/scan.ts";
import type { Coverage } from "../../../src/core/manifest/manifest.ts";
import { createDisk } from "../../../src/system/disk.ts";
import type { Machine } from "../../support/memory-system.ts";
import { machine } from "../../support/memory-system.ts";
import { HOME, put, putDatabase } from "../../support/plain-agent.ts";
import { scratch } from "../../support/scratch.ts";

function home(): Machine {
	const on = machine();
	on.volume.mkdirSync(HOME, { recursive: true });
	return on;
}

function look(on: Machine, paths: string[], except: string[] = []) {
	return scan(on.system.disk, HOME, { paths, except }, expectState);
}

const expectState = {
	expectDatabase: (path: string) => path === "state.db",
};

/** "kind path" a line. */
function found(on: Machine, paths: string[], except: string[] = []) {
	return look(on, paths, except).members.map(
		({ kind, path }) => `${kind} ${path}`,
	);
}

describe("looking at the state set", () => {
	it("finds files and whole directories, and nothing for what is not there", () => {
		const on = home();
		put(on, "config.yaml", "x");
		put(on, "letters/old/a.txt", "x");
		expect(found(on, ["config.yaml", "letters", "none", "no/ne"])).toEqual([
			"file config.yaml",
			"directory letters",
			"directory letters/old",
			"file letters/old/a.txt",
		]);
	});

	it("takes the directories on the way to a file, and nothing else in them", () => {
		const on = home();
		put(on, "deep/down/note.txt", "x");
		put(on, "deep/other.txt", "x");
		expect(found(on, ["deep/down/note.txt"])).toEqual([
			"directory deep",
			"directory deep/down",
			"file deep/down/note.txt",
		]);
	});

	it("misses a directory that is closed, once, and looks at nothing in it", () => {
		const on = home();
		put(on, "config.yaml", "x");
		put(on, "deep/closed/note.txt", "x");
		const { stat } = on.system.disk;
		on.system.disk.stat = (path) => {
			if (path.startsWith(`${HOME}/deep/closed/`))
				throw Object.assign(new Error("EACCES"), { code: "EACCES" });
			return stat(path);
		};
		for (const paths of [
			["config.yaml", "deep/closed/a.db", "deep/closed/b/c.txt"],
			["config.yaml", "deep"],
		]) {
			const seen = look(on, paths);
			expect(seen.members.map(({ path }) => path)).toEqual([
				"config.yaml",
				"deep",
			]);
			expect(seen.missed).toMatchObject([{ path: "deep/closed", lost: true }]);
			expect(movedSince(on.system.disk, HOME, seen)).toEqual([]);
		}
		expect(look(on, ["deep/closed/a.db"], ["deep/closed"]).missed).toEqual([]);
	});

	it("takes what is only called like a log of a database", () => {
		const on = home();
		put(on, "letters/trip", "x");
		put(on, "letters/trip-journal", "x");
		put(on, "letters/plan/a.txt", "x");
		put(on, "letters/plan-wal/b.txt", "x");
		put(on, "letters/z.db-journal/c.txt", "x");
		putDatabase(on, "letters/kept", "rows", "wal");
		put(on, "letters/kept-wal", "log");
		put(on, "letters/gone.db-wal", "log");
		const names = found(on, ["letters"]).map((line) => line.split("/")[1]);
		expect(new Set(names.slice(1))).toEqual(
			new Set([
				"kept",
				"plan",
				"plan-wal",
				"trip",
				"trip-journal",
				"z.db-journal",
			]),
		);
		expect(movedSince(on.system.disk, HOME, look(on, ["letters"]))).toEqual([]);
	});

	it("leaves out what is to be left out, wherever it lies", () => {
		const on = home();
		put(on, "boards/a/board.json", "x");
		put(on, "boards/a/workspaces/w/file", "x");
		expect(found(on, ["boards"], ["boards/*/workspaces"])).toEqual([
			"directory boards",
			"directory boards/a",
			"file boards/a/board.json",
		]);
	});

	it("records links and follows none, to files, directories or nothing", () => {
		const on = home();
		put(on, "letters/a.txt", "x");
		put(on, "elsewhere/secret.txt", "x");
		const { volume } = on;
		volume.symlinkSync(`${HOME}/elsewhere`, `${HOME}/letters/dir`);
		volume.symlinkSync("/etc/passwd", `${HOME}/letters/file`);
		volume.symlinkSync("nowhere", `${HOME}/letters/dangling`);
		expect(found(on, ["letters"])).toEqual([
			"directory letters",
			"file letters/a.txt",
			"link letters/dangling",
			"link letters/dir",
			"link letters/file",
		]);
	});

	it("takes a link on the way to a file instead of the file", () => {
		const on = home();
		put(on, "elsewhere/down/note.txt", "x");
		on.volume.symlinkSync("elsewhere", `${HOME}/deep`);
		expect(found(on, ["deep/down/note.txt", "deep/other.txt"])).toEqual([
			"link deep",
		]);
	});

	it("knows a database by its header and not by its name", () => {
		const on = home();
		putDatabase(on, "letters/odd.name", "rows");
		put(on, "letters/notes.db", "plain text");
		put(on, "letters/empty.db", "");
		expect(found(on, ["letters"])).toEqual([
			"directory letters",
			"file letters/empty.db",
			"file letters/notes.db",
			"database letters/odd.name",
		]);
	});

	it("skips the sidecars of databases, and only those", () => {
		const on = home();
		for (const name of ["x", "x-wal", "gone.db-shm", "a-wal", "b-journal"])
			put(on, `letters/${name}`, "x");
		expect(found(on, ["letters"])).toEqual([
			"directory letters",
			"file letters/a-wal",
			"file letters/b-journal",
			"file letters/x",
			"file letters/x-wal",
		]);
	});

	it.each<[what: string, path: string, content: Buffer, why: RegExp]>([
		["all zeros", "state.db", Buffer.alloc(500), /all zeros/],
		["no longer one", "state.db", Buffer.from("text"), /not a SQLite database/],
		["all zeros, by its name", "other.sqlite", Buffer.alloc(9), /all zeros/],
	])("misses a database that is %s", (_, path, content, why) => {
		const on = home();
		put(on, path, content);
		const { members, missed } = look(on, [path]);
		expect(members).toEqual([]);
		expect(missed).toEqual([
			{ path, why: expect.stringMatching(why), lost: true },
		]);
	});

	it("never opens a database that this process has open", () => {
		const on = home();
		put(on, "state.db", Buffer.alloc(500));
		const coverage = { paths: ["state.db"], except: [] };
		const open = new Set(["state.db"]);
		const { members, missed } = scan(on.system.disk, HOME, coverage, {
			...expectState,
			open,
		});
		expect(missed).toEqual([]);
		expect(members.map(({ kind }) => kind)).toEqual(["database"]);
	});

	it("misses what it may not read, with the reason, and goes on", () => {
		const on = home();
		put(on, "letters/a.txt", "x");
		put(on, "letters/b.txt", "x");
		const refuse = (path: string) => {
			throw new Error(`EACCES: ${path}`);
		};
		const { disk } = on.system;
		const open: typeof disk.open = (path, how) =>
			path.endsWith("a.txt") ? refuse(path) : disk.open(path, how);
		const coverage: Coverage = { paths: ["letters"], except: [] };
		const result = scan({ ...disk, open }, HOME, coverage, expectState);
		expect(result.missed).toEqual([
			{
				path: "letters/a.txt",
				why: expect.stringContaining("EACCES"),
				lost: true,
			},
		]);
		expect(result.members.map(({ path }) => path)).toContain("letters/b.txt");
	});

	it("misses what is too far down to be kept, if a directory names it", () => {
		const on = home();
		put(on, "letters/a.txt", "x");
		put(on, "letters/deep/b.txt", "x");
		const { disk } = on.system;
		const long = `${"n/".repeat(150)}typed.txt`;
		const far: typeof disk = {
			...disk,
			isTooLong: (path) => path.includes("letters/deep") || path.includes(long),
			stat: (path) => (path.includes("deep/") ? undefined : disk.stat(path)),
		};
		const coverage = { paths: ["letters", long], except: [] };
		const store = `/${"s".repeat(240)}`;
		const { members, missed } = scan(far, HOME, coverage, {
			...expectState,
			store,
		});
		expect(members.map(({ path }) => path)).toEqual([
			"letters",
			"letters/a.txt",
		]);
		expect(missed).toMatchObject([{ path: "letters/deep", lost: true }]);
	});

	it("says that a FIFO holds nothing to keep, and does not wait for it", () => {
		const real = scratch();
		execFileSync("mkfifo", [`${real}/pipe`]);
		const coverage = { paths: ["pipe"], except: [] };
		const result = scan(createDisk(fs), real, coverage, expectState);
		expect(result).toMatchObject({
			members: [],
			missed: [{ path: "pipe", lost: false, why: /FIFO/ }],
		});
	});
});

describe("looking again", () => {
	const all = ["config.yaml", "letters", "late.txt", "state.db"];

	it.each<[what: string, change: (on: Machine) => void, moved: string[]]>([
		["nothing", () => {}, []],
		["content", (on) => put(on, "letters/a.txt", "y"), ["letters/a.txt"]],
		["a mode", (on) => put(on, "config.yaml", "x", 0o644), ["config.yaml"]],
		["a new name", (on) => put(on, "letters/b.txt", "x"), ["letters"]],
		["an arrival", (on) => put(on, "late.txt", "x"), ["late.txt"]],
		[
			"a departure",
			(on) => on.volume.unlinkSync(`${HOME}/config.yaml`),
			["config.yaml"],
		],
		["a sidecar that came", (on) => put(on, "letters/l.db-wal", "x"), []],
		["a commit", (on) => putDatabase(on, "state.db", "more rows"), []],
	])("sees %s", (_, change, moved) => {
		const on = home();
		put(on, "config.yaml", "x");
		put(on, "letters/a.txt", "x");
		putDatabase(on, "letters/l.db", "rows");
		putDatabase(on, "state.db", "rows");
		const before = look(on, all);
		change(on);
		expect(movedSince(on.system.disk, HOME, before)).toEqual(moved);
	});

	it("sees every commit in the signature of a database, and no empty log", () => {
		const on = home();
		const signature = () =>
			databaseSignature(on.system.disk, `${HOME}/state.db`);
		putDatabase(on, "state.db", "rows");
		const quiet = signature();
		put(on, "state.db-shm", "index");
		put(on, "state.db-wal", "");
		expect(signature()).toBe(quiet);
		put(on, "state.db-wal", "rows and more");
		expect(signature()).not.toBe(quiet);
	});
});
