import { type ChildProcess, spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { stripVTControlCharacters } from "node:util";
import Database from "better-sqlite3";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { cli } from "../support/paths.ts";
import { snapshot } from "../support/run-cli.ts";
import { scratch } from "../support/scratch.ts";

const timeout = 120_000;
/** No machine reads, hashes and writes that within the second in which nothing is said. */
const LARGE = 3 * 1024 ** 3;
const STORE = "state-snapshots";

/** An agent's home with a large database: most of it is a hole, which is read like all else. */
function largeHome() {
	const home = scratch();
	const file = path.join(home, "state.db");
	const database = new Database(file);
	database.pragma("journal_mode = wal");
	database.exec(
		"CREATE TABLE messages (text); INSERT INTO messages VALUES ('hello')",
	);
	const pageSize = Number(database.pragma("page_size", { simple: true }));
	database.close();
	const small = fs.readFileSync(file);
	const pages = Buffer.alloc(4);
	pages.writeUInt32BE(LARGE / pageSize);
	const header = fs.openSync(file, "r+");
	fs.writeSync(header, pages, 0, 4, 28);
	fs.closeSync(header);
	fs.truncateSync(file, LARGE);
	return { home, shrink: () => fs.writeFileSync(file, small) };
}

/** Starts the command line, on a terminal if so wished, and hears all that it says. */
function start(home: string, words: string[], onTerminal: boolean) {
	const command = [process.execPath, cli, "--home", home, ...words];
	const [program = "", ...args] = onTerminal
		? ["script", "-qec", command.join(" "), "/dev/null"]
		: command;
	const child = spawn(program, args, {
		env: { PATH: process.env.PATH, HOME: scratch(), TERM: "vt100" },
	});
	onTestFinished(() => void child.kill("SIGKILL"));
	const said = { stdout: "", stderr: "" };
	const listeners = new Set<() => void>();
	for (const name of ["stdout", "stderr"] as const)
		child[name].on("data", (chunk: Buffer) => {
			said[name] += chunk;
			for (const listener of listeners) listener();
		});
	const until = (pattern: RegExp, where: keyof typeof said) =>
		new Promise<void>((resolve) => {
			const look = () => pattern.test(said[where]) && resolve();
			listeners.add(look);
			look();
		});
	return { child, said, until, ended: endOf(child) };
}

function endOf(child: ChildProcess): Promise<number | null> {
	return new Promise((resolve) => child.once("close", resolve));
}

function partials(home: string): string[] {
	return fs
		.readdirSync(path.join(home, STORE))
		.filter((name) => /partial/.test(name));
}

/** How many of the database have been written. */
function partsIn(home: string): number {
	const [partial = ""] = partials(home);
	return fs.readdirSync(path.join(home, STORE, partial, "state.db")).length;
}

async function expectUsable({ home, shrink }: ReturnType<typeof largeHome>) {
	expect(partials(home)).toEqual([]);
	shrink();
	const { json } = await snapshot(home, ["create", "afterwards"]);
	expect(json.data.created).toBe(true);
	expect((await snapshot(home, ["list"])).json.data.snapshots).toHaveLength(1);
}

const hasScript =
	process.platform === "linux" && fs.existsSync("/usr/bin/script");

describe("a snapshot that takes seconds", () => {
	it.skipIf(!hasScript)(
		"says on a terminal how far it is, and Ctrl-C ends it and leaves nothing",
		{ timeout },
		async () => {
			const large = largeHome();
			const { child, said, until, ended } = start(large.home, ["create"], true);
			await until(
				/\rCopying state\.db {2}[\d.]+ [MG]B of 3\.2 GB {2}[\d.]+ [MG]B\/s {2}\d+ s left/,
				"stdout",
			);
			child.stdin.write("\u0003");
			expect(await ended).toBe(130);
			expect(stripVTControlCharacters(said.stdout)).toMatch(
				/\r {10,}\rInterrupted\. Nothing was changed\.\r\n$/,
			);
			await expectUsable(large);
		},
	);

	it("tells programs in events beside its one reply", { timeout }, async () => {
		const large = largeHome();
		const words = ["--json", "--progress", "json", "create"];
		const { child, said, until, ended } = start(large.home, words, false);
		await until(/\n/, "stderr");
		child.kill("SIGINT");
		expect(await ended).toBe(130);
		for (const line of said.stderr.trimEnd().split("\n"))
			expect(JSON.parse(line)).toMatchObject({
				event: "progress",
				phase: "copying",
				path: "state.db",
				total: LARGE,
			});
		expect(JSON.parse(said.stdout).error.code).toBe("interrupted");
		await expectUsable(large);
	});

	it("goes on when nobody reads the events any more", { timeout }, async () => {
		const large = largeHome();
		const words = ["--json", "--progress", "json", "create"];
		const { child, said, until, ended } = start(large.home, words, false);
		await until(/\n/, "stderr");
		child.stderr.destroy();
		const before = partsIn(large.home);
		await vi.waitFor(
			() => expect(partsIn(large.home)).toBeGreaterThan(before * 1.2),
			{ timeout, interval: 20 },
		);
		child.kill("SIGINT");
		expect(await ended).toBe(130);
		expect(JSON.parse(said.stdout).error.code).toBe("interrupted");
	});

	it("says nothing where nobody is at a terminal", { timeout }, async () => {
		const large = largeHome();
		large.shrink();
		const { said, ended } = start(large.home, ["create"], false);
		expect(await ended).toBe(0);
		expect(said.stderr).toBe("");
	});
});
