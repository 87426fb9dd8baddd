import { beforeEach, describe, expect, it } from "vitest";
import type { Host } from "../../src/core/home/host.ts";
import { readRuns } from "../../src/core/schedule/run-log.ts";
import { create } from "../support/commands.ts";
import type { Machine } from "../support/memory-system.ts";
import {
	agentOn,
	HOME,
	plainHost,
	plainMachine,
	put,
	STORE,
} from "../support/plain-agent.ts";
import { say } from "../support/say.ts";

const NODE = "/usr/bin/node";
const PING = "https://ping.example/0b1c2d3e-secret-4f5a";
const UNITS = "/home/ada/.config/systemd/user";
const LOG = `${STORE}/log.jsonl`;

const DAY = 24 * 3_600_000;

let on: Machine;
/** What programs were told. */
let told: string[];

beforeEach(() => {
	on = plainMachine();
	told = [];
	for (const file of [NODE, "/opt/agent-snapshot/dist/cli.js"]) {
		on.volume.mkdirSync(file.replace(/\/[^/]*$/, ""), { recursive: true });
		on.volume.writeFileSync(file, "");
	}
	on.volume.mkdirSync("/home/ada/.config", { recursive: true });
});

function terminal(text: string, options = {}) {
	return say(on, `schedule ${text}`, { prefix: "agent-snapshot", ...options });
}

function hasSystemd(): void {
	on.volume.mkdirSync("/run/systemd/system", { recursive: true });
	let active = false;
	on.programs.set("systemctl", (words) => {
		told.push(`systemctl ${words.join(" ")}`);
		if (words.includes("restart")) active = true;
		if (words.includes("disable")) active = false;
		return { exitCode: words.includes("is-active") && !active ? 3 : 0 };
	});
}

/** Returns what it has by now. */
function hasCron(before?: string): () => string | undefined {
	let text = before;
	on.programs.set("crontab", ([flag], input) => {
		if (flag === "-l" && text === undefined)
			return { exitCode: 1, problem: "no crontab for ada" };
		if (flag === "-l") return { output: text ?? "" };
		told.push(`crontab ${flag}`);
		text = flag === "-r" ? undefined : input;
		return {};
	});
	return () => text;
}

function hasLaunchd(): void {
	let isThere = false;
	on.programs.set("launchctl", (words) => {
		told.push(`launchctl ${words.join(" ")}`);
		if (words[0] === "bootstrap") isThere = true;
		if (words[0] === "bootout") isThere = false;
		return { exitCode: words[0] === "print" && !isThere ? 113 : 0 };
	});
}

function read(path: string): string {
	return String(on.volume.readFileSync(path));
}

/** All files but for those that lie in the agent's home. */
function filesAround(directory = ""): string[] {
	const { disk } = on.system;
	return disk.names(directory || "/").flatMap((name) => {
		const path = `${directory}/${name}`;
		if (path === HOME) return [];
		return disk.stat(path)?.kind === "directory" ? filesAround(path) : [path];
	});
}

function changing(): string[] {
	return told.filter(
		(line) => !/ (show|is-active|print|list-timers) /.test(line),
	);
}

describe("schedule install", () => {
	const SYSTEMS: [what: string, has: () => void, shown: string][] = [
		["systemd", hasSystemd, "OnCalendar=*-*-* 04:10:00"],
		["launchd", hasLaunchd, "<key>StartCalendarInterval</key>"],
		["cron", () => void hasCron(), "schedule run --nightly 04:10"],
	];

	it.each(
		SYSTEMS,
	)("shows what it would write for %s, and writes nothing", async (_, has, shown) => {
		has();
		const before = filesAround();
		const { text, data, ok } = await terminal(
			"install --nightly 4:10 --weekly-drill",
		);
		expect(ok).toBe(true);
		expect(text).toContain(shown);
		expect(text).toMatch(/Nothing was changed\. To do it, .* --yes\.$/);
		expect(data).toMatchObject({ done: [] });
		expect(filesAround()).toEqual(before);
		expect(changing()).toEqual([]);
	});

	it.each(
		SYSTEMS,
	)("does it by %s, once, and remove takes out just that", async (what, has) => {
		has();
		const before = filesAround();
		const words = "install --nightly 04:10 --weekly-drill --yes";
		const { text } = await terminal(words);
		expect(text).toContain(
			`Every night at 04:10, with a drill once a week, by ${what}.`,
		);
		const done = changing();
		expect(done.length).toBeGreaterThan(0);
		// What is not said stays as it is.
		expect((await terminal("install --yes")).text).toContain(
			"04:10, with a drill once a week",
		);
		expect(changing()).toEqual(done);
		const status = await terminal("status");
		expect(status.data.schedules).toMatchObject([
			{ by: what, nightly: "04:10", weeklyDrill: true, active: true },
		]);
		expect((await terminal("remove")).text).toContain("Nothing was changed.");
		expect(changing()).toEqual(done);
		await terminal("remove --yes");
		expect(filesAround()).toEqual(before);
		expect((await terminal("status")).data.schedules).toEqual([]);
		const { text: again } = await terminal("remove --yes");
		expect(again).toBe("No schedule is installed. Nothing was changed.");
	});

	describe("--push", () => {
		const RESTIC = "/opt/homebrew/bin/restic";
		const RCLONE = "/home/ada/.local/bin/rclone";

		/** A shell that has them, and settings with a repository. */
		function pushesTo(repository: string, more: object = {}): void {
			on.programs.set(RESTIC, () => ({ output: "restic 0.17.3 compiled" }));
			const { find } = on.system.programs;
			const own = { restic: RESTIC, rclone: RCLONE };
			Object.assign(on.system.programs, {
				find: (name: string) => own[name as keyof typeof own] ?? find(name),
			});
			const one = { repository, passwordFile: "/home/ada/key", ...more };
			put(
				on,
				"state-snapshots/config.json",
				JSON.stringify({ remotes: { offsite: one } }),
			);
		}

		it.each(
			SYSTEMS,
		)("has %s look where this shell has what a push starts", async (_, has) => {
			has();
			pushesTo("rclone:box:ada");
			const { text, ok } = await terminal("install --push");
			expect({ ok, text }).toMatchObject({ ok: true });
			expect(text).toMatch(
				/PATH(=|<\/key><string>)\/opt\/homebrew\/bin:\/home\/ada\/\.local\/bin:\/usr\/local\/bin:\/usr\/bin:\/bin\b/,
			);
			expect((await terminal("install")).text).not.toContain("homebrew");
		});

		it.each<
			[
				repository: string,
				shell: Record<string, string>,
				more: object,
				refused?: string,
			]
		>([
			[
				"s3:s3.example/ada",
				{ AWS_SECRET_ACCESS_KEY: "k3y" },
				{},
				"AWS_SECRET_ACCESS_KEY",
			],
			[
				"b2:ada:x",
				{ B2_ACCOUNT_ID: "i", B2_ACCOUNT_KEY: "k3y" },
				{},
				"B2_ACCOUNT_ID, B2_ACCOUNT_KEY",
			],
			["rest:https://x/", { RESTIC_CACERT: "/k3y" }, {}, "RESTIC_CACERT"],
			[
				"s3:s3.example/ada",
				{ AWS_PROFILE: "x" },
				{ environmentFile: "/home/ada/env" },
			],
			["sftp:ada@x:/srv", { AWS_PROFILE: "x" }, {}],
		])("%s with %j: what only the shell has is refused", async (repository, shell, more, refused) => {
			hasSystemd();
			pushesTo(repository, more);
			on.variables = shell;
			const { text, ok } = await terminal("install --push --yes");
			expect({ text, ok }).toMatchObject({ ok: refused === undefined });
			if (refused === undefined) return;
			expect(text).toContain(
				`Only this shell has ${refused}, by which offsite`,
			);
			expect(text).toContain("--environment-file");
			expect(text).not.toContain("k3y");
			expect(changing()).toEqual([]);
		});

		it("is refused where there is no restic", async () => {
			hasSystemd();
			pushesTo("/mnt/disk");
			Object.assign(on.system.programs, { find: () => undefined });
			const { text, ok } = await terminal("install --push --yes");
			expect(ok).toBe(false);
			expect(text).toContain("restic is not installed");
		});
	});

	it("asks a person who sits at a terminal", async () => {
		hasSystemd();
		const asked: string[] = [];
		const confirm = (answer: boolean) => async (question: string) => {
			asked.push(question);
			return answer;
		};
		const no = await terminal("install", { confirm: confirm(false) });
		expect(no.text).toBe("Nothing was changed.");
		expect(changing()).toEqual([]);
		const yes = await terminal("install", { confirm: confirm(true) });
		expect(yes.text).toContain("Every night at 03:30, by systemd.");
		expect(asked[0]).toContain("RandomizedDelaySec=15min");
		expect(asked[1]).toBe(asked[0]);
	});

	it("writes units that others may read and nobody else may write, with the places of now", async () => {
		hasSystemd();
		const host: Host = {
			...plainHost,
			roots: { config: { variable: "PLAIN_CONFIG", below: "plain" } },
			movedBy: { PLAIN_DB: "its database" },
		};
		on.variables = { OTHER: "x", PLAIN_CONFIG: "/srv/conf" };
		await terminal("install --yes", { host });
		const [service = "", timer = ""] = on.volume
			.readdirSync(UNITS)
			.map((name) => `${UNITS}/${name}`);
		expect(read(service)).toContain(`Environment="PLAIN_HOME=${HOME}"`);
		expect(read(service)).toContain('Environment="HOME=/home/ada"');
		expect(read(service)).toContain('Environment="PLAIN_CONFIG=/srv/conf"');
		expect(read(service)).toMatch(/^UnsetEnvironment=NODE_.* PLAIN_DB$/m);
		expect(read(service)).not.toContain("OTHER");
		expect(read(service)).toContain(`ExecStart="${NODE}" "/opt/`);
		expect(read(service)).not.toContain("--if-due");
		for (const file of [service, timer])
			expect(on.volume.statSync(file).mode & 0o777).toBe(0o644);
		const name = timer.slice(UNITS.length + 1);
		expect(changing()).toEqual([
			"systemctl --user daemon-reload",
			`systemctl --user enable ${name}`,
			`systemctl --user restart ${name}`,
		]);
	});

	it("gives each home and each agent a name of its own", async () => {
		hasSystemd();
		on.volume.mkdirSync("/srv/other", { recursive: true });
		on.volume.writeFileSync("/srv/other/config.yaml", "");
		const places = { home: "/srv/other", roots: {} };
		const host = { ...plainHost, name: "plainer" };
		for (const options of [{}, { places }, { host }])
			await terminal("install --yes", options);
		expect(on.volume.readdirSync(UNITS)).toHaveLength(6);
		await terminal("remove --yes", { places });
		expect(on.volume.readdirSync(UNITS)).toHaveLength(4);
	});

	it("is of the whole machine for root, and runs as whom the home belongs to", async () => {
		hasSystemd();
		on.volume.mkdirSync("/etc/systemd/system", { recursive: true });
		on.volume.chmodSync(HOME, 0o755);
		on.volume.chownSync(HOME, 1000, 1000);
		Object.assign(on.system.processes, { userId: 0 });
		await terminal("install --yes");
		const [service = ""] = on.volume.readdirSync("/etc/systemd/system");
		expect(read(`/etc/systemd/system/${service}`)).toContain("\nUser=1000\n");
		expect(read(`/etc/systemd/system/${service}`)).not.toContain('"HOME=');
		expect(changing()[0]).toBe("systemctl daemon-reload");
	});

	it("does not have root's cron work in the home of another", async () => {
		hasCron();
		on.volume.chmodSync(HOME, 0o755);
		on.volume.chownSync(HOME, 1000, 1000);
		Object.assign(on.system.processes, { userId: 0 });
		const { text, ok } = await terminal("install --yes");
		expect(ok).toBe(false);
		expect(text).toContain("another user (1000)");
		expect(told).toEqual([]);
	});

	it("touches nothing else of a crontab", async () => {
		const crontab = hasCron("# mine\nMAILTO=me\n0 5 * * 1 backup\n");
		await terminal("install --yes");
		expect(crontab()).toMatch(
			/^# mine\nMAILTO=me\n0 5 \* \* 1 backup\n# BEGIN /,
		);
		await terminal("install --nightly 5:00 --yes");
		expect(crontab()?.match(/# BEGIN/g)).toHaveLength(1);
		expect(crontab()).toContain("--nightly 05:00");
		await terminal("remove --yes");
		expect(crontab()).toBe("# mine\nMAILTO=me\n0 5 * * 1 backup\n");
	});

	it("takes no error of crontab for an empty one", async () => {
		on.programs.set("crontab", ([flag]) => {
			told.push(`crontab ${flag}`);
			return {
				exitCode: 1,
				problem: "You (ada) are not allowed to use this program",
			};
		});
		const { text, ok } = await terminal("install --yes");
		expect(ok).toBe(false);
		expect(text).toContain("not allowed to use this program");
		expect(told).not.toContain("crontab -");
	});

	it("moves from cron to systemd when the machine has that", async () => {
		const crontab = hasCron("mine\n");
		await terminal("install --yes");
		hasSystemd();
		await terminal("install --yes");
		expect(crontab()).toBe("mine\n");
		expect(on.volume.readdirSync(UNITS)).toHaveLength(2);
	});

	it("says what had been done when a program fails, and can be given again", async () => {
		hasSystemd();
		const systemctl = on.programs.get("systemctl");
		on.programs.set("systemctl", (words) =>
			words.includes("enable")
				? { exitCode: 1, problem: "Failed to enable unit: no room" }
				: (systemctl?.(words) ?? {}),
		);
		const { text, ok } = await terminal("install --yes");
		expect(ok).toBe(false);
		expect(text).toContain(
			"Failed to enable unit: no room. Done before it: write",
		);
		if (systemctl) on.programs.set("systemctl", systemctl);
		expect((await terminal("install --yes")).ok).toBe(true);
	});

	it("writes over nothing that is somebody else's", async () => {
		hasSystemd();
		await terminal("install --yes");
		const [service = ""] = on.volume.readdirSync(UNITS);
		on.volume.writeFileSync(`${UNITS}/${service}`, "[Service]\n");
		const { text } = await terminal("install --nightly 05:00 --yes");
		expect(text).toContain("is not ours. Nothing was changed.");
		expect(read(`${UNITS}/${service}`)).toBe("[Service]\n");
	});

	it.each([
		["install --nightly 25:00", "--nightly needs a time of day"],
		["install --nightly 3", "--nightly needs a time of day"],
		["install --ping ftp://x", "--ping needs an address"],
		["install --if-due", "--if-due is not for schedule install"],
		["status --yes", "--yes is not for schedule status"],
		["begin", 'no "begin"'],
		["toString", 'no "toString"'],
		["", "schedule needs an action"],
	])("refuses: schedule %s", async (words, why) => {
		hasSystemd();
		const { text, exitCode } = await terminal(words);
		expect(exitCode).toBe(2);
		expect(text).toContain(why);
		expect(text).toContain("Nothing was changed.");
		expect(text).not.toContain("ftp:");
	});

	it("tells a machine that has nothing of the kind what to call", async () => {
		const { text, ok } = await terminal("install --yes");
		expect(ok).toBe(false);
		expect(text).toContain(
			`${NODE} /opt/agent-snapshot/dist/cli.js --host plain`,
		);
	});

	it("is not for a home with nothing of the agent in it", async () => {
		hasSystemd();
		on.volume.mkdirSync("/srv/empty", { recursive: true });
		const places = { home: "/srv/empty", roots: {} };
		const { ok, text } = await terminal("install --yes", { places });
		expect({ ok, text }).toMatchObject({ ok: false });
		expect(on.volume.readdirSync("/srv/empty")).toEqual([]);
		expect(changing()).toEqual([]);
	});

	it("is not for chats", async () => {
		const { exitCode, text } = await say(on, "schedule install --yes");
		expect({ exitCode, text }).toMatchObject({ exitCode: 2 });
		expect(text).toContain("schedule is for a terminal");
	});
});

describe("who is told", () => {
	const SETTINGS = `${STORE}/config.json`;

	it("stands in the settings, private, and no secret is shown or given to a timer", async () => {
		hasSystemd();
		put(
			on,
			"state-snapshots/config.json",
			'{\n  // mine\n  "automatic": false\n}\n',
		);
		const words = `install --ping ${PING} --on-failure 'mail me'`;
		const shown = await terminal(words);
		const done = await terminal(`${words} --yes`);
		const status = await terminal("status");
		const all = JSON.stringify([shown, done, status, told]);
		expect(all).not.toContain("secret");
		expect(status.text).toContain("told to https://ping.example/••••");
		for (const file of filesAround())
			expect(read(file)).not.toContain("secret");
		expect(read(SETTINGS)).toContain(`"ping": "${PING}"`);
		expect(read(SETTINGS)).toContain("// mine");
		expect(on.volume.statSync(SETTINGS).mode & 0o777).toBe(0o600);
		await terminal("remove --yes");
		expect(read(SETTINGS)).toBe('{\n  // mine\n  "automatic": false\n}\n');
	});

	it("can be changed and taken out, and the file goes with the last of it", async () => {
		hasSystemd();
		await terminal(`install --ping ${PING} --on-failure one --yes`);
		await terminal('install --ping "" --on-failure two --yes');
		expect(JSON.parse(read(SETTINGS))).toEqual({
			schedule: { onFailure: "two" },
		});
		await terminal("remove --yes");
		expect(on.volume.existsSync(SETTINGS)).toBe(false);
	});
});

describe("schedule run", () => {
	const posted: string[] = [];

	beforeEach(() => {
		posted.length = 0;
		on.web = (url, text) => {
			posted.push(`${url.replace(PING, "")} ${text}`);
			return undefined;
		};
		put(
			on,
			"state-snapshots/config.json",
			JSON.stringify({
				schedule: { ping: `${PING}?rid=1`, onFailure: "tell me" },
			}),
		);
		on.volume.chmodSync(STORE, 0o700);
		on.programs.set("tell me", () => {
			told.push("tell me");
			return { exitCode: 0 };
		});
	});

	const runs = () => readRuns(agentOn(on));
	const listed = async () => (await say(on, "list")).data.total;

	it("makes one snapshot when it is called twice, and tells of it", async () => {
		const { ok, text } = await terminal("run");
		expect({ ok, text }).toMatchObject({ ok: true });
		expect(text).toMatch(/^Snapshot: 20261121-011402 /);
		put(on, "config.yaml", "model: two\n");
		expect((await terminal("run")).data).toMatchObject({ run: null });
		expect(await listed()).toBe(1);
		on.clock.advance(3_600_000);
		await terminal("run");
		expect(await listed()).toBe(2);
		on.clock.advance(3_600_000);
		expect((await terminal("run")).text).toContain("nothing has changed since");
		expect(await listed()).toBe(2);
		expect(runs().map(({ ok }) => ok)).toEqual([true, true, true]);
		expect(told).toEqual([]);
	});

	it("tells the beginning and the end where healthchecks looks for them", async () => {
		await terminal("run");
		expect(posted).toEqual([
			expect.stringMatching(/^\/start\?rid=1 $/),
			expect.stringMatching(/^\?rid=1 snapshot: 20261121-011402 /),
		]);
	});

	it("drills until a drill of this week went well", async () => {
		const steps = async () => {
			put(on, "config.yaml", `model: ${on.clock.now().toISOString()}\n`);
			await terminal("run --weekly-drill");
			return runs()
				.at(-1)
				?.steps.map(({ step }) => step);
		};
		// A Saturday.
		expect(await steps()).toEqual(["snapshot", "drill"]);
		on.clock.advance(2 * 3_600_000);
		expect(await steps()).toEqual(["snapshot"]);
		on.clock.set("2026-11-22T12:30:00Z");
		expect(await steps()).toEqual(["snapshot", "drill"]);
		on.clock.set("2026-11-28T12:30:00Z");
		expect(await steps()).toEqual(["snapshot"]);
	});

	it.each([
		true,
		false,
	])("drills again unless the last one went well: %s", async (ok) => {
		const at = on.clock.now().toISOString();
		const drill = { at, id: "x", ok, milliseconds: 1, files: 1, bytes: 1 };
		put(on, "state-snapshots/drills.jsonl", JSON.stringify(drill));
		const { text } = await terminal("run --weekly-drill");
		expect(text.includes("Drill: ")).toBe(!ok);
	});

	it("says nothing when it is quiet and all is well", async () => {
		expect((await terminal("run --quiet")).text).toBe("");
		expect((await terminal("run --quiet")).text).toBe("");
	});

	it("asked every hour does one a night, and says how late", async () => {
		const nightly = async (at: string) => {
			on.clock.set(at);
			await terminal("run --nightly 03:30 --if-due");
			return runs().length;
		};
		expect(await nightly("2026-11-22T03:38:00")).toBe(1);
		expect(await nightly("2026-11-22T04:38:00")).toBe(1);
		expect(await nightly("2026-11-23T02:38:00")).toBe(1);
		expect(await nightly("2026-11-23T09:38:00")).toBe(2);
		expect(runs().map(({ late }) => late)).toEqual([
			undefined,
			(6 * 60 + 8) * 60_000,
		]);
	});

	describe("that fails", () => {
		beforeEach(async () => {
			await create(on);
			put(on, "config.yaml", "model: two\n");
			on.freeBytes = 1000;
		});

		it("is told: exit code, log, ping, command, and no secret", async () => {
			const { exitCode, text } = await terminal("run --quiet");
			expect(exitCode).toBe(1);
			expect(text).toContain("Snapshot FAILED: Not enough room");
			expect(posted[1]).toMatch(/^\/fail\?rid=1 snapshot: Not enough room/);
			expect(told).toEqual(["tell me"]);
			expect(runs()).toMatchObject([{ ok: false }]);
			expect(read(LOG) + text).not.toContain("secret");
			expect(on.volume.statSync(LOG).mode & 0o777).toBe(0o600);
		});

		it("is shown in front of list, create and status until one goes well", async () => {
			await terminal("run");
			on.freeBytes = 50e9;
			for (const verb of ["list", "create", "status"])
				expect((await say(on, verb)).text.split("\n")[0]).toMatch(
					/^The scheduled run of 21 Nov \d\d:\d\d FAILED \(snapshot: Not enough room.*\)\. More, in a terminal: agent-snapshot schedule status$/,
				);
			expect((await terminal("status")).text).toContain(
				"FAILED. snapshot: Not",
			);
			on.clock.advance(60_000);
			await terminal("run");
			for (const verb of ["list", "create", "status"])
				expect((await say(on, verb)).text).not.toContain("FAILED");
		});

		it("is forgotten with the schedule", async () => {
			hasCron();
			await terminal("install --yes");
			await terminal("run");
			expect((await say(on, "list")).text).toContain("FAILED");
			on.clock.advance(60_000);
			await terminal("remove --yes");
			expect((await say(on, "list")).text).not.toContain("FAILED");
		});

		it("does so when nobody takes what is told, and notes that", async () => {
			on.web = () => "ECONNREFUSED";
			on.programs.set("tell me", () => ({ exitCode: 7 }));
			await terminal("run");
			expect(runs()).toMatchObject([
				{
					ok: false,
					notes: [
						"https://ping.example/•••• could not be told: ECONNREFUSED",
						"The command for failures ended with 7",
					],
				},
			]);
		});

		it("does not keep a drill from being tried", async () => {
			on.freeBytes = 50e9;
			on.volume.chmodSync(`${HOME}/letters`, 0o700);
			put(on, "state-snapshots/config.json", '{"include": 7}');
			const { text } = await terminal("run --weekly-drill");
			expect(text).toContain("Snapshot FAILED");
			expect(text).toContain("Drill: ");
		});
	});

	it("that loses something has exit code 3, is a failure, and tells no secret in a name", async () => {
		const key = "sk-proj-4bQ9x7Zt2Lm8Vn3Rk6Yw1Pd5";
		put(on, `agents/${key}/agent.db`, "no database");
		const { exitCode, text } = await terminal("run");
		expect(exitCode).toBe(3);
		expect(runs()).toMatchObject([{ ok: false }]);
		expect(text).toContain("is incomplete: it lacks agents/");
		expect(text + read(LOG) + posted.join()).not.toContain(key);
	});

	it("does no snapshot harm when the ping cannot be had", async () => {
		on.web = () => "it took longer than 10 s";
		const { ok, text } = await terminal("run");
		expect(ok).toBe(true);
		expect(text).toContain("could not be told: it took longer than 10 s");
		expect(await listed()).toBe(1);
	});

	it.each<[what: string, files: Record<string, string>, isPutOff: boolean]>([
		[
			"an empty battery",
			{ "BAT0/status": "Discharging", "BAT0/capacity": "14" },
			true,
		],
		[
			"a full battery",
			{ "BAT0/status": "Discharging", "BAT0/capacity": "80" },
			false,
		],
		[
			"an empty battery that is charged",
			{ "BAT0/status": "Charging", "BAT0/capacity": "3" },
			false,
		],
		[
			"an empty mouse",
			{
				"BAT0/status": "Discharging",
				"BAT0/capacity": "3",
				"BAT0/scope": "Device",
			},
			false,
		],
	])("on %s", async (_, files, isPutOff) => {
		const all = { "AC/type": "Mains", "BAT0/type": "Battery", ...files };
		for (const [name, text] of Object.entries(all)) {
			const file = `/sys/class/power_supply/${name}`;
			on.volume.mkdirSync(file.replace(/\/[^/]*$/, ""), { recursive: true });
			on.volume.writeFileSync(file, `${text}\n`);
		}
		const { ok, text } = await terminal("run --nightly 03:30 --if-due");
		expect(ok).toBe(true);
		expect(await listed()).toBe(isPutOff ? 0 : 1);
		if (!isPutOff) return;
		expect(text).toBe("Put off to the next time: the battery is at 14 %.");
		expect(runs()).toMatchObject([{ putOff: "the battery is at 14 %" }]);
		expect(runs()[0]).not.toHaveProperty("ok");
		expect(posted).toEqual([]);
		// The next hour it is tried again.
		on.volume.rmSync("/sys", { recursive: true });
		await terminal("run --nightly 03:30 --if-due");
		expect(await listed()).toBe(1);
	});

	it("tells of a disk that takes nothing any more", async () => {
		await terminal("run");
		on.clock.advance(DAY);
		put(on, "config.yaml", "model: two\n");
		on.before = (call) => {
			if (call.includes(STORE))
				throw Object.assign(new Error("read-only"), { code: "EROFS" });
		};
		posted.length = 0;
		const { exitCode, text } = await terminal("run");
		expect(exitCode).toBe(1);
		expect(text).toContain(
			"Snapshot FAILED: It did not work: the disk is read-only",
		);
		expect(text).toContain(
			`It could not be noted in ${LOG}: the disk is read-only`,
		);
		expect(posted[1]).toMatch(/^\/fail/);
		expect(told).toEqual(["tell me"]);
	});

	it("leaves it to another one that is at work", async () => {
		await terminal("run");
		on.clock.advance(3_600_000);
		on.elsewhere.locked.add(`${STORE}/.run.lock`);
		const { exitCode, text } = await terminal("run");
		expect(exitCode).toBe(11);
		expect(text).toContain("Another scheduled run is at work here.");
		const asked = await terminal("run --nightly 03:30 --if-due --quiet");
		expect(asked).toMatchObject({ ok: true, text: "" });
		expect(runs()).toHaveLength(1);
	});

	it("notes what it came to while another command has the lock all the time", async () => {
		await terminal("run");
		on.clock.advance(3_600_000);
		put(on, "config.yaml", "model: two\n");
		on.elsewhere.locked.add(`${STORE}/.lock.db`);
		expect((await terminal("run")).exitCode).toBe(11);
		expect(runs().map(({ ok }) => ok)).toEqual([true, false]);
	});

	it("keeps its log short, and what others noted there, and gets over rubbish", async () => {
		const others = Array.from({ length: 1500 }, (_, index) =>
			JSON.stringify({ at: "2026-11-20T00:00:00.000Z", did: "push", index }),
		);
		put(
			on,
			"state-snapshots/log.jsonl",
			`\0\0{"at":\n[]\n7\n${others.join("\n")}\n{"torn`,
		);
		await terminal("run");
		const lines = read(LOG).trimEnd().split("\n");
		expect(lines).toHaveLength(1000);
		expect(JSON.parse(lines[998] ?? "")).toMatchObject({ index: 1499 });
		expect(JSON.parse(lines[999] ?? "")).toMatchObject({ did: "schedule run" });
	});
});

describe("doctor", () => {
	const DAYS = 3;
	const found = async () => {
		const { data } = await say(on, "doctor plain", {
			prefix: "agent-snapshot",
		});
		const [one] = data.hosts as { findings: Record<string, string>[] }[];
		return (one?.findings ?? [])
			.filter(({ about }) => about === "schedule")
			.map(({ level, text, advice }) => `${level}: ${text}: ${advice}`);
	};

	it("says nothing of schedules where there never was one", async () => {
		hasCron();
		expect(await found()).toEqual([]);
	});

	it.each<
		[what: string, has: () => unknown, then: () => unknown, said: RegExp]
	>([
		[
			"cron",
			hasCron,
			() => {},
			/^ok: every night at 03:30, by cron; next on \d+ Nov 03:\d\d: /,
		],
		[
			"launchd",
			hasLaunchd,
			() => {},
			/^ok: every night at 03:30, by launchd; next/,
		],
		[
			"no Node",
			hasCron,
			() => on.volume.unlinkSync(NODE),
			/^problem: .*by cron: it cannot run, \/usr\/bin\/node is gone: `schedule install`/,
		],
		[
			"no cron at work",
			hasCron,
			() => Object.assign(on.system.programs, { running: () => [] }),
			/^problem: .*cron does not run here.*: start it/,
		],
		[
			"no linger",
			hasSystemd,
			() => {
				Object.assign(on.system.processes, { userId: 1000 });
				on.programs.set("loginctl", () => ({ output: "Linger=no" }));
			},
			/^problem: .*only runs while you are logged in: loginctl enable-linger/,
		],
		[
			"a timer that was stopped",
			hasSystemd,
			() => on.programs.get("systemctl")?.(["disable"]),
			/^problem: .*not waiting for its time: `schedule install`/,
		],
		[
			"silence",
			hasCron,
			() => on.clock.advance(DAYS * DAY),
			/^problem: .*by cron\. It should have run/,
		],
		[
			"another crontab",
			hasCron,
			() => hasCron(""),
			/^note: that of 21 Nov \d\d:\d\d is not there any more/,
		],
		[
			"a failure",
			hasCron,
			async () => {
				on.freeBytes = 1000;
				await terminal("run");
			},
			/problem: it failed, snapshot: Not enough room/,
		],
	])("tells of %s", async (_, has, then, said) => {
		Object.assign(on.system.programs, {
			running: () => [{ pid: 1, command: "cron", environment: {} }],
		});
		has();
		await terminal("install --yes");
		await then();
		expect((await found()).join("\n")).toMatch(said);
	});

	it("expects nothing any more of one that was taken away by hand, once that is said", async () => {
		hasCron();
		await terminal("install --yes");
		on.freeBytes = 1000;
		await terminal("run");
		hasCron("");
		on.clock.advance(1000);
		expect((await say(on, "list")).text).toContain("FAILED");
		const { text } = await terminal("remove");
		expect(text).toContain("None is awaited any more.");
		expect((await say(on, "list")).text).not.toContain("FAILED");
		expect(await found()).toEqual([]);
	});
});

describe("status", () => {
	it("tells the next run, and that one cannot be", async () => {
		hasCron();
		expect((await say(on, "status")).text).not.toContain("schedule");
		await terminal("install --yes");
		const { text, data } = await say(on, "status");
		expect(text).toMatch(/Next scheduled run: in \d+ \w+ \(.*\), by cron\./);
		expect(data.schedule).toMatchObject({ by: "cron", nightly: "03:30" });
		on.volume.unlinkSync(NODE);
		const broken = await say(on, "status");
		expect(broken.text).toContain(`The schedule CANNOT run: ${NODE} is gone.`);
		expect(broken.data.schedule).toMatchObject({ next: null });
	});

	it("takes what nothing has changed since for as good as new, unless it is not what was looked at", async () => {
		const stale = async () =>
			(await say(on, "status --max-age 26h")).exitCode === 13;
		await terminal("run");
		on.clock.advance(3 * DAY);
		expect(await stale()).toBe(true);
		await terminal("run");
		expect(await stale()).toBe(false);
		expect((await say(on, "status")).text).toContain(
			"Nothing had changed since, just now (24 Nov 01:14).",
		);
		on.clock.advance(DAY);
		expect(await stale()).toBe(false);
		on.clock.advance(DAY);
		expect(await stale()).toBe(true);
		await terminal("run");
		put(on, "config.yaml", "model: two\n");
		await create(on);
		on.clock.advance(2 * DAY);
		expect(await stale()).toBe(true);
	});

	it("waits for its first night where it is asked every hour", async () => {
		hasCron();
		on.clock.set("2026-11-22T09:54:00");
		await terminal("install --yes");
		const [one] = (await terminal("status")).data.schedules as [
			{ next: string },
		];
		const next = new Date(one.next).getTime();
		const night = new Date("2026-11-23T03:30").getTime();
		expect(next).toBeGreaterThanOrEqual(night);
		expect(next).toBeLessThan(night + 3_600_000);
		const asked = "run --nightly 03:30 --if-due";
		on.clock.set("2026-11-22T10:33:00");
		expect((await terminal(asked)).text).toContain("still to come");
		// Given again, and with a night missed since, it is made up for.
		on.clock.set("2026-11-23T09:40:00");
		await terminal("install --weekly-drill --yes");
		on.clock.set("2026-11-23T10:33:00");
		expect((await terminal(asked)).text).toContain("Snapshot: ");
	});

	it("asks whether anything is at work when nights go by, and there never was a run", async () => {
		hasCron();
		await terminal("install --yes");
		on.clock.advance(3 * DAY);
		expect((await say(on, "status")).text).toContain("should have run");
	});

	it("asks whether anything is at work when nights go by", async () => {
		hasCron();
		await terminal("install --yes");
		await terminal("run");
		expect((await say(on, "status")).text).not.toContain("should have run");
		on.clock.advance(3 * DAY);
		for (const verb of ["status", "schedule status"])
			expect(
				(await say(on, verb, { prefix: "agent-snapshot" })).text,
			).toContain(
				"should have run since the last time, and did not: is cron at work?",
			);
	});
});
