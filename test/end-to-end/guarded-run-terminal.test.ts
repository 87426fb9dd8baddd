import { execFileSync } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { makeHermesHome } from "../support/hermes-home.ts";
import { cli } from "../support/paths.ts";
import { runCli } from "../support/run-cli.ts";
import { scratch } from "../support/scratch.ts";
import { type Started, start, startInTerminal } from "../support/started.ts";
import { snapshotFolders } from "../support/store.ts";

const timeout = 120_000;
const isRoot = process.getuid?.() === 0;
const hasScript = fs.existsSync("/usr/bin/script");
let home = "";

beforeEach(() => {
	home = makeHermesHome({ dir: path.join(scratch(), "home"), dbMb: 0.2 });
});

function guarded(...command: string[]): string[] {
	return [process.execPath, cli, "--home", home, "run", "--", ...command];
}

function started(...command: string[]): Started {
	return start(guarded(...command), path.dirname(home));
}

function inTerminal(...command: string[]): Started {
	return startInTerminal(guarded(...command), path.dirname(home));
}

describe("the command that is run", () => {
	it("reads what we are given", { timeout }, async () => {
		const run = started("sh", "-c", 'read x; echo "read: $x"');
		run.child.stdin?.end("hello\n");
		const { code, output } = await run.end();
		expect(code, output).toBe(0);
		expect(output).toContain("read: hello");
	});

	it("is told to end when we are, and decides itself", {
		timeout,
	}, async () => {
		const program =
			"process.on('SIGTERM', () => process.exit(9)); setInterval(() => {}, 1000); console.log('ready')";
		const run = started(process.execPath, "-e", program);
		await run.prints("ready");
		run.child.kill("SIGTERM");
		const { code, output } = await run.end();
		expect(code, output).toBe(9);
		expect(output).toContain("node FAILED with exit code 9");
	});

	it("goes on when we are killed, and the snapshot is there", {
		timeout,
	}, async () => {
		const [go, done] = ["go", "done"].map((name) => {
			const fifo = path.join(path.dirname(home), name);
			execFileSync("mkfifo", [fifo]);
			return fifo;
		});
		const goesOn = `echo ready; read x < '${go}'; echo "$x" > '${done}'`;
		const run = started("sh", "-c", goesOn);
		await run.prints("ready");
		run.child.kill("SIGKILL");
		await once(run.child, "exit");
		expect(snapshotFolders(home)).toHaveLength(1);
		fs.writeFileSync(go ?? "", "on\n");
		expect(await fs.promises.readFile(done ?? "", "utf8")).toBe("on\n");
		const next = await runCli(["--home", home, "list"]);
		expect(next.stdout).toContain("update");
	});

	it.skipIf(!hasScript)(
		"asks its terminal for a password",
		{
			timeout,
		},
		async () => {
			const asks =
				'exec < /dev/tty; stty -echo; echo "Password:"; read x; stty echo; echo "got $x"; test -t 1';
			const run = inTerminal("sh", "-c", asks);
			await run.prints("Password:");
			run.child.stdin?.write("open sesame\n");
			const { code, output } = await run.end();
			expect(code, output).toBe(0);
			expect(output).toContain("got open sesame");
			expect(output).toContain("What it left looks sound");
		},
	);

	it.skipIf(!hasScript)(
		"gets a Ctrl-C, and we live to tell",
		{
			timeout,
		},
		async () => {
			const catches = 'trap "echo caught; exit 5" INT; echo ready; read x';
			const run = inTerminal("sh", "-c", catches);
			await run.prints("ready");
			run.child.stdin?.write("\x03");
			const { code, output } = await run.end();
			expect(code, output).toBe(5);
			expect(output).toContain("caught");
			// In red, on a terminal.
			expect(output).toMatch(/sh \S*FAILED\S* with exit code 5/);
		},
	);
});

it.skipIf(!isRoot)(
	"is not taken for healthy, nor rolled back, when the disk is full behind it",
	{ timeout },
	async () => {
		const disk = path.join(scratch(), "disk");
		fs.mkdirSync(disk);
		execFileSync("mount", ["-t", "tmpfs", "-o", "size=32m", "tmpfs", disk]);
		onTestFinished(() => void execFileSync("umount", [disk]));
		home = makeHermesHome({ dir: path.join(disk, "home"), dbMb: 0.2 });
		fs.mkdirSync(path.join(home, "state-snapshots"), { mode: 0o700 });
		fs.writeFileSync(
			path.join(home, "state-snapshots/config.json"),
			'{"reserveBytes": 0}',
		);
		const fills = `echo more >> '${home}/SOUL.md'; cat /dev/zero > '${disk}/full' 2>&-; true`;
		const { code, stdout, stderr } = await runCli([
			...["--home", home, "run", "--auto-rollback", "--", "sh", "-c", fills],
		]);
		expect(code, stdout + stderr).toBe(14);
		expect(stdout).toContain("NOT CHECKED: sh ended with exit code 0");
		expect(stdout).toMatch(
			/^Back to before it: agent-snapshot --home \S+ restore /m,
		);
		expect(stdout).not.toContain("ROLLED BACK");
		const soul = fs.readFileSync(path.join(home, "SOUL.md"), "utf8");
		expect(soul).toMatch(/more\n$/);
		fs.rmSync(path.join(disk, "full"));
		const next = await runCli(["--home", home, "restore", "latest"]);
		expect(next.code, next.stdout + next.stderr).toBe(0);
	},
);
