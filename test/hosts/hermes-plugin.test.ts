import fs from "node:fs";
import path from "node:path";
import { expect, it, vi } from "vitest";
import { root } from "../support/paths.ts";
import { scratch } from "../support/scratch.ts";
import { type Asked, startHermes } from "./hermes-agent.ts";

const timeout = 60_000;

/** What comes of each line typed in a Hermes with the plugin as `agent-snapshot install hermes` would leave it. */
function installed(engine: readonly string[]) {
	const home = homeWithPlugin(engine);
	return async (...asked: Asked[]) => {
		const hermes = startHermes(home);
		const answers = await hermes.say(...asked);
		expect(await hermes.stop()).toBe("");
		return answers;
	};
}

function homeWithPlugin(engine: readonly string[]): string {
	const home = path.join(scratch(), "home");
	fs.mkdirSync(home);
	fs.writeFileSync(path.join(home, "config.yaml"), "model: one\n");
	const plugin = path.join(home, "plugins/snapshots");
	fs.cpSync(path.join(root, "hermes"), plugin, { recursive: true });
	fs.writeFileSync(
		path.join(plugin, "engine.json"),
		JSON.stringify({ command: engine }),
	);
	return home;
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
		[
			"on_session_finalize",
			"on_session_start",
			"pre_command",
			"pre_gateway_dispatch",
		],
	]);
	expect(made).toContain("Snapshot 1 created");
	expect(made).toContain("/snapshots restore");
	expect(listed).toContain("two words");
	// In a gateway it is Markdown, in a terminal it is not.
	expect(listed).toMatch(/^```\n# {2}When/);
	expect(made).not.toContain("`");
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
	[
		"alone, where admins are named for groups only",
		{ chat: "dm", admins: { group: ["grace"] } },
	],
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
			"/snapshots@ restore 1",
			"/snapshot@ prune 0",
			"\u00a0/snap@@my_bot\u2003undo",
			'/snapshot "list"',
			"/snapshot doctor",
			"/snapshot --help=1 prune",
			"/snapshot ls 1",
			"/snapshot ls --all\ufeff1",
			"/snapshot show 1 SOUL.md",
			"/snapshot cat 1 SOUL.md",
		];
		const looking = [
			"/snapshot",
			"/snap ls",
			"/snap ls --all",
			"/snapshots status",
		];
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

it.each([
	["another chat's own call", "gateway.platforms.telegram"],
	["an API's", "api_server"],
	["a room's, in what the TUI talks to", "tui_gateway.hosted_room_driver"],
	["one that nobody knows", "__main__"],
	["a channel's in a gateway that the terminal began", "cli: some_channel"],
])(
	"%s of Hermes' command may look, and change nothing",
	{
		timeout,
	},
	async (_, by) => {
		const say = installed(engine);
		const [, listed, ...refused] = await say(
			{ type: "create mine" },
			{ by, type: "list" },
			{ by, type: "prune 0" },
			{ by, type: "0123456789abcdef0123456789abcdef prune 0" },
		);
		expect(listed).toContain("mine");
		for (const answer of refused) expect(answer).toContain(NOT_ADMIN);
	},
);

it.each([
	"cli",
	"hermes_cli.cli_commands_mixin",
	"tui_gateway.server",
])("in Hermes' own terminal all may be done: %s", { timeout }, async (by) => {
	const say = installed(engine);
	const [made] = await say({ by, type: "create mine" });
	expect(made).toContain("Snapshot 1 created");
});

it("a line of an admin that Hermes shows twice is done once, as typed", {
	timeout,
}, async () => {
	const say = installed(engine);
	const [made] = await say({ gateway: "/snap create mine", shown: 2 });
	expect(made).toMatch(/Snapshot 1 created: \d+-\d+-mine {2}\n/);
});

it("the home is the one that Hermes names: a gateway may serve several profiles", {
	timeout,
}, async () => {
	const say = installed(engine);
	const profile = path.join(scratch(), "coder");
	fs.mkdirSync(profile);
	fs.writeFileSync(path.join(profile, "config.yaml"), "model: two\n");
	await say({ profile }, { type: "create" });
	expect(fs.readdirSync(profile)).toContain("state-snapshots");
});

/** An engine that ends when it is told to. */
function slowEngine() {
	const place = scratch();
	const [go, done] = [path.join(place, "go"), path.join(place, "done")];
	const script = path.join(place, "engine.py");
	fs.writeFileSync(
		script,
		`import os, sys, time
while not os.path.exists(${JSON.stringify(go)}):
	time.sleep(0.01)
with open(${JSON.stringify(done)} + ".new", "w") as file:
	file.write("own session" if os.getsid(0) == os.getpid() else "theirs")
print("x" * 300_000)
os.rename(${JSON.stringify(done)} + ".new", ${JSON.stringify(done)})
`,
	);
	return { command: ["python3", script], go, done };
}

it.each([
	["in the terminal", { type: "create" }],
	["in a gateway", { gateway: "/snap create" }],
	["before a compaction", { hook: "pre_command", with: compression() }],
])(
	"what takes long %s outlives Hermes, which complains of nothing",
	{
		timeout,
	},
	async (_, asked) => {
		const { command, go, done } = slowEngine();
		const hermes = startHermes(homeWithPlugin(command));
		const [, answer] = await hermes.say({ patience: 0 }, asked);
		if (!("hook" in asked)) expect(answer).toContain("Still at work");
		expect(await hermes.stop()).toBe("");
		fs.writeFileSync(go, "");
		await vi.waitFor(
			() => expect(fs.readFileSync(done, "utf8")).toBe("own session"),
			{ timeout, interval: 20 },
		);
	},
);

function compression() {
	return { command: "compress", surface: "cli", platform: "cli" };
}

const STOP = { session_id: "1", platform: "gateway", reason: "shutdown" };

it("a gateway that stops waits for its snapshot", { timeout }, async () => {
	const say = installed(engine);
	const [, listed] = await say(
		{ hook: "on_session_finalize", with: STOP },
		{ type: "list" },
	);
	expect(listed).toContain("before stop");
});

it.each([
	["a gateway that stops", "on_session_finalize", {}, "stop"],
	["a terminal that is closed", "on_session_finalize", { platform: "cli" }],
	["a chat that begins anew", "on_session_finalize", { reason: "reset" }],
	["/compress", "pre_command", { command: "compress" }, "compaction"],
	["/update", "pre_command", { command: "update" }, "stop"],
	["/restart", "pre_command", { command: "restart" }, "stop"],
	["another command of Hermes'", "pre_command", { command: "model" }],
])(
	"the snapshot by itself at %s",
	{
		timeout,
	},
	async (_, hook, what, ...moment) => {
		const say = installed(engine);
		const [, , taken] = await say(
			{ taken: true },
			{ hook, with: { ...STOP, ...what } },
			{ taken: true },
		);
		expect(taken).toEqual(moment.map((word) => [word]));
	},
);
