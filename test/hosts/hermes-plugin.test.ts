import fs from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { root } from "../support/paths.ts";
import { scratch } from "../support/scratch.ts";
import { type Asked, startHermes } from "./hermes-agent.ts";

const timeout = 60_000;

/** A Hermes home with the plugin as `agent-snapshot install hermes` would leave it; what comes of each line typed there. */
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
	return async (...asked: Asked[]) => {
		const hermes = startHermes(home);
		const answers = await hermes.say(...asked);
		await hermes.stop();
		return answers;
	};
}

const engine = [process.execPath, path.join(root, "dist/cli.js")];

it("Hermes gets /snapshots, and in gateways /snapshot and /snap are it", {
	timeout,
}, async () => {
	const say = installed(engine);
	const [registered, made, listed, put, other, name] = await say(
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

it("Hermes is told in a sentence when the engine is gone", {
	timeout,
}, async () => {
	const say = installed(["/nowhere/node", "cli.js"]);
	expect(await say({ type: "list" })).toEqual([
		expect.stringContaining("could not be started"),
	]);
});

it("Hermes is told in a sentence what nobody can have typed", {
	timeout,
}, async () => {
	const say = installed(engine);
	expect(
		await say(
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

const NOT_ADMIN = "Only an admin may do that here. Nothing was changed.";

it.each([
	["in a group where Hermes knows no admin", { chat: "group" }],
	["in a group that Hermes says nothing of", { chat: "" }],
	["who is no admin, in a group", { chat: "group", admins: ["grace"] }],
	["who is no admin, alone with it", { chat: "dm", admins: ["grace"] }],
])(
	"whoever talks to Hermes %s may look, and change nothing",
	{
		timeout,
	},
	async (_, who) => {
		const say = installed(engine);
		const changing = [
			"/snapshot create",
			"/snap restore 1",
			"/snapshots prune 0",
			"/SNAPSHOTS@my_bot undo",
			'/snapshot "list"',
			"/snapshot doctor",
			"/snapshot --help=1 prune",
		];
		const looking = ["/snapshot", "/snap ls", "/snapshots status"];
		const answers = await say(
			{ type: "create mine" },
			...[...changing, ...looking].map((gateway) => ({ ...who, gateway })),
			{ type: "list" },
		);
		const [, ...told] = answers.slice(0, changing.length + 1);
		for (const answer of told) expect(answer).toContain(NOT_ADMIN);
		for (const answer of answers.slice(changing.length + 1, -1))
			expect(answer).not.toContain(NOT_ADMIN);
		expect(answers.at(-1)).toContain("mine");
	},
);

it.each([
	["an admin in a group", { chat: "group", admins: ["ada"] }],
	["whoever is alone with it, where no admin is named", { chat: "dm" }],
])("of Hermes' gateways %s may do all", { timeout }, async (_, who) => {
	const say = installed(engine);
	const [made, pruned] = await say(
		{ ...who, gateway: "/snapshot create mine" },
		{ ...who, gateway: "/snapshots prune 0" },
	);
	expect(made).toContain("Snapshot 1 created");
	expect(pruned).not.toContain(NOT_ADMIN);
});
