import fs from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { OpenClawContext } from "../../src/hosts/openclaw/api.ts";
import { ADMIN, loadOpenClaw } from "./faces.ts";
import { homeWith } from "./home-with.ts";

const timeout = 60_000;
const owner: OpenClawContext = { gatewayClientScopes: ADMIN };

/** A home whose config has changed since snapshot 1. */
async function changed() {
	const home = homeWith({ ".openclaw/openclaw.json": "{}" });
	const gateway = loadOpenClaw(home);
	await gateway.say("create", owner);
	const config = path.join(home, ".openclaw/openclaw.json");
	fs.writeFileSync(config, "{ ruined: true }");
	return {
		...gateway,
		config,
		store: path.join(home, ".openclaw/state-snapshots"),
	};
}

afterEach(() => {
	process.removeAllListeners("SIGUSR2");
	vi.unstubAllEnvs();
});

/** Before it asks us OpenClaw sends away whoever lacks the scope. */
const SENT_AWAY = "requires gateway scope: operator.write";
const REFUSED = "Only the owner may do that. Nothing was changed.";
const CHANGING = [
	"restore 1",
	"undo",
	"prune 0",
	"rewind 1",
	"recover",
	"create --force",
	"auto start",
	"doctor",
	"hosts",
	"'create'",
	"ls 1",
	"show 1 openclaw.json",
	"cat 1 openclaw.json",
];
const LOOKING = ["list", "", "ls", "ls --all", "status", "help", "--help"];

describe("in a chat with several people", () => {
	it.each<[string, OpenClawContext]>([
		["a client that may only read", { gatewayClientScopes: ["operator.read"] }],
		["a sender who is not the owner", {}],
	])("%s is sent away by OpenClaw", { timeout }, async (_, who) => {
		const { say, config } = await changed();
		for (const words of [...CHANGING, ...LOOKING])
			expect((await say(words, who)).text).toContain(SENT_AWAY);
		expect(fs.readFileSync(config, "utf8")).toBe("{ ruined: true }");
	});

	it.each<[string, OpenClawContext]>([
		["a client that may write", { gatewayClientScopes: ["operator.write"] }],
		[
			"a sender who is the owner no longer",
			{
				assertOwnerCurrent() {
					throw new Error("no longer");
				},
			},
		],
	])("%s may look, and change nothing", { timeout }, async (_, who) => {
		const { say, config } = await changed();
		for (const words of CHANGING)
			expect(await say(words, who)).toEqual({ text: REFUSED, isError: true });
		for (const words of LOOKING)
			expect((await say(words, who)).isError).toBeUndefined();
		expect((await say("list", who)).text).toContain("Put one back with");
		expect(fs.readFileSync(config, "utf8")).toBe("{ ruined: true }");
	});

	it("its owner may", { timeout }, async () => {
		const { say, config } = await changed();
		const { text } = await say("restore 1", { assertOwnerCurrent() {} });
		expect(text).toContain("Restored snapshot 1");
		expect(fs.readFileSync(config, "utf8")).toBe("{}");
	});
});

it("what waits for a stopped gateway is done by openclaw snapshot", {
	timeout,
}, async () => {
	const { say } = await changed();
	const advice = 'run "openclaw snapshot recover" in a terminal';
	const { text } = await say("restore 1 --at-next-start", owner);
	expect(text).toContain(advice);
	expect((await say("list", owner)).text).toContain(advice);
});

describe("the gateway restarts by itself", () => {
	const RESTARTS = "The gateway now restarts by itself to load it";
	const ADVICE = "Restart the gateway to load it: openclaw gateway restart.";

	it("when a restore, or its undo, has changed something", {
		timeout,
	}, async () => {
		const { say } = await changed();
		const restart = vi.fn();
		process.on("SIGUSR2", restart);
		expect((await say("restore 1", owner)).text).toContain(RESTARTS);
		expect(restart).toHaveBeenCalledTimes(1);
		expect((await say("undo", owner)).text).toContain(RESTARTS);
		expect(restart).toHaveBeenCalledTimes(2);
	});

	it("and not when nothing has changed", { timeout }, async () => {
		const { say } = await changed();
		const restart = vi.fn();
		process.on("SIGUSR2", restart);
		for (const words of [
			"list",
			"restore 1 --dry-run",
			"restore 9",
			"create",
			"restore 1",
		])
			expect((await say(words, owner)).text).not.toContain(RESTARTS);
		expect(restart).not.toHaveBeenCalled();
	});

	it.each([
		[
			"where the config forbids it",
			{ ...owner, config: { commands: { restart: false } } },
			true,
		],
		["where it does not listen for it", owner, false],
	])(
		"and not %s: it says what to do",
		{ timeout },
		async (_, context, listens) => {
			const { say } = await changed();
			const restart = vi.fn();
			if (listens) process.on("SIGUSR2", restart);
			expect((await say("restore 1", context)).text).toContain(ADVICE);
			expect(restart).not.toHaveBeenCalled();
		},
	);

	it("and what was just put back is not captured before that stop", {
		timeout,
	}, async () => {
		const { say, fire, store } = await changed();
		process.on("SIGUSR2", () => {});
		await say("restore 1", owner);
		const before = fs.readdirSync(store);
		expect(await fire("gateway_stop")).toBeUndefined();
		expect(fs.readdirSync(store)).toEqual(before);
	});
});

it("a stop takes a snapshot when there is none", { timeout }, async () => {
	const home = homeWith({ ".openclaw/openclaw.json": "{}" });
	const { fire, say } = loadOpenClaw(home);
	await fire("gateway_stop");
	expect((await say("list", owner)).text).toContain("before stop");
});

it("openclaw snapshot is a command of the terminal, with our exit codes", {
	timeout,
}, async () => {
	const { twins } = await changed();
	expect(twins.map(({ name }) => name)).toEqual(["snapshot"]);
	const codes: unknown[] = [];
	for (const words of [["list", "--json"], ["restore", "9"], ["dance"]]) {
		await twins[0]?.run(words);
		codes.push(process.exitCode);
	}
	process.exitCode = undefined;
	expect(codes).toEqual([0, 1, 2]);
});
