import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import Database from "better-sqlite3";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { makeHermesHome } from "../support/hermes-home.ts";
import { difference, record } from "../support/oracle.ts";
import { cli, supportScript } from "../support/paths.ts";
import { put } from "../support/put.ts";
import { runCli, snapshot } from "../support/run-cli.ts";
import { scratch } from "../support/scratch.ts";
import { snapshotFolders, storeOf } from "../support/store.ts";

const timeout = 120_000;
let home = "";
beforeEach(() => {
	home = makeHermesHome({ dir: path.join(scratch(), "home"), dbMb: 40 });
});

function scratchFolders(): string[] {
	return fs
		.readdirSync(storeOf(home))
		.filter((name) => name.startsWith(".scratch"));
}

function lines(): Record<string, unknown>[] {
	return fs
		.readFileSync(path.join(storeOf(home), "drills.jsonl"), "utf8")
		.trimEnd()
		.split("\n")
		.map((line) => JSON.parse(line));
}

function started(words: readonly string[]): ChildProcess {
	const child = spawn(
		process.execPath,
		[cli, "--home", home, "--json", ...words],
		{ stdio: "ignore" },
	);
	onTestFinished(() => void child.kill("SIGKILL"));
	return child;
}

async function untilThere(file: () => string | undefined): Promise<string> {
	for (;;) {
		const found = file();
		if (found !== undefined) return found;
		await new Promise((resolve) => setImmediate(resolve));
	}
}

describe("a drill", () => {
	it("brings back all of a snapshot, with parts, profiles and what was counted, and touches nothing", {
		timeout,
	}, async () => {
		await snapshot(home, ["create", "good"]);
		const before = record(home);
		const drilled = await snapshot(home, ["drill"]);
		expect(drilled.code, drilled.json.text).toBe(0);
		const [line] = lines();
		expect(line).toMatchObject({ ok: true, id: snapshotFolders(home)[0] });
		const db = new Database(path.join(home, "state.db"), { readonly: true });
		const messages = db.prepare("SELECT count(*) FROM messages").pluck().get();
		db.close();
		expect(
			Number((line?.counts as { message: number }).message),
		).toBeGreaterThan(Number(messages)); // with those of the profiles
		expect(difference(before, record(home))).toEqual([]);
		expect(scratchFolders()).toEqual([]);
	});

	it("disturbs no agent that goes on writing", { timeout }, async () => {
		const file = path.join(home, "state.db");
		const writer = spawn(
			process.execPath,
			[supportScript("steady-writer.mjs"), file, "20"],
			{ stdio: ["ignore", "pipe", "inherit"] },
		);
		onTestFinished(() => void writer.kill("SIGKILL"));
		let acknowledged = 0;
		const told = createInterface({ input: writer.stdout });
		told.on("line", (line) => {
			acknowledged = Number(line);
		});
		await once(told, "line");
		await snapshot(home, ["create"]);
		const before = acknowledged;
		const inode = fs.statSync(file).ino;
		expect((await snapshot(home, ["drill"])).code).toBe(0);
		expect(acknowledged).toBeGreaterThan(before);
		expect(fs.statSync(file).ino).toBe(inode);
		const ended = once(writer, "exit");
		writer.kill("SIGKILL");
		await ended;
		const db = new Database(file);
		const kept = db.prepare("SELECT max(seq) FROM acknowledged").pluck().get();
		expect(Number(kept)).toBeGreaterThanOrEqual(acknowledged);
		expect(db.pragma("integrity_check", { simple: true })).toBe("ok");
		db.close();
	});

	it("of a damaged snapshot fails, names the file, and notes it", {
		timeout,
	}, async () => {
		await snapshot(home, ["create", "good"]);
		const [id = ""] = snapshotFolders(home);
		const part = path.join(storeOf(home), id, "state.db/000003");
		const bytes = fs.readFileSync(part);
		bytes[77] = (bytes[77] ?? 0) ^ 4;
		fs.chmodSync(part, 0o600);
		fs.writeFileSync(part, bytes);
		const drilled = await snapshot(home, ["drill"]);
		expect(drilled.code).toBe(1);
		expect(drilled.json.text).toContain(
			`Snapshot ${id} is damaged: state.db does not have the content that was captured in its part 000003`,
		);
		expect(lines()).toMatchObject([{ ok: false, id }]);
		expect(scratchFolders()).toEqual([]);
		expect((await snapshot(home, ["status"])).json.text).toContain(
			"Last drill FAILED",
		);
	});

	it("starts a command that finds what came back, and nothing of the live home", {
		timeout,
	}, async () => {
		put(home, "SOUL.md", "as it was");
		await snapshot(home, ["create", "good"]);
		put(home, "SOUL.md", "as it is");
		const before = record(home);
		const command =
			'grep -q "as it was" "$HERMES_HOME/SOUL.md" && echo x > "$HERMES_HOME/SOUL.md"';
		const good = await snapshot(home, ["drill", "--start", command]);
		expect(good.code, good.json.text).toBe(0);
		const bad = await snapshot(home, ["drill", "--start", "exit 7"]);
		expect(bad.code).toBe(1);
		expect(bad.json.text).toContain("the command ended with 7");
		const server = ["--start", "sleep 1000", "--start-timeout", "1"];
		expect((await snapshot(home, ["drill", ...server])).code).toBe(0);
		expect(difference(before, record(home))).toEqual([]);
		expect(lines().map(({ ok }) => ok)).toEqual([true, false, true]);
	});

	it("that is killed leaves a folder that is not listed, and goes with the next create", {
		timeout,
	}, async () => {
		await snapshot(home, ["create", "good"]);
		const before = record(home);
		const command =
			'echo $$ > "$HERMES_HOME/pid.new"; mv pid.new pid; exec sleep 1000';
		const drilling = started(["drill", "--start", command]);
		const ended = once(drilling, "exit");
		const pid = await untilThere(() => {
			const [folder = ""] = scratchFolders().filter(
				(name) => !name.endsWith(".lock"),
			);
			const found = path.join(storeOf(home), folder, "home");
			const files = fs.existsSync(found)
				? fs.readdirSync(found, { recursive: true }).map(String)
				: [];
			const file = files.find((name) => path.basename(name) === "pid");
			return file && fs.readFileSync(path.join(found, file), "utf8").trim();
		});
		// Beside one that is at work its folder stays.
		await snapshot(home, ["create", "--force", "beside"]);
		expect(scratchFolders()).toHaveLength(2);
		drilling.kill("SIGKILL");
		await ended;
		process.kill(Number(pid), "SIGKILL");
		const listed = (await snapshot(home, ["list"])).json.data.snapshots ?? [];
		expect(listed).toHaveLength(2);
		await snapshot(home, ["create", "--force", "after"]);
		expect(scratchFolders()).toEqual([]);
		expect(difference(before, record(home))).toEqual([]);
	});

	it("refuses rubbish in a sentence", { timeout }, async () => {
		await snapshot(home, ["create", "good"]);
		for (const words of [
			["drill", "99"],
			["drill", "1", "2"],
			["drill", "--start", ""],
			["drill", "--start-timeout", "5"],
			["drill", "--start", "true", "--start-timeout", "soon"],
			["drill", "../.."],
		]) {
			const { code, json } = await snapshot(home, words);
			expect([1, 2], words.join(" ")).toContain(code);
			expect(json.text).toContain("Nothing was changed.");
		}
		expect(fs.existsSync(path.join(storeOf(home), "drills.jsonl"))).toBe(false);
	});
});

describe("status, for monitors", () => {
	it("exits with 13 when the newest good one is too old, or there is none", {
		timeout,
	}, async () => {
		const stale = (age: string) => snapshot(home, ["status", "--max-age", age]);
		expect((await stale("1h")).code).toBe(13);
		await snapshot(home, ["create", "good"]);
		expect((await stale("1h")).code).toBe(0);
		expect((await stale("0m")).code).toBe(13);
		for (const rubbish of ["", "1", "h", "1 h", "-1h", "1w", "1e3h"])
			expect((await stale(rubbish)).code, rubbish).toBe(2);
	});

	it("writes metrics where it is told to", { timeout }, async () => {
		await snapshot(home, ["create", "good"]);
		const file = path.join(scratch(), "snapshots.prom");
		const words = ["--home", home, "status", "--prometheus", file];
		expect((await runCli(words)).code).toBe(0);
		expect(fs.statSync(file).mode & 0o777).toBe(0o644);
		expect(fs.readFileSync(file, "utf8")).toContain(
			`agent_snapshot_count{host="hermes",home="${home}"} 1\n`,
		);
		expect(fs.readdirSync(path.dirname(file))).toEqual(["snapshots.prom"]);
	});
});
