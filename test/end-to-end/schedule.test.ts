import fs from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { makeHermesHome } from "../support/hermes-home.ts";
import { cli } from "../support/paths.ts";
import { runCli } from "../support/run-cli.ts";
import { scratch } from "../support/scratch.ts";
import { type Started, start, startInTerminal } from "../support/started.ts";
import { snapshotFolders } from "../support/store.ts";
import { startWebServer } from "../support/web-server.ts";

const timeout = 120_000;
const hasScript = fs.existsSync("/usr/bin/script");
let folder = "";
let home = "";
/** With a `crontab` that keeps its text in a file. */
let env: Record<string, string> = {};

beforeEach(() => {
	folder = scratch();
	home = makeHermesHome({ dir: path.join(folder, "a home"), dbMb: 0.2 });
	const programs = path.join(folder, "programs");
	fs.mkdirSync(programs);
	const crontab = `#!/bin/sh
cd '${folder}'
case "$1" in
-l) cat crontab 2>/dev/null || { echo "no crontab for ada" >&2; exit 1; } ;;
-r) rm crontab ;;
-) cat >crontab ;;
*) exit 2 ;;
esac
`;
	fs.writeFileSync(path.join(programs, "crontab"), crontab, { mode: 0o700 });
	env = { PATH: `${programs}:${process.env.PATH}`, HOME: folder };
});

function schedule(...words: string[]) {
	return runCli(["--home", home, "schedule", ...words], { env });
}

function crontab(): string | undefined {
	const file = path.join(folder, "crontab");
	return fs.existsSync(file) ? fs.readFileSync(file, "utf8") : undefined;
}

/** Of runs only: that a schedule was installed is noted there, too. */
function runsNoted(): unknown[] {
	const log = path.join(home, "state-snapshots/log.jsonl");
	const lines = fs.readFileSync(log, "utf8").trimEnd().split("\n");
	return lines
		.map((line) => JSON.parse(line))
		.filter(({ did }) => did === "schedule run");
}

function installedYesterday(): void {
	const log = path.join(home, "state-snapshots/log.jsonl");
	const at = new Date(Date.now() - 24 * 3_600_000).toISOString();
	const did = "schedule install";
	fs.writeFileSync(log, `${JSON.stringify({ at, did })}\n`, { mode: 0o600 });
}

/** The log lies beside them. */
function snapshots(): string[] {
	return snapshotFolders(home).filter((name) => /^\d/.test(name));
}

const touch = () => fs.appendFileSync(path.join(home, "SOUL.md"), "more\n");

describe("the line that cron gets", () => {
	it("makes one snapshot a night, drills it, and tells who is to be told", {
		timeout,
	}, async () => {
		const { address, posted } = await startWebServer();
		const installed = await schedule(
			...["install", "--weekly-drill", "--ping", `${address}/id?x=1`, "--yes"],
		);
		expect(installed).toMatchObject({ code: 0, stderr: "" });
		const line = /^\d+ \* \* \* \* (.*)$/m.exec(crontab() ?? "")?.[1] ?? "";
		expect(line).not.toContain("127.0.0.1");
		// As cron does it: nothing of a person's environment.
		const hourly = async () => {
			const byCron = start(["env", "-i", "/bin/sh", "-c", line], folder);
			expect(await byCron.end()).toEqual({ code: 0, output: "" });
			touch();
		};
		await hourly();
		expect(snapshots()).toEqual([]);
		installedYesterday();
		await hourly();
		await hourly();
		expect(snapshots()).toHaveLength(1);
		expect(runsNoted()).toMatchObject([
			{ ok: true, steps: [{ step: "snapshot" }, { step: "drill" }] },
		]);
		expect(posted).toMatchObject([
			{ url: "/id/start?x=1", text: "" },
			{
				url: "/id?x=1",
				text: expect.stringMatching(
					/^snapshot: .*\ndrill: .* came back whole\.$/,
				),
			},
		]);
		expect((await schedule("remove", "--yes")).code).toBe(0);
		expect(crontab()).toBeUndefined();
	});
});

describe("schedule run", () => {
	it("makes one snapshot, however many are at work at once", {
		timeout,
	}, async () => {
		await schedule("run");
		touch();
		fs.rmSync(path.join(home, "state-snapshots/log.jsonl"));
		const all = await Promise.all([1, 2, 3, 4].map(() => schedule("run")));
		for (const { code, stdout, stderr } of all)
			expect([code, stdout + stderr]).toEqual([
				expect.toBeOneOf([0, 11]),
				expect.stringMatching(
					/^Snapshot: 2|^Nothing done: there was one|^Another scheduled run is at work/,
				),
			]);
		expect(snapshots()).toHaveLength(2);
		expect(runsNoted()).toHaveLength(1);
	});

	it("that is ended is noted, and told with the command for failures", {
		timeout,
	}, async () => {
		await schedule("run");
		fs.rmSync(path.join(home, "state-snapshots/log.jsonl"));
		touch();
		let run: Started | undefined;
		const { address, posted } = await startWebServer(({ url }) => {
			// It has begun, and is told to end: the machine goes down.
			if (url === "/start") run?.child.kill("SIGTERM");
			return 200;
		});
		const told = path.join(folder, "told");
		const command = `echo "$AGENT_SNAPSHOT_OUTCOME $AGENT_SNAPSHOT_HOST $AGENT_SNAPSHOT_WHY" >'${told}'`;
		await schedule(
			...["install", "--ping", address, "--on-failure", command, "--yes"],
		);
		run = start(
			[process.execPath, cli, "--home", home, "schedule", "run"],
			folder,
		);
		const { code, output } = await run.end();
		expect([code, output]).toEqual([
			130,
			"Snapshot FAILED: it was interrupted.\n",
		]);
		expect(runsNoted()).toMatchObject([{ ok: false }]);
		expect(posted.map(({ url }) => url)).toEqual(["/start", "/fail"]);
		expect(fs.readFileSync(told, "utf8")).toBe(
			"failed hermes snapshot: it was interrupted.\n",
		);
		expect(snapshots()).toHaveLength(1);
		const { stdout } = await runCli(["--home", home, "list"]);
		expect(stdout).toMatch(/^The scheduled run of .* FAILED/);
	});
});

describe("a person at a terminal", () => {
	const words = ["--home", "HOME", "schedule", "install"];

	it.skipIf(!hasScript).each([
		["y\n", 0, /Every night at 03:30, by cron\./, true],
		["\n", 0, /Nothing was changed\./, false],
		["\u0004", 0, /Nothing was changed\./, false],
		["\u0003", 130, /Interrupted\. Nothing was changed\./, false],
	])("answers %j", { timeout }, async (typed, code, says, isDone) => {
		const called = words.map((word) => (word === "HOME" ? home : word));
		const asked = startInTerminal(
			[process.execPath, cli, ...called],
			folder,
			env,
		);
		await asked.prints("Do it? [y/N]");
		asked.child.stdin?.write(typed);
		const { code: ended, output } = await asked.end();
		expect(output).toContain("# BEGIN agent-snapshot-hermes-");
		expect(output).toMatch(says);
		expect(ended).toBe(code);
		expect(crontab() !== undefined).toBe(isDone);
	});
});
