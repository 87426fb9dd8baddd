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
