import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { root } from "../support/paths.ts";
import { scratch } from "../support/scratch.ts";

const script = path.join(root, "scripts/start.ts");

interface Session {
	readonly status: number | null;
	readonly out: string;
	/** What is left of demo homes. */
	readonly left: string[];
}

/** Pipes lines into the prompt, on a machine that has nothing but what `env` says. */
async function session(
	lines: readonly string[],
	env: NodeJS.ProcessEnv = {},
	whenGreeted: (pid: number) => void = () => {},
): Promise<Session> {
	const tmp = scratch();
	const bare = { HOME: tmp, TMPDIR: tmp, PATH: process.env.PATH, ...env };
	const prompt = spawn(process.execPath, [script], { env: bare });
	const ended = once(prompt, "close");
	let out = "";
	const take = (text: string) => {
		out += text;
	};
	prompt.stdout.setEncoding("utf8").on("data", take);
	prompt.stderr.setEncoding("utf8").on("data", take);
	prompt.stdout.once("data", () => whenGreeted(prompt.pid ?? 0));
	if (lines.length > 0) prompt.stdin.end(`${lines.join("\n")}\n`);
	const [status] = await ended;
	const left = fs.readdirSync(tmp).filter((name) => name.startsWith("agent-"));
	return { status, out, left };
}

it("answers each line, against a made-up home where there is no other, and removes it", async () => {
	const { status, out, left } = await session([
		'/snapshot create "my label"',
		"",
		"/snap",
		"/snap restore 1",
	]);
	expect(out).toMatch(
		/There is no Hermes home at .*\.hermes, so here is a made-up one/,
	);
	expect(out).toMatch(
		/you ▸ \/snapshot create "my label"\nagent ◂ Snapshot 1 created: \S+-my-label\n/,
	);
	expect(out).toMatch(/you ▸ \/snap\nagent ◂ # {2}When .*\n +1 .*my label\n/);
	expect(out).toMatch(
		/you ▸ \/snap restore 1\nagent ◂ Everything is already as in snapshot 1/,
	);
	expect(status, out).toBe(0);
	expect(left).toEqual([]);
});

it("ends with the exit code of the last command", async () => {
	const wrong = await session(["/snapshot list", "/snapshot crate"]);
	expect(wrong.out).toContain("Did you mean create?");
	expect(wrong.status, wrong.out).toBe(2);
	expect((await session(["/snapshot restore 7"])).status).toBe(1);
	expect((await session(["/snapshot crate", "/snapshot list"])).status).toBe(0);
});

it("knows help and exit, and says how commands begin", async () => {
	const { status, out } = await session([
		"list",
		"/snapshots",
		"help",
		"exit",
		"/snapshot create too late",
	]);
	expect(out.match(/Commands begin with \/snapshot or \/snap/g)).toHaveLength(
		2,
	);
	expect(out).toContain("/snapshot restore – Go back to a snapshot");
	expect(out).not.toContain("too late");
	expect(status).toBe(0);
});

it("works on the home that HERMES_HOME names, and leaves it there", async () => {
	const home = path.join(scratch(), "my-home");
	fs.mkdirSync(home);
	fs.writeFileSync(path.join(home, "config.yaml"), "model: mine\n");
	const { status, out } = await session(["/snapshot create"], {
		HERMES_HOME: home,
	});
	expect(out).toContain(`Hermes home: ${home}.`);
	expect(out).not.toContain("made-up");
	expect(status, out).toBe(0);
	expect(fs.readdirSync(home).sort()).toEqual([
		"config.yaml",
		"state-snapshots",
	]);
});

it("removes the made-up home when it is interrupted", async () => {
	const { status, out, left } = await session([], {}, (pid) =>
		process.kill(pid, "SIGINT"),
	);
	expect(out).toContain("made-up");
	expect(status).toBe(130);
	expect(left).toEqual([]);
});
