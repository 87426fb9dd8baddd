import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { root } from "../support/paths.ts";
import { scratch } from "../support/scratch.ts";

const timeout = 60_000;

interface Asked {
	readonly type?: string;
	readonly gateway?: string;
}

/** A Hermes home, and the plugin as `agent-snapshot install hermes` would leave it. */
function installed(engine: readonly string[]) {
	const home = path.join(scratch(), "home");
	fs.mkdirSync(home);
	fs.writeFileSync(path.join(home, "config.yaml"), "model: one\n");
	const plugin = path.join(home, "plugins/snapshots");
	fs.cpSync(path.join(root, "hermes"), plugin, { recursive: true });
	fs.writeFileSync(
		path.join(plugin, "engine.json"),
		JSON.stringify({ command: engine }),
	);
	return (...asked: Asked[]): unknown[] =>
		execFileSync(
			"python3",
			[path.join(root, "test/hosts/hermes-context.py"), plugin],
			{
				input: asked.map((one) => JSON.stringify(one)).join("\n"),
				env: { PATH: process.env.PATH, HERMES_HOME: home },
				encoding: "utf8",
			},
		)
			.trim()
			.split("\n")
			.map((line) => JSON.parse(line));
}

const engine = [process.execPath, path.join(root, "dist/cli.js")];

it("Hermes gets /snapshots, and in gateways /snapshot and /snap are it", {
	timeout,
}, () => {
	const say = installed(engine);
	const [registered, made, listed, put, other, name] = say(
		{},
		{ type: 'create "two words"' },
		{ gateway: "/snap list" },
		{ gateway: "/snapshot restore 1" },
		{ gateway: "what is /snapshot?" },
		{ gateway: "/snapshot@my_bot list" },
	);
	expect(registered).toEqual([
		["snapshots"],
		["on_session_start", "pre_gateway_dispatch"],
	]);
	expect(made).toContain("Snapshot 1 created");
	expect(made).toContain("/snapshots restore");
	expect(listed).toContain("two words");
	expect(put).toContain("Everything is already as in snapshot 1");
	expect(other).toBeNull();
	expect(name).toContain("two words");
});

it("Hermes is told in a sentence when the engine is gone", { timeout }, () => {
	const say = installed(["/nowhere/node", "cli.js"]);
	expect(say({ type: "list" })).toEqual([
		expect.stringContaining("could not be started"),
	]);
});

it("Hermes is told in a sentence what nobody can have typed", {
	timeout,
}, () => {
	const say = installed(engine);
	expect(
		say(
			{ type: "create a\0b" },
			{ type: "create \ud800" },
			{ type: `create ${"x".repeat(300_000)}` },
			{ type: `create ${"x".repeat(7000)}` },
		),
	).toEqual([
		expect.stringContaining("no program can be given. Nothing was changed."),
		expect.stringContaining("no program can be given. Nothing was changed."),
		expect.stringContaining("8000 is the most. Nothing was changed."),
		expect.not.stringContaining("no program can be given"),
	]);
});
