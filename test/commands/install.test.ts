import { describe, expect, it } from "vitest";
import type { Host } from "../../src/core/home/host.ts";
import { type Machine, OURS } from "../support/memory-system.ts";
import { HOME, plainHost, plainMachine } from "../support/plain-agent.ts";
import { say } from "../support/say.ts";

const PLUGIN = `${HOME}/plugins/snapshots`;
const SETTINGS = "/home/ada/.config/listing/listing.jsonc";

/** Its plugins are a list in a file of settings. */
const listing: Host = {
	...plainHost,
	name: "listing",
	title: "Listing",
	roots: { config: { variable: "X", place: ".config", below: "listing" } },
	installation: {
		program: "listing",
		add: [],
		remove: [],
		entry: {
			root: "config",
			files: ["listing.json", "listing.jsonc"],
			alsoReads: ["config.json"],
			list: "plugin",
			options: "behind it",
			bare: "package",
		},
		signs: [],
		traces: [],
		afterwards: "Start Listing anew.",
	},
};
const atListing = {
	host: listing,
	places: { home: HOME, roots: { config: "/home/ada/.config/listing" } },
};

/** With our package on its disk, and the agent's program on its path. */
function machineWithUs(): Machine & { told: string[] } {
	const on = plainMachine();
	const told: string[] = [];
	on.volume.mkdirSync(`${OURS}/plain`, { recursive: true });
	on.volume.writeFileSync(`${OURS}/plain/__init__.py`, "# ours");
	on.programs.set("plain", (words) => {
		told.push(words.join(" "));
		return {};
	});
	return Object.assign(on, { told });
}

function terminal(on: Machine, text: string, options = {}) {
	return say(on, text, { prefix: "agent-snapshot", ...options });
}

function read(on: Machine, path: string): string {
	return String(on.volume.readFileSync(path));
}

describe("install", () => {
	it("shows what it would do, and does nothing", async () => {
		const on = machineWithUs();
		const { text, ok, data } = await terminal(on, "install plain");
		expect(text).toContain(`write ${PLUGIN}/__init__.py`);
		expect(text).toContain("plain plugins enable snapshots");
		expect(text).toContain("To do it: agent-snapshot install plain --yes");
		expect({ ok, data }).toMatchObject({ ok: true, data: { done: [] } });
		expect(on.volume.existsSync(PLUGIN)).toBe(false);
		expect(on.told).toEqual([]);
	});

	it("does it, private, with a note of how to start the engine", async () => {
		const on = machineWithUs();
		const { text } = await terminal(on, "install plain --yes");
		expect(text).toContain("/snapshot is installed in Plain.");
		expect(read(on, `${PLUGIN}/__init__.py`)).toBe("# ours");
		expect(JSON.parse(read(on, `${PLUGIN}/engine.json`))).toEqual({
			command: ["/usr/bin/node", `${OURS}/dist/cli.js`],
		});
		expect(on.volume.statSync(PLUGIN).mode & 0o777).toBe(0o700);
		expect(on.told).toEqual(["plugins enable snapshots"]);
	});

	it("can be repeated, and then does nothing", async () => {
		const on = machineWithUs();
		await terminal(on, "install plain --yes");
		const { text, ok } = await terminal(on, "install plain --yes");
		expect({ text, ok }).toEqual({
			ok: true,
			text: "/snapshot is installed in Plain. Nothing was changed.",
		});
		expect(on.told).toHaveLength(1);
	});

	it("keeps what it replaces", async () => {
		const on = machineWithUs();
		await terminal(on, "install plain --yes");
		on.volume.writeFileSync(`${PLUGIN}/__init__.py`, "# mine");
		const { text } = await terminal(on, "install plain --yes");
		const [kept = ""] = /\S+__init__\.py\.before-\S+/.exec(text) ?? [];
		expect(read(on, kept)).toBe("# mine");
		expect(read(on, `${PLUGIN}/__init__.py`)).toBe("# ours");
	});

	it("says what failed, and what had been done before it", async () => {
		const on = machineWithUs();
		on.programs.set("plain", () => ({
			exitCode: 1,
			problem: "warning\nno such plugin",
		}));
		const { text, exitCode } = await terminal(on, "install plain --yes");
		expect(exitCode).toBe(1);
		expect(text).toContain(
			"plain plugins enable snapshots failed: no such plugin.",
		);
		expect(text).toContain(`Done before it: write ${PLUGIN}/__init__.py`);
	});

	it("says when the agent's program is not there", async () => {
		const on = machineWithUs();
		on.programs.clear();
		const { text } = await terminal(on, "install plain");
		expect(text).toContain("plain is not on the path");
		const { ok } = await terminal(on, "install plain --yes");
		expect(ok).toBe(false);
	});

	it.each([
		"install",
		"install nobody",
		"install plain --now",
	])("%s is refused in a sentence", async (words) => {
		const { text, exitCode } = await terminal(machineWithUs(), words);
		expect(exitCode).toBe(2);
		expect(text).toContain("Nothing was changed.");
	});

	it("is not for chats", async () => {
		const on = machineWithUs();
		const { text, exitCode } = await say(on, "install plain --yes");
		expect(exitCode).toBe(2);
		expect(text).toContain("install is for a terminal. Nothing was changed.");
		expect(on.told).toEqual([]);
		expect((await say(on, "help")).text).not.toContain("install");
	});
});

it("install and uninstall ask a person who sits at a terminal, who has seen it", async () => {
	const on = machineWithUs();
	const asked: string[] = [];
	const answering = (answer: boolean) => ({
		confirm: async (question: string) => {
			asked.push(question);
			return answer;
		},
	});
	const isThere = () => on.volume.existsSync(PLUGIN);
	for (const [verb, before] of [
		["install", false],
		["uninstall", true],
	] as const) {
		const no = await terminal(on, `${verb} plain`, answering(false));
		expect(no.text).toBe("Nothing was changed.");
		expect(isThere()).toBe(before);
		const yes = await terminal(on, `${verb} plain`, answering(true));
		expect(yes.text).toMatch(/^\/snapshot is (not )?installed in Plain/);
		expect(isThere()).toBe(!before);
	}
	expect(asked).toHaveLength(4);
	expect(asked[0]).toMatch(/^To install would:\n {2}write .*\n(.*\n)*Do it\?$/);
});

describe("an entry in the agent's settings", () => {
	const before = '{\n  // mine\n  "plugin": ["other"], "theme": "dark"\n}\n';

	function put(on: Machine, text: string): void {
		on.volume.mkdirSync("/home/ada/.config/listing", { recursive: true });
		on.volume.writeFileSync(SETTINGS, text);
		on.volume.chmodSync(SETTINGS, 0o644);
	}

	it("is added, and taken out again, and all else stays", async () => {
		const on = machineWithUs();
		put(on, before);
		await terminal(on, "install listing --yes", atListing);
		const text = read(on, SETTINGS);
		expect(text).toContain(`"other"`);
		expect(text).toContain(`"file://${OURS}"`);
		expect(text).toContain("// mine");
		expect(on.volume.statSync(SETTINGS).mode & 0o777).toBe(0o644);
		await terminal(on, "uninstall listing --yes", atListing);
		expect(read(on, SETTINGS)).not.toContain(OURS);
		expect(read(on, SETTINGS)).toContain("// mine");
	});

	it("is written to the file that a link leads to", async () => {
		const on = machineWithUs();
		put(on, before);
		on.volume.mkdirSync("/home/ada/dotfiles");
		on.volume.renameSync(SETTINGS, "/home/ada/dotfiles/listing.jsonc");
		on.volume.symlinkSync("/home/ada/dotfiles/listing.jsonc", SETTINGS);
		await terminal(on, "install listing --yes", atListing);
		expect(on.volume.lstatSync(SETTINGS).isSymbolicLink()).toBe(true);
		expect(read(on, "/home/ada/dotfiles/listing.jsonc")).toContain(OURS);
	});

	it("takes the place of another copy of ours, and of nobody else's", async () => {
		const on = machineWithUs();
		on.volume.mkdirSync("/srv/elsewhere", { recursive: true });
		on.volume.writeFileSync(
			"/srv/elsewhere/package.json",
			'{"name":"agent-snapshot"}',
		);
		put(
			on,
			'{"plugin": ["file:///srv/elsewhere", "file:///srv/gone/agent-snapshot", "file:///srv/theirs"]}',
		);
		await terminal(on, "install listing --yes", atListing);
		expect(JSON.parse(read(on, SETTINGS))).toEqual({
			plugin: ["file:///srv/theirs", `file://${OURS}`],
		});
	});

	it.each([
		["a link that leads nowhere", "symlinkSync"],
		["a directory", "mkdirSync"],
	] as const)("is not written to %s", async (_, make) => {
		const on = machineWithUs();
		on.volume.mkdirSync("/home/ada/.config/listing", { recursive: true });
		if (make === "symlinkSync") on.volume.symlinkSync("nowhere", SETTINGS);
		else on.volume.mkdirSync(SETTINGS);
		const reply = await terminal(on, "install listing --yes", atListing);
		expect(reply.exitCode).toBe(1);
		expect(reply.text).toContain("is no file");
		expect(on.volume.existsSync("/home/ada/.config/listing/nowhere")).toBe(
			false,
		);
	});

	it("makes the file where there is none", async () => {
		const on = machineWithUs();
		await terminal(on, "install listing --yes", atListing);
		expect(JSON.parse(read(on, SETTINGS))).toEqual({
			plugin: [`file://${OURS}`],
		});
	});

	it.each([
		"",
		"\n",
		"// nothing yet\n",
	])("is added to a file that holds nothing: %j", async (text) => {
		const on = machineWithUs();
		put(on, text);
		await terminal(on, "install listing --yes", atListing);
		expect(read(on, SETTINGS)).toContain(`"file://${OURS}"`);
		const again = await terminal(on, "install listing", atListing);
		expect(again.text).toContain("Nothing was changed.");
	});

	it("is added behind a byte order mark, which stays", async () => {
		const on = machineWithUs();
		put(on, `\uFEFF${before}`);
		await terminal(on, "install listing --yes", atListing);
		const text = read(on, SETTINGS);
		expect(text).toBe(
			`\uFEFF${before.replace('"other"', `"other", "file://${OURS}"`)}`,
		);
		await terminal(on, "uninstall listing --yes", atListing);
		expect(read(on, SETTINGS)).toBe(`\uFEFF${before}`);
	});

	it.each([
		['["other"]', '["other", "OURS"]'],
		['["a","b"]', '["a","b", "OURS"]'],
		["[ /* none */ ]", '["OURS" /* none */ ]'],
		['[\n\t"a", // mine\n\t"b"\n]', '[\n\t"a", // mine\n\t"b",\n\t"OURS"\n]'],
		['["a",]', '["a", "OURS",]'],
	])("in %j changes nothing beside it", async (list, changed) => {
		const on = machineWithUs();
		put(on, `{"plugin":${list}}`);
		await terminal(on, "install listing --yes", atListing);
		const ours = changed.replace("OURS", `file://${OURS}`);
		expect(read(on, SETTINGS)).toBe(`{"plugin":${ours}}`);
		await terminal(on, "uninstall listing --yes", atListing);
		expect(read(on, SETTINGS).replace("[ ", "[")).toBe(
			`{"plugin":${list}}`.replace("[ ", "["),
		);
	});

	it.each([
		['["OURS","b"]', '["b"]'],
		['["a","OURS"]', '["a"]'],
		['["OURS",]', "[]"],
		['["a",["OURS",{}]]', '["a"]'],
		['["a","OURS",]', '["a",]'],
		['["OURS" /* snapshots */, ]', "[ /* snapshots */ ]"],
		['[\n"OURS" // snapshots\n, "b"]', '[\n // snapshots\n"b"]'],
		['["OURS","b","OURS"]', '["b"]'],
	])("is taken out of %j", async (list, then) => {
		const on = machineWithUs();
		put(on, `{"plugin":${list.replaceAll("OURS", `file://${OURS}`)}}`);
		await terminal(on, "uninstall listing --yes", atListing);
		expect(read(on, SETTINGS)).toBe(`{"plugin":${then}}`);
	});

	it("stands beside entries with options, which stay as they are, and may be one", async () => {
		const on = machineWithUs();
		const theirs = ["file:///x/p.js", { a: 1 }];
		put(on, JSON.stringify({ plugin: [theirs, 7, null] }));
		await terminal(on, "install listing --yes", atListing);
		expect(JSON.parse(read(on, SETTINGS)).plugin).toEqual([
			theirs,
			7,
			null,
			`file://${OURS}`,
		]);
		const ours = JSON.stringify({ plugin: [theirs, [`file://${OURS}`, {}]] });
		put(on, ours);
		const { text } = await terminal(on, "install listing --yes", atListing);
		expect(text).toContain("Nothing was changed.");
		expect(read(on, SETTINGS)).toBe(ours);
		on.programs.set("node", () => ({ output: '{"ok":true}' }));
		expect((await terminal(on, "doctor listing", atListing)).text).toMatch(
			/ok +plugin +installed/,
		);
		await terminal(on, "uninstall listing --yes", atListing);
		expect(JSON.parse(read(on, SETTINGS))).toEqual({ plugin: [theirs] });
	});

	const directory = "/home/ada/.config/listing";

	it.each([
		"listing.json",
		"listing.jsonc",
		"config.json",
	])("is found in %s beside the other files that the agent merges", async (file) => {
		const on = machineWithUs();
		put(on, '{"plugin": ["other"]}');
		const ours = JSON.stringify({ plugin: ["other", `file://${OURS}`] });
		for (const one of ["listing.json", "listing.jsonc", "config.json"])
			on.volume.writeFileSync(
				`${directory}/${one}`,
				one === file ? ours : '{"theme":"dark"}',
			);
		const again = await terminal(on, "install listing --yes", atListing);
		expect(again.text).toContain("Nothing was changed.");
		const { text } = await terminal(on, "uninstall listing --yes", atListing);
		expect(text).toContain("is not installed in Listing any more.");
		expect(JSON.parse(read(on, `${directory}/${file}`))).toEqual({
			plugin: ["other"],
		});
	});

	it("stands once, and is taken out wherever it stands", async () => {
		const on = machineWithUs();
		put(on, `{"plugin": ["${OURS}", "theirs"]}`);
		on.volume.writeFileSync(
			`${directory}/config.json`,
			`{"plugin": ["file://${OURS}"]}`,
		);
		const doctor = await terminal(on, "doctor listing", atListing);
		expect(doctor.text).toMatch(/PROBLEM +plugin .* told to load 2 copies/);
		await terminal(on, "install listing --yes", atListing);
		expect(read(on, `${directory}/config.json`)).toBe('{"plugin": []}');
		expect(read(on, SETTINGS)).toBe(`{"plugin": ["${OURS}", "theirs"]}`);
		await terminal(on, "uninstall listing --yes", atListing);
		expect(read(on, SETTINGS)).toBe('{"plugin": ["theirs"]}');
	});

	it.each([
		OURS,
		`${OURS}/`,
		"file:///opt/agent%2Dsnapshot",
		`file://${OURS}/dist/hosts/listing/plugin.js`,
		"../../../../opt/agent-snapshot",
	])("is understood when it is written %s", async (spelling) => {
		const on = machineWithUs();
		put(on, JSON.stringify({ plugin: [spelling, "theirs"] }));
		const again = await terminal(on, "install listing", atListing);
		expect(again.text).toContain("Nothing was changed.");
		await terminal(on, "uninstall listing --yes", atListing);
		expect(JSON.parse(read(on, SETTINGS))).toEqual({ plugin: ["theirs"] });
	});

	it.each([
		["agent-snapshot", true],
		["agent-snapshot@0.1.0", true],
		["git+https://example.org/ada/agent-snapshot.git#main", true],
		["@ada/agent-snapshot", false],
		["agent-snapshot-themes", false],
		["file:///srv/%zz", false],
		["file://elsewhere/agent-snapshot", false],
	])("%s is a package of ours: %s", async (name, isOurs) => {
		const on = machineWithUs();
		put(on, JSON.stringify({ plugin: [name] }));
		await terminal(on, "uninstall listing --yes", atListing);
		expect(JSON.parse(read(on, SETTINGS)).plugin).toEqual(isOurs ? [] : [name]);
	});

	it("is not ok beside an entry that the agent cannot read", async () => {
		const on = machineWithUs();
		put(on, JSON.stringify({ plugin: [`file://${OURS}`, { source: "x" }] }));
		const { text, exitCode } = await terminal(on, "doctor listing", atListing);
		expect(exitCode).toBe(1);
		expect(text).toContain(
			`Listing cannot read {"source":"x"} in ${SETTINGS}, and may not start`,
		);
	});

	it("is shown before it is added, and so is what goes", async () => {
		const on = machineWithUs();
		put(on, '{"plugin": ["file:///srv/gone/agent-snapshot"]}');
		const { text } = await terminal(on, "install listing", atListing);
		expect(text).toContain(`  write ${SETTINGS}
    - "file:///srv/gone/agent-snapshot" in "plugin"
    + "file://${OURS}" in "plugin"
`);
	});

	it.each([
		["[1]", "it is no JSON object"],
		['{"plugin": "other"}', 'its "plugin" is no list'],
		['{"plugin": [', "it is no JSON object"],
	])("%s is not touched", async (text, why) => {
		const on = machineWithUs();
		put(on, text);
		const reply = await terminal(on, "install listing --yes", atListing);
		expect(reply.text).toContain(`cannot be changed: ${why}`);
		expect(reply.exitCode).toBe(1);
		expect(read(on, SETTINGS)).toBe(text);
	});
});

describe("a plugin of an agent's own commands", () => {
	const settings = `${HOME}/settings.json`;
	const market: Host = {
		...plainHost,
		name: "market",
		title: "Market",
		installation: {
			program: "market",
			add: [["add", "DIR"]],
			remove: [["remove", "snapshot"]],
			signs: [
				{ path: "settings.json", at: ["enabled"], text: '"snapshot":true' },
				{ path: "settings.json", at: ["from"], text: '"DIR"' },
			],
			traces: [{ path: "settings.json", at: ["enabled", "snapshot"] }],
			listed: {
				path: "settings.json",
				at: ["list"],
				remove: ["drop"],
				options: "around it",
				bare: "path",
				narrowedBy: { extensions: "anything", autoload: false },
			},
			afterwards: "Start Market anew.",
		},
	};

	/** It notes what it is told, and has this in its settings. */
	function marketWith(before: object): Machine & { told: string[] } {
		const on = machineWithUs();
		on.volume.writeFileSync(settings, JSON.stringify(before));
		on.volume.writeFileSync(
			`${OURS}/package.json`,
			'{"name":"agent-snapshot"}',
		);
		on.programs.set("market", (words) => {
			on.told.push(words.join(" "));
			const now =
				words[0] === "add"
					? {
							enabled: { snapshot: true },
							from: words[1],
							list: [words[1]],
						}
					: { theme: "dark" };
			on.volume.writeFileSync(settings, JSON.stringify(now));
			return words[0] === "drop" ? { exitCode: 1 } : {};
		});
		return on;
	}

	it.each<[what: string, before: object]>([
		["switched off", { enabled: { snapshot: false }, from: OURS }],
		["from elsewhere", { enabled: { snapshot: true }, from: "/srv/old" }],
	])("is put in anew where it is %s", async (_, before) => {
		const on = marketWith(before);
		const reply = await terminal(on, "install market --yes", { host: market });
		expect(reply.text).toContain("is installed in Market");
		expect(on.told).toEqual(["remove snapshot", `add ${OURS}`]);
	});

	it("has no second copy beside it", async () => {
		const on = marketWith({ list: ["../x/agent-snapshot", "/srv/theirs"] });
		await terminal(on, "install market --yes", { host: market });
		expect(on.told).toEqual([
			"drop /home/ada/x/agent-snapshot",
			"remove snapshot",
			`add ${OURS}`,
		]);
	});

	it("is doctor's problem with a second copy beside it, and mended by install", async () => {
		const here = { enabled: { snapshot: true }, from: OURS };
		const on = marketWith({ ...here, list: [OURS, "../x/agent-snapshot"] });
		const { text, exitCode } = await terminal(on, "doctor market", {
			host: market,
		});
		expect(exitCode).toBe(1);
		expect(text).toMatch(/PROBLEM +plugin +Market is told to load 2 copies/);
		expect(text).toContain("/home/ada/x/agent-snapshot");
		expect(text).toContain("agent-snapshot install market --yes");
		await terminal(on, "install market --yes", { host: market });
		on.programs.set("node", () => ({ output: '{"ok":true}' }));
		expect(
			(await terminal(on, "doctor market", { host: market })).text,
		).toMatch(/ok +plugin +installed/);
	});

	const there = { enabled: { snapshot: true }, from: OURS };

	it.each([
		OURS,
		`file://${OURS}`,
		"../../../opt/agent-snapshot",
		{ source: OURS, skills: [] },
	])("is seen where its list has %j", async (entry) => {
		const on = marketWith({ ...there, list: [entry] });
		const reply = await terminal(on, "install market", { host: market });
		expect(reply.text).toContain("Nothing was changed.");
	});

	it.each([
		["~/agent-snapshot", "/home/ada/agent-snapshot"],
		["file:///srv/agent%2Dsnapshot", "/srv/agent-snapshot"],
		["npm:agent-snapshot", "npm:agent-snapshot"],
		["npm:agent-snapshot@0.1.0", "npm:agent-snapshot@0.1.0"],
		[
			"git:github.com/ada/agent-snapshot@v1",
			"git:github.com/ada/agent-snapshot@v1",
		],
		[
			"https://example.org/agent-snapshot.git",
			"https://example.org/agent-snapshot.git",
		],
	])("is loaded a second time by %s, which goes", async (entry, told) => {
		const on = marketWith({ ...there, list: [entry, OURS] });
		const options = { host: market };
		const { text } = await terminal(on, "doctor market", options);
		expect(text).toMatch(/PROBLEM +plugin +Market is told to load 2 copies/);
		await terminal(on, "uninstall market --yes", options);
		expect(on.told).toEqual([`drop ${told}`, "remove snapshot"]);
	});

	it("is not touched, and not ok, where the agent cannot read its list", async () => {
		const on = marketWith({ ...there, list: [[OURS, {}], OURS] });
		const options = { host: market };
		const { text } = await terminal(on, "doctor market", options);
		expect(text).toMatch(/PROBLEM +plugin +Market cannot read \["/);
		for (const verb of ["install", "uninstall"]) {
			const reply = await terminal(on, `${verb} market --yes`, options);
			expect(reply.text).toContain("Nothing was changed.");
			expect(reply.exitCode).toBe(1);
		}
		expect(on.told).toEqual([]);
	});

	it("is somebody else's where another program lies in a directory of that name", async () => {
		const theirs = "/srv/mine/agent-snapshot";
		const on = marketWith({ ...there, list: [theirs, OURS] });
		on.volume.mkdirSync(`${theirs}/extensions`, { recursive: true });
		const options = { host: market };
		on.programs.set("node", () => ({ output: '{"ok":true}' }));
		const { text } = await terminal(on, "doctor market", options);
		expect(text).toMatch(/ok +plugin +installed/);
		await terminal(on, "uninstall market --yes", options);
		expect(on.told.join()).not.toContain(theirs);
	});

	it.each([
		`{"list": ["${OURS}",], "enabled": {"snapshot": true}, "from": "${OURS}"}`,
		`{"list": ["${OURS}"] // ours\n, "enabled": {"snapshot": true}, "from": "${OURS}"}`,
	])("is not ok where the agent reads no comments: %s", async (settingsNow) => {
		const on = marketWith(there);
		on.volume.writeFileSync(settings, settingsNow);
		const { text } = await terminal(on, "doctor market", { host: market });
		expect(text).toMatch(/PROBLEM +plugin +Market cannot read the comments/);
	});

	it.each([
		"x".repeat(300),
		"\u0000",
	])("is not confused by an entry that no disk could hold", async (entry) => {
		const on = marketWith({ ...there, list: [entry, OURS] });
		on.programs.set("node", () => ({ output: '{"ok":true}' }));
		const { text } = await terminal(on, "doctor market", { host: market });
		expect(text).toMatch(/ok +plugin +installed/);
	});

	it("is put in anew where its entry is not loaded by itself", async () => {
		const entry = { source: OURS, autoload: false };
		const on = marketWith({ ...there, list: [entry] });
		const { text } = await terminal(on, "doctor market", { host: market });
		expect(text).toContain("is not installed in Market from here");
	});

	it("is told of in sentences where it cannot be taken out", async () => {
		const on = marketWith({ ...there, list: ["npm:agent-snapshot"] });
		on.programs.set("market", () => ({ exitCode: 1, problem: "Denied." }));
		const options = { host: market };
		const { text } = await terminal(on, "uninstall market --yes", options);
		expect(text).toContain("still shows our plugin. market drop");
		expect(text).toContain("failed: Denied.");
		expect(text).not.toMatch(/\. ?\./);
	});

	it("is put in anew where its entry has it load nothing", async () => {
		const here = { enabled: { snapshot: true }, from: OURS };
		const entry = { source: OURS, extensions: [] };
		const on = marketWith({ ...here, list: [{ source: "npm:x" }, entry] });
		const before = await terminal(on, "doctor market", { host: market });
		expect(before.text).toContain("is not installed in Market from here");
		await terminal(on, "install market --yes", { host: market });
		expect(on.told).toEqual(["remove snapshot", `add ${OURS}`]);
	});

	it("is put into one that has not run yet, by its own program; not into a home that was mistyped", async () => {
		const on = marketWith({});
		const settled = {
			host: market,
			places: { home: "/home/ada/.new", roots: {} },
		};
		on.programs.set("market", () => {
			const now = { enabled: { snapshot: true }, from: OURS, list: [OURS] };
			on.volume.mkdirSync("/home/ada/.new", { recursive: true });
			on.volume.writeFileSync(
				"/home/ada/.new/settings.json",
				JSON.stringify(now),
			);
			return {};
		});
		const named = {
			...settled,
			environment: { MARKET_HOME: "/home/ada/.new" },
		};
		const refused = await terminal(on, "install market --yes", {
			meant: named,
			known: [named],
		});
		expect(refused.text).toContain("There is no Market home");
		const reply = await terminal(on, "install market --yes", settled);
		expect(reply.text).toContain("/snapshot is installed in Market.");
		on.programs.delete("market");
		on.volume.rmSync("/home/ada/.new", { recursive: true });
		expect((await terminal(on, "install market", settled)).text).toContain(
			"There is no Market home",
		);
	});

	it("is not taken out where it is another's", async () => {
		const on = marketWith({ enabled: { other: true }, from: OURS });
		const reply = await terminal(on, "uninstall market --yes", {
			host: market,
		});
		expect(reply.text).toContain("is not installed in Market. Nothing");
		expect(on.told).toEqual([]);
	});
});

describe("uninstall", () => {
	it("takes it out, keeps it aside, and leaves the snapshots", async () => {
		const on = machineWithUs();
		await say(on, "create");
		await terminal(on, "install plain --yes");
		const { text } = await terminal(on, "uninstall plain --yes");
		expect(text).toContain("/snapshot is not installed in Plain any more.");
		expect(text).toContain(`The snapshots stay: ${HOME}/state-snapshots.`);
		expect(on.volume.existsSync(PLUGIN)).toBe(false);
		const [kept = ""] = /\S+\.removed-\S+/.exec(text) ?? [];
		expect(read(on, `${kept}/__init__.py`)).toBe("# ours");
		expect((await say(on, "list")).data).toMatchObject({ total: 1 });
		expect((await terminal(on, "uninstall plain --yes")).text).toBe(
			"/snapshot is not installed in Plain. Nothing was changed.",
		);
	});
});
