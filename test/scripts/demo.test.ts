import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { root } from "../support/paths.ts";
import { scratch } from "../support/scratch.ts";

const script = path.join(root, "scripts/demo.ts");

/** A machine with nothing on it: no agent, no HERMES_HOME, and a folder of its own for temporary files. */
function freshMachine(): { tmp: string; env: NodeJS.ProcessEnv } {
	const tmp = scratch();
	const { HERMES_HOME: _, ...env } = process.env;
	return { tmp, env: { ...env, HOME: path.join(tmp, "nobody"), TMPDIR: tmp } };
}

it("shows create, a change, list, restore and undo, with every fact as claimed", () => {
	const { tmp, env } = freshMachine();
	const { status, stdout, stderr } = spawnSync(process.execPath, [script], {
		encoding: "utf8",
		env,
	});
	expect(stderr).toBe("");
	expect(status, stdout).toBe(0);
	for (const part of [
		/you ▸ \/snapshot create before upgrade\nagent ◂ Snapshot 1 created: \d{8}-\d{6}-before-upgrade\n/,
		/you ▸ \/snap list\nagent ◂ # {2}When .*\n +1 .*before upgrade\n/,
		/you ▸ \/snapshot restore 1 --dry-run\nagent ◂ To restore snapshot 1 [\s\S]*?Nothing was changed\.\n/,
		/you ▸ \/snapshot restore 1\nagent ◂ Restored snapshot 1 [\s\S]*?Take it back with: \/snapshot undo\n/,
		/you ▸ \/snapshot undo\nagent ◂ Took back the restore of/,
		/All \d+ facts were as claimed/,
	])
		expect(stdout).toMatch(part);
	expect(stdout, "no colour in a pipe").not.toContain("\u001b");
	expect(
		stdout.split("\n").filter((line) => line.length > 100),
		"fits 100 columns",
	).toEqual([]);
	expect(demoHomes(tmp)).toEqual([]);
});

it("ends with 1 and says what failed when the agent's process dies", async () => {
	const { tmp, env } = freshMachine();
	const demo = spawn(process.execPath, [script], { env });
	const ended = once(demo, "close");
	const said = { out: "", err: "" };
	demo.stderr.setEncoding("utf8").on("data", (text) => {
		said.err += text;
	});
	demo.stdout.setEncoding("utf8").on("data", (text) => {
		const before = agentOf(said.out);
		said.out += text;
		const pid = agentOf(said.out);
		if (before === undefined && pid !== undefined) process.kill(pid, "SIGKILL");
	});
	expect(await ended).toEqual([1, null]);
	expect(said.err).toContain("The demo's agent ended before it answered");
	expect(demoHomes(tmp)).toEqual([]);
});

it("removes its home when it is interrupted", async () => {
	const { tmp, env } = freshMachine();
	const demo = spawn(process.execPath, [script], { env });
	const ended = once(demo, "close");
	demo.stdout.once("data", () => demo.kill("SIGINT"));
	expect(await ended).toEqual([130, null]);
	expect(demoHomes(tmp)).toEqual([]);
});

function demoHomes(tmp: string): string[] {
	return fs.readdirSync(tmp).filter((name) => name.startsWith("agent-"));
}

function agentOf(transcript: string): number | undefined {
	const [, pid] = /process (\d+) holds/.exec(transcript) ?? [];
	return pid === undefined ? undefined : Number(pid);
}
