import { describe, expect, it } from "vitest";
import { create } from "../support/commands.ts";
import { type Machine, OURS } from "../support/memory-system.ts";
import {
	HOME,
	plainHost,
	plainMachine,
	put,
	putDatabase,
	STORE,
} from "../support/plain-agent.ts";
import { say } from "../support/say.ts";

function doctor(on: Machine) {
	return say(on, "doctor plain", { prefix: "agent-snapshot" });
}

/** The paths that it names as not covered. */
function coverageIn({ hosts = [] }: Record<string, unknown>): string[] {
	const [{ findings } = { findings: [] }] = hosts as {
		findings: { about: string; text: string }[];
	}[];
	return findings
		.filter(({ about }) => about === "coverage")
		.filter(({ text }) => !text.startsWith("in no snapshot: "))
		.map(({ text }) => text.split(" ")[0] ?? "");
}

describe("doctor", () => {
	it("has nothing to complain of where all is well", async () => {
		const on = plainMachine();
		on.volume.chmodSync(HOME, 0o700);
		await create(on);
		const { text, exitCode } = await doctor(on);
		expect(exitCode).toBe(0);
		expect(text).toContain("agent-snapshot 0.0.0-test on Node 24.21.0");
		expect(text).toContain("every hash is right");
		expect(text).toContain("only you can read the secrets and the snapshots");
		expect(text).toContain("0 problems found.");
	});

	it("asks for a first snapshot", async () => {
		const { text, exitCode } = await doctor(plainMachine());
		expect(exitCode).toBe(0);
		expect(text).toContain("there is no good snapshot: agent-snapshot create");
	});

	it("finds the newest good one behind a damaged one", async () => {
		const on = plainMachine();
		const good = (await create(on)).snapshot.id;
		put(on, "config.yaml", "model: other\n");
		const bad = (await create(on)).snapshot.id;
		on.volume.chmodSync(`${STORE}/${bad}/config.yaml`, 0o600);
		on.volume.writeFileSync(`${STORE}/${bad}/config.yaml`, "model: 0ther\n");
		const { text, exitCode } = await doctor(on);
		expect(exitCode).toBe(1);
		expect(text).toMatch(new RegExp(`PROBLEM .*${bad} is damaged`));
		expect(text).toContain(`the newest good one is ${good}`);
	});

	it("names databases and secrets that no snapshot takes, and nothing that one does", async () => {
		const on = plainMachine();
		putDatabase(on, "extra/notes.db", "unseen");
		put(on, "extra/api-key.json", "{}");
		put(on, "extra/token-counter.py", "print(1)");
		put(on, "node_modules/x/secret.json", "{}");
		await create(on);
		const { data } = await doctor(on);
		expect(coverageIn(data)).toEqual(["extra/notes.db", "extra/api-key.json"]);
	});

	it("says what belongs to no snapshot, with its size, and not what a snapshot has of it", async () => {
		const on = plainMachine();
		put(on, "chats/one.jsonl", "x".repeat(2000));
		put(on, "chats/.parts/two.jsonl", "x".repeat(1000));
		put(on, "boards/red/workspaces/token.json", "x".repeat(500));
		put(on, "profiles/job/chats/three.jsonl", "x".repeat(700));
		put(on, "cache/old.db", "x".repeat(9000));
		await create(on);
		const { text } = await doctor(on);
		expect(text).toMatch(
			/note +history +in no snapshot: chats \(3\.0 KB: chats\), boards\/\*\/workspaces \(500 B: workspaces of boards\), profiles\/\*\/chats \(700 B: chats\): "include" in/,
		);
	});

	it("names databases and secrets among the history, too, but for those that it is made of", async () => {
		const on = plainMachine();
		putDatabase(on, "chats/index.sqlite", "unseen");
		put(on, "chats/one/api_key.json", "{}");
		put(on, "chats/one/node_modules/x/secret.json", "{}");
		put(on, "chats/cache/token.json", "{}");
		putDatabase(on, "profiles/job/chats/index.sqlite", "unseen");
		putDatabase(on, "browser/cookies.sqlite", "unseen");
		put(on, "browser/secrets.json", "{}");
		const host = {
			...plainHost,
			rebuildable: ["chats/cache"],
			history: [
				...plainHost.history,
				{ path: "browser", what: "profile", ownDatabases: true as const },
			],
		};
		const { data } = await say(on, "doctor plain", {
			host,
			prefix: "agent-snapshot",
		});
		expect(coverageIn(data)).toEqual([
			"chats/index.sqlite",
			"profiles/job/chats/index.sqlite",
			"chats/one/api_key.json",
			"browser/secrets.json",
		]);
	});

	it("follows no link out of the home", async () => {
		const on = plainMachine();
		on.volume.mkdirSync("/home/ada/elsewhere");
		on.volume.writeFileSync("/home/ada/elsewhere/token.pem", "x");
		on.volume.symlinkSync("/home/ada/elsewhere", `${HOME}/elsewhere`);
		expect((await doctor(on)).text).not.toContain("token.pem");
	});

	it("says that others can read the secrets", async () => {
		const on = plainMachine();
		for (const directory of ["/home", "/home/ada", HOME])
			on.volume.chmodSync(directory, 0o755);
		on.volume.chmodSync(`${HOME}/token.json`, 0o644);
		expect((await doctor(on)).text).toContain(
			`others on this machine may read token.json: chmod 700 ${HOME}`,
		);
	});

	it("says that the disk is too full", async () => {
		const on = plainMachine();
		on.freeBytes = 1000;
		const { text, exitCode } = await doctor(on);
		expect(exitCode).toBe(1);
		expect(text).toMatch(/PROBLEM {2}room .*1\.0 KB are free/);
	});

	it("says that a restore was interrupted, and which one waits", async () => {
		const on = plainMachine();
		const { id } = (await create(on)).snapshot;
		put(on, "config.yaml", "model: other\n");
		await say(on, "restore 1 --at-next-start");
		expect((await doctor(on)).text).toContain(`a restore of ${id} waits`);
		on.volume.mkdirSync(`${STORE}/.restore`, { recursive: true });
		on.volume.writeFileSync(`${STORE}/.restore/journal.json`, "{}");
		const { text, exitCode } = await doctor(on);
		expect(exitCode).toBe(1);
		expect(text).toContain("a restore was interrupted: agent-snapshot recover");
	});

	it("tells of a bad line in the settings, and goes on", async () => {
		const on = plainMachine();
		await create(on);
		on.volume.writeFileSync(`${STORE}/config.json`, '{"keep": 3}');
		const { text } = await doctor(on);
		expect(text).toMatch(/PROBLEM {2}settings .*keep/);
		expect(text).toContain("every hash is right");
	});

	it("starts the plugin's engine, as the plugin does", async () => {
		const on = plainMachine();
		on.volume.mkdirSync(`${OURS}/plain`, { recursive: true });
		on.volume.writeFileSync(`${OURS}/plain/__init__.py`, "# ours");
		on.programs.set("plain", () => ({}));
		await say(on, "install plain --yes", { prefix: "agent-snapshot" });
		on.programs.set("node", ([cli]) => ({
			output: cli === `${OURS}/dist/cli.js` ? '{"ok":true}' : "",
		}));
		expect((await doctor(on)).text).toContain(
			"installed, and its engine answers",
		);
		on.programs.delete("node");
		expect((await doctor(on)).text).toContain(
			"Plain starts node for it, which is not on the path",
		);
		on.programs.set("node", () => ({ exitCode: 1, problem: "no such module" }));
		const { text, exitCode } = await doctor(on);
		expect(exitCode).toBe(1);
		expect(text).toContain("its engine does not answer (no such module)");
	});

	it("says that the copy which the agent runs is gone, and starts nothing in its place", async () => {
		const on = plainMachine();
		const { installation } = plainHost;
		const copying = {
			...plainHost,
			installation: {
				program: installation.program,
				add: [],
				remove: [],
				signs: [{ path: "config.yaml" }],
				traces: [],
				runsFrom: "plugins/cache/*",
				afterwards: "Restart Plain.",
			},
		};
		const started: unknown[] = [];
		on.programs.set("--json", (words) => {
			started.push(words);
			return {};
		});
		const { text } = await say(on, "doctor plain", { host: copying });
		expect(text).toMatch(/PROBLEM +plugin +installed, but the copy .* is gone/);
		expect(text).toContain("agent-snapshot install plain --yes");
		expect(started).toEqual([]);
	});

	it("in a chat speaks of its own agent, and changes nothing", async () => {
		const on = plainMachine();
		const { text } = await say(on, "doctor");
		expect(text).toContain(`Plain, at ${HOME}`);
		expect(on.volume.existsSync(STORE)).toBe(false);
	});
});

describe("hosts", () => {
	const nobody = {
		host: { ...plainHost, name: "nobody", title: "Nobody" },
		places: { home: "/home/ada/.nobody", roots: {} },
		environment: {},
	};
	const here = {
		host: plainHost,
		places: { home: HOME, roots: {} },
		environment: {},
	};

	it("tells of those that are here, and names the others", async () => {
		const on = plainMachine();
		await create(on);
		on.running = [{ pid: 77, command: "plain", environment: undefined }];
		const { text, data } = await say(on, "hosts", { known: [here, nobody] });
		expect(text).toMatch(/Plain +plain +\d+ B +just now +pid 77 +\S+\.plain$/m);
		expect(text).toContain("Not here: Nobody.");
		expect(data.hosts).toMatchObject([
			{ host: "plain", home: HOME, running: [{ pid: 77 }] },
		]);
	});

	it("tells processes of another home apart", async () => {
		const on = plainMachine();
		const at = (pid: number, environment: Record<string, string>) => ({
			pid,
			command: "plain",
			environment,
		});
		const usual = HOME.slice(0, HOME.lastIndexOf("/"));
		on.running = [
			at(1, { HOME: usual }),
			at(2, { HOME: "/home/other" }),
			at(3, { HOME: usual, PLAIN_HOME: "/srv/second" }),
			at(4, { HOME: "/home/other", PLAIN_HOME: HOME }),
		];
		const { data } = await say(on, "hosts", { known: [here] });
		expect(data.hosts).toMatchObject([{ running: [{ pid: 1 }, { pid: 4 }] }]);
	});

	it("counts those who hold its databases as running", async () => {
		const on = plainMachine();
		on.holders = new Map([
			[`${HOME}/state.db`, [{ pid: 9, command: "python3", isGone: false }]],
		]);
		const { text } = await say(on, "hosts", { known: [here] });
		expect(text).toContain("pid 9");
	});

	it("does not know where the system does not tell", async () => {
		const on = plainMachine();
		on.holders = undefined;
		on.running = undefined;
		const { data } = await say(on, "hosts", { known: [here] });
		expect(data.hosts).toMatchObject([{ running: null }]);
	});
});

describe("status", () => {
	it("tells what is kept, and what waits", async () => {
		const on = plainMachine();
		expect((await say(on, "status")).text).toContain(
			"No good snapshot. Make one with: /snapshot create",
		);
		const { id } = (await create(on)).snapshot;
		put(on, "config.yaml", "model: other\n");
		await say(on, "restore 1 --at-next-start");
		const { text, data } = await say(on, "status");
		expect(text).toContain(`A restore of ${id} waits`);
		expect(text).toContain(`Newest good snapshot: ${id}, just now`);
		expect(text).toContain("Running: no.");
		expect(data).toMatchObject({
			newest: { id },
			total: 1,
			recoveryPending: false,
			atNextStart: id,
		});
	});

	it("does not count what a restore has left for its undo", async () => {
		const on = plainMachine();
		const { id } = (await create(on)).snapshot;
		put(on, "config.yaml", "model: other\n");
		await say(on, "restore 1");
		expect((await say(on, "status")).data).toMatchObject({
			newest: { id },
			total: 2,
		});
		expect((await doctor(on)).text).toContain(`the newest good one is ${id}`);
	});

	it("says when a restore was interrupted", async () => {
		const on = plainMachine();
		await create(on);
		on.volume.mkdirSync(`${STORE}/.restore`, { recursive: true });
		on.volume.writeFileSync(`${STORE}/.restore/journal.json`, "{}");
		const { text, data } = await say(on, "status");
		expect(text).toContain("A restore was interrupted: /snapshot recover");
		expect(data).toMatchObject({ recoveryPending: true });
	});
});
