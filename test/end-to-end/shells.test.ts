import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { makeHermesHome } from "../support/hermes-home.ts";
import { cli, root } from "../support/paths.ts";
import { runCli, snapshot } from "../support/run-cli.ts";
import { scratch } from "../support/scratch.ts";

function has(program: string): boolean {
	return spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;
}

/** A directory for the path in which our command is, and a home with a snapshot. */
async function installed(): Promise<{ bin: string; home: string }> {
	const dir = scratch();
	const bin = path.join(dir, "bin");
	fs.mkdirSync(bin);
	fs.writeFileSync(
		path.join(bin, "agent-snapshot"),
		`#!/bin/sh\nexec '${process.execPath}' '${cli}' "$@"\n`,
		{ mode: 0o755 },
	);
	const home = makeHermesHome({ dir: path.join(dir, "agent's home") });
	await snapshot(home, ["create", "before: upgrade"]);
	return { bin, home };
}

function run(bin: string, program: string, ...args: string[]): string[] {
	const env = { PATH: `${bin}:${process.env.PATH}`, HOME: bin, TERM: "dumb" };
	const out = execFileSync(program, args, { env, encoding: "utf8" });
	return out.split("\n").map((line) => line.split("\t")[0]?.trim() ?? "");
}

const timeout = 60_000;
const BOLD = "\x1b[1m";

describe("Tab in a real shell", () => {
	it.skipIf(!has("bash"))("bash", { timeout }, async () => {
		const { bin, home } = await installed();
		const tab = (...words: string[]) =>
			run(
				bin,
				"bash",
				"--norc",
				"-euc",
				`eval "$(agent-snapshot completion bash)"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _agent_snapshot; printf "%s\\n" "\${COMPREPLY[@]}"`,
				"bash",
				"agent-snapshot",
				...words,
			);
		expect(tab("re")).toEqual(expect.arrayContaining(["restore", "recover"]));
		expect(tab("--home", home, "restore", "")).toEqual(
			expect.arrayContaining(["latest", "1"]),
		);
		expect(tab("--home", home, "restore", "1", "--se")).toContain("--session");
		expect(tab("--host", "her")).toContain("hermes");
	});

	it.skipIf(!has("zsh"))("zsh", { timeout }, async () => {
		const { bin, home } = await installed();
		// As its completion system calls us, but for the last step, which is shown instead.
		const tab = (...words: string[]) =>
			run(
				bin,
				"zsh",
				"-fc",
				`compdef() { :; }; _describe() { print -rl -- "\${(P@)3}"; }; _files() { print files; }; eval "$(agent-snapshot completion zsh)"; words=("$@"); CURRENT=$#; PREFIX=$@[-1]; _agent_snapshot`,
				"zsh",
				"agent-snapshot",
				...words
					.slice(0, -1)
					.map((word) => `'${word.replaceAll("'", "'\\''")}'`),
				words.at(-1) ?? "",
			).map((line) => line.split(":")[0]);
		expect(tab("re")).toEqual(expect.arrayContaining(["restore", "recover"]));
		expect(tab("--home", home, "restore", "")).toEqual(
			expect.arrayContaining(["latest", "1"]),
		);
		expect(tab("create", "some")).toContain("files");
	});

	it.skipIf(!has("zsh") || !has("tmux"))(
		"zsh, with its own completion, on a terminal",
		{
			timeout,
		},
		async () => {
			const { bin } = await installed();
			// The prompt stands when a line can be edited, and not before.
			const script = `zmodload zsh/zpty
zpty -b z zsh -f -i
zpty -w z 'autoload -U compinit; compinit -D -u; eval "$(agent-snapshot completion zsh)"; PS1=REA""DY'
zpty -r z out '*READY*'
zpty -w -n z $'agent-snapshot compa\\t'
zpty -r z out '*compact *'
print -r -- "$out"`;
			expect(run(bin, "zsh", "-fc", script).join("\n")).toContain(
				"agent-snapshot compact",
			);
		},
	);

	it.skipIf(!has("fish"))("fish", { timeout }, async () => {
		const { bin, home } = await installed();
		const tab = (line: string) =>
			run(
				bin,
				"fish",
				"--no-config",
				"-c",
				"agent-snapshot completion fish | source; complete -C $argv[1]",
				line,
			);
		expect(tab("agent-snapshot re")).toEqual(
			expect.arrayContaining(["restore", "recover"]),
		);
		const place = home.replace(/[' ]/g, "\\$&");
		expect(tab(`agent-snapshot --home ${place} restore `)).toEqual(
			expect.arrayContaining(["latest", "1"]),
		);
	});
});

describe("the manual page", () => {
	const page = path.join(root, "dist/agent-snapshot.1");

	it.skipIf(!has("groff"))("is understood without a warning", () => {
		const { stdout, stderr } = spawnSync(
			"groff",
			["-man", "-ww", "-z", "-Tutf8", "-b", page],
			{ encoding: "utf8" },
		);
		expect(stdout + stderr).toBe("");
	});

	it.skipIf(!has("groff"))("names every command with its examples", () => {
		const text = execFileSync("groff", ["-man", "-Tascii", "-P-cbou", page], {
			encoding: "utf8",
		});
		for (const part of [
			"restore <number|id|latest> [path ...]",
			"agent-snapshot restore latest --dry-run",
			"--session ID",
			"NO_COLOR",
			"11 locked",
		])
			expect(text.replace(/\s+/g, " ")).toContain(part);
	});
});

describe("on a terminal", () => {
	let home = "";
	beforeAll(async () => {
		home = makeHermesHome({
			dir: path.join(fs.mkdtempSync("/tmp/agent-snapshot-test-"), "home"),
		});
		await snapshot(home, [
			"create",
			"before the upgrade of 今天服务器更新失败 🚀 and more words than fit",
		]);
		return () => fs.rmSync(path.dirname(home), { recursive: true });
	});
	/** On a pseudo-terminal of util-linux's `script`. */
	const onTerminal = (env: Record<string, string>) => {
		const line = `'${process.execPath}' '${cli}' --home '${home}' list`;
		return execFileSync("script", ["-qec", line, "/dev/null"], {
			encoding: "utf8",
			env: {
				PATH: process.env.PATH,
				HOME: home,
				TZ: "UTC",
				TERM: "xterm",
				...env,
			},
		});
	};

	it.skipIf(!has("script"))(
		"fits its width, with colour only if it is wanted",
		async () => {
			const narrow = onTerminal({ COLUMNS: "60", NO_COLOR: "1" });
			expect(narrow).not.toContain("\x1b[");
			expect(narrow).toContain("…");
			expect(onTerminal({ COLUMNS: "120" })).toContain(`${BOLD}#  When`);
			expect(onTerminal({ COLUMNS: "120", TERM: "dumb" })).not.toContain(
				"\x1b[",
			);
			const piped = await runCli(["--home", home, "list"], {
				env: { COLUMNS: "40" },
			});
			expect(piped.stdout).not.toContain("\x1b[");
			expect(piped.stdout).toContain("更新失败 🚀 and more words");
			const forced = await runCli(["--home", home, "list"], {
				env: { FORCE_COLOR: "1" },
			});
			expect(forced.stdout).toContain(`${BOLD}#  When`);
		},
	);
});
