import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { describe, expect, it, vi } from "vitest";
import { root } from "../support/paths.ts";
import { scratch } from "../support/scratch.ts";
import { runHook } from "./faces.ts";

const timeout = 60_000;

describe("a prompt that is not for us", () => {
	it.each([
		["an ordinary one", { prompt: "please run /snapshot list" }],
		["one of another command", { prompt: "/snapshots list" }],
		["one of another plugin", { prompt: "/git:snapshot create" }],
		[
			"one that quotes our command file",
			{ prompt: "What does this do?\nSNAPSHOT-ARGS: restore 1" },
		],
		["none", {}],
		["nonsense", "[1, 2]"],
	])("goes on to the model: %s", { timeout }, async (_, input) => {
		expect(await runHook("codex", scratch(), input)).toBe("");
	});
});

it("a dollar calls a skill in Codex only", { timeout }, async () => {
	const input = { prompt: "$snap help" };
	expect(await runHook("codex", scratch(), input)).toContain("block");
	for (const host of ["claude-code", "copilot", "gemini"])
		expect(await runHook(host, scratch(), input)).toBe("");
});

it.each([
	"claude-code",
	"codex",
	"copilot",
])("%s has no command file that expands to this: it goes on to the model", {
	timeout,
}, async (host) => {
	const input = { prompt: "SNAPSHOT-ARGS: help" };
	expect(await runHook(host, scratch(), input)).toBe("");
});

it.each([
	["gemini", "SNAPSHOT-ARGS: help\nrestore"],
	[
		"copilot",
		'The user explicitly invoked the "/snapshot" skill. Do.\n\nSNAPSHOT-ARGS: help\nrestore\n\n</skill-context>',
	],
	["claude-code", "/snapshot:snap help\nrestore"],
])(
	"%s: what stands on the next line belongs to it",
	{ timeout },
	async (host, prompt) => {
		expect(await runHook(host, scratch(), { prompt })).toContain(
			"--at-next-start",
		);
	},
);

it.each([
	"{}",
	"null",
	'"text"',
	'{"text":1}',
])("an engine that answers %s lets the prompt go its way, with a sentence", {
	timeout,
}, (answer) => {
	const { hook, home } = hookWithEngine(
		`console.log(${JSON.stringify(answer)});`,
	);
	const shown = ask(hook, home, "/snapshot list", "120");
	expect(JSON.parse(shown).reason).toContain("engine did not answer");
});

it("an engine that is still at work is left to it, and the prompt goes to nobody", {
	timeout,
}, async () => {
	const { hook, home } = hookWithEngine(`import fs from "node:fs";
const look = setInterval(() => {
	if (!fs.existsSync("go")) return;
	clearInterval(look);
	console.log("{}");
	fs.writeFileSync("done", "");
}, 5);`);
	const shown = JSON.parse(ask(hook, home, "$snapshot create", "0"));
	expect(shown).toEqual({
		decision: "block",
		reason:
			"The snapshot engine is still at work, and goes on by itself.\nSee what came of it: $snapshot list",
	});
	// What was started has outlived the hook.
	fs.writeFileSync(path.join(home, "go"), "");
	await vi.waitFor(
		() => expect(fs.existsSync(path.join(home, "done"))).toBe(true),
		{ timeout },
	);
});

/** A copy of our hook beside an engine of that code; both run in `home`. */
function hookWithEngine(code: string): { hook: string; home: string } {
	const home = scratch();
	fs.cpSync(path.join(root, "dist"), path.join(home, "dist"), {
		recursive: true,
	});
	fs.symlinkSync(
		path.join(root, "node_modules"),
		path.join(home, "node_modules"),
	);
	fs.writeFileSync(path.join(home, "package.json"), '{"type":"module"}');
	fs.writeFileSync(path.join(home, "dist/cli.js"), code);
	return { hook: path.join(home, "dist/hosts/hook.js"), home };
}

function ask(hook: string, home: string, prompt: string, seconds: string) {
	return execFileSync(
		process.execPath,
		[hook, "codex", "UserPromptSubmit", seconds],
		{
			cwd: home,
			input: JSON.stringify({ prompt }),
			env: { PATH: process.env.PATH, HOME: home },
			encoding: "utf8",
		},
	);
}

it("prints what Claude Code's own command shows", { timeout }, () => {
	const hook = path.join(root, "dist/hosts/hook.js");
	const shown = execFileSync(
		process.execPath,
		[hook, "claude-code", "command", "120", "help restore"],
		{ env: { PATH: process.env.PATH, HOME: scratch() }, encoding: "utf8" },
	);
	expect(shown).toContain("--at-next-start");
});

it("Copilot's own words around our command file are understood", {
	timeout,
}, async () => {
	const prompt = `The user explicitly invoked the "/snapshot" skill. Follow its instructions now.

<skill-context name="snapshot">
Base directory for this skill: /opt/snapshot/copilot/commands

SNAPSHOT-ARGS: help restore

</skill-context>`;
	const { responseContent } = JSON.parse(
		await runHook("copilot", scratch(), { prompt }),
	);
	// As Markdown, "<number|id|latest>" would be taken for HTML.
	expect(responseContent).toMatch(
		/^```\n[\s\S]*<number\|id\|latest>[\s\S]*\n```$/,
	);
});

it("a start says nothing to the agent, and its snapshot comes by itself with the agent's version", {
	timeout,
}, async () => {
	const home = scratch();
	fs.mkdirSync(path.join(home, ".codex"));
	fs.writeFileSync(path.join(home, ".codex/config.toml"), "");
	const hook = path.join(root, "dist/hosts/hook.js");
	const agent = agentOfVersion("9.9.9", [
		"sh",
		"-c",
		`"${process.execPath}" "${hook}" codex SessionStart; exit 0`,
	]);
	const shown = execFileSync(process.execPath, [agent], {
		env: { PATH: process.env.PATH, HOME: home },
		encoding: "utf8",
	});
	expect(shown).toBe("");
	await vi.waitFor(
		() => expect(hostVersions(path.join(home, ".codex"))).toEqual(["9.9.9"]),
		{ timeout },
	);
});

/** A made-up agent: a package with a program that runs a hook as agents do. */
function agentOfVersion(version: string, [shell, ...args]: string[]): string {
	const dir = scratch();
	fs.writeFileSync(path.join(dir, "package.json"), JSON.stringify({ version }));
	fs.mkdirSync(path.join(dir, "bin"));
	const program = path.join(dir, "bin/agent.mjs");
	fs.writeFileSync(
		program,
		`import { spawnSync } from "node:child_process";
process.stdout.write(spawnSync(${JSON.stringify(shell)}, ${JSON.stringify(args)}, { input: "{}" }).stdout);`,
	);
	return program;
}

function hostVersions(home: string): unknown[] {
	const store = path.join(home, "state-snapshots");
	if (!fs.existsSync(store)) return [];
	return fs
		.readdirSync(store)
		.filter((id) => /^\d.*-pre-update$/.test(id))
		.map((id) => path.join(store, id, "manifest.json"))
		.map((file) => JSON.parse(fs.readFileSync(file, "utf8")).hostVersion);
}
