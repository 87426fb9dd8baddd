import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import {
	blockIn,
	crontabBlock,
	withBlock,
	withoutBlock,
} from "../../../src/core/schedule/crontab.ts";
import { launchdPlist } from "../../../src/core/schedule/launchd-plist.ts";
import { systemdUnits } from "../../../src/core/schedule/systemd-units.ts";
import {
	commandWhenDue,
	noteIn,
	type Timer,
} from "../../../src/core/schedule/timer.ts";
import { scratch } from "../../support/scratch.ts";

/** With all that has a meaning of its own in one of the three texts. */
const HOME = `/home/ada lovelace/100% "$HOME" 'of' \\ <--> & ü`;

function timerOf(node: string, cli = "/opt/agent-snapshot/dist/cli.js"): Timer {
	return {
		name: "agent-snapshot-plain-01234567",
		title: `Plain (${HOME})`,
		time: { hour: 3, minute: 50 },
		delay: 12,
		command: [node, cli, "--home", HOME, "schedule", "run"],
		environment: { HOME: "/home/ada lovelace", PLAIN_HOME: HOME },
		unset: ["NODE_OPTIONS", "NODE_PATH", "OTHER_HOME"],
		user: undefined,
		note: { formatVersion: 1, nightly: "03:50", weeklyDrill: true, node, cli },
	};
}

const timer = timerOf("/usr/bin/node");

/** Without them nothing here is shown: .ci/run installs them. */
function systemdAnalyze(...words: string[]) {
	const { error, status, stdout, stderr } = spawnSync(
		"systemd-analyze",
		words,
		{
			encoding: "utf8",
			env: { ...process.env, TZ: "UTC", SYSTEMD_LOG_LEVEL: "notice" },
		},
	);
	if (error) throw new Error("systemd-analyze is needed: apt install systemd");
	return { status, stdout, stderr };
}

describe("the texts", () => {
	it("for systemd are these", async () => {
		const units = systemdUnits(timer);
		await expect(units.service).toMatchFileSnapshot("golden/systemd.service");
		await expect(units.timer).toMatchFileSnapshot("golden/systemd.timer");
	});

	it("for launchd are these", async () => {
		const text = launchdPlist(timer);
		await expect(text).toMatchFileSnapshot("golden/launchd.plist");
	});

	it("for cron are these", async () => {
		const text = crontabBlock(timer, ["/usr/bin/ionice", "-c", "3"]);
		await expect(text).toMatchFileSnapshot("golden/crontab");
	});

	it("all say in a comment what they are for", () => {
		const { service, timer: when } = systemdUnits(timer);
		const all = [service, when, launchdPlist(timer), crontabBlock(timer)];
		expect(all.map(noteIn)).toEqual(all.map(() => timer.note));
	});

	it.each([
		"",
		"# agent-snapshot schedule: ",
		"# agent-snapshot schedule: {}",
		'# agent-snapshot schedule: {"formatVersion":2}',
		"# agent-snapshot schedule: }{",
	])("are not found in %j", (text) => expect(noteIn(text)).toBeUndefined());
});

describe("systemd", () => {
	/** With a Node that lies in a folder of this name: it looks whether that is there. */
	function verified(
		change: (text: string) => string = (text) => text,
		name = "100%h of ü & <-->",
	) {
		const folder = scratch();
		const node = path.join(folder, name, "node");
		fs.mkdirSync(path.dirname(node));
		fs.writeFileSync(node, "#!/bin/sh\n", { mode: 0o700 });
		const { service, timer: when } = systemdUnits(timerOf(node));
		const files = [
			[`${timer.name}.service`, change(service)],
			[`${timer.name}.timer`, when],
		].map(([name = "", text = ""]) => {
			fs.writeFileSync(path.join(folder, name), text);
			return path.join(folder, name);
		});
		return systemdAnalyze("verify", "--man=no", ...files);
	}

	it("finds nothing to say against its units", () => {
		expect(verified()).toMatchObject({ status: 0, stderr: "" });
		const odd = verified((text) => text, `"$HOME" 'of' \\ %h`);
		expect(odd).toMatchObject({ status: 0, stderr: "" });
	});

	it.each([
		["Nice=10", "Nice=much"],
		['/node" ', '/nodes" '],
		["100%%h", "100%h"],
	])("is asked in a way that would find it: %s, %s", (is, would) => {
		const { stderr } = verified((text) => text.replaceAll(is, would));
		expect(stderr).not.toBe("");
	});

	it("begins at that time", () => {
		const [, when = ""] =
			/^OnCalendar=(.*)$/m.exec(systemdUnits(timer).timer) ?? [];
		const { stdout } = systemdAnalyze(
			...["calendar", "--base-time=2026-11-22 03:50:01", when],
		);
		expect(stdout).toContain("Mon 2026-11-23 03:50:00 UTC");
	});
});

describe("launchd", () => {
	it("gets every word as it is", () => {
		const parse =
			"import json, plistlib, sys; print(json.dumps(plistlib.loads(sys.stdin.buffer.read())))";
		const output = execFileSync("python3", ["-c", parse], {
			input: launchdPlist(timer),
		});
		expect(JSON.parse(String(output))).toMatchObject({
			Label: timer.name,
			ProgramArguments: [
				...["/usr/bin/env", "-u", "NODE_OPTIONS", "-u", "NODE_PATH"],
				...["-u", "OTHER_HOME", ...commandWhenDue(timer)],
			],
			EnvironmentVariables: timer.environment,
			StartCalendarInterval: { Minute: 2 },
			LowPriorityIO: true,
		});
	});
});

/** What a strict XML parser makes of it: [name, attributes, text, what is within]. */
type Node = [string, Record<string, string>, string, Node[]];

function parsed(text: string): Node {
	const parse = `
import json, sys
import xml.etree.ElementTree as tree
def of(one):
    return [one.tag, one.attrib, (one.text or "") + "".join(c.tail or "" for c in one), [of(c) for c in one]]
print(json.dumps(of(tree.fromstring(sys.stdin.buffer.read()))))`;
	const options = { input: text, stdio: "pipe" } as const;
	return JSON.parse(String(execFileSync("python3", ["-c", parse], options)));
}

/** Where it breaks the rules of Apple's PropertyList-1.0.dtd, whose few declarations these are; "" for nowhere. */
function broken([name, attributes, text, within]: Node): string {
	const names = within.map(([one]) => one);
	const isBlank = text.trim() === "";
	const isObject = (one: string) =>
		/^(array|data|date|dict|real|integer|string|true|false)$/.test(one);
	const isRight: Readonly<Record<string, () => boolean>> = {
		plist: () => names.length === 1 && names.every(isObject) && isBlank,
		array: () => names.every(isObject) && isBlank,
		dict: () =>
			names.length % 2 === 0 &&
			names.every((one, at) => (at % 2 ? isObject(one) : one === "key")) &&
			isBlank,
		key: () => names.length === 0,
		string: () => names.length === 0,
		integer: () => names.length === 0 && /^[-+]?\d+$/.test(text),
		true: () => names.length === 0 && text === "",
	};
	const isFree =
		name === "plist"
			? attributes.version === "1.0"
			: Object.keys(attributes).length === 0;
	if (!isFree || isRight[name]?.() !== true) return name;
	return within.map(broken).join("");
}

describe("launchd's property list", () => {
	const text = launchdPlist(timer);

	it("is as Apple's DTD and launchd.plist(5) have it", () => {
		expect(text).toMatch(
			/^<\?xml version="1\.0" encoding="UTF-8"\?>\n<!DOCTYPE plist PUBLIC "-\/\/Apple\/\/DTD PLIST 1\.0\/\/EN" "http:\/\/www\.apple\.com\/DTDs\/PropertyList-1\.0\.dtd">\n/,
		);
		const list = parsed(text);
		expect(broken(list)).toBe("");
		const [, , , [dict]] = list;
		const all = dict?.[3] ?? [];
		const kinds = all.flatMap(([name, , key], at) =>
			name === "key"
				? [[key, all[at + 1]?.[0], ...valuesIn(all[at + 1])].join(" ")]
				: [],
		);
		expect(kinds).toEqual([
			"Label string",
			"ProgramArguments array string",
			"EnvironmentVariables dict string",
			"StartCalendarInterval dict integer",
			"WorkingDirectory string",
			"Umask integer",
			"Nice integer",
			"LowPriorityIO true",
			"ProcessType string",
		]);
	});

	function valuesIn([, , , within]: Node = ["", {}, "", []]): string[] {
		return [...new Set(within.map(([name]) => name))].filter(
			(name) => name !== "key",
		);
	}

	it.each<[what: string, is: string, would: string]>([
		["a value without its key", "<key>Nice</key>", ""],
		["text between its elements", "<array>", "<array>x"],
		["a word for a number", "<integer>10<", "<integer>ten<"],
		["an element of another language", "<true/>", "<yes/>"],
		["an attribute", "<dict>", '<dict id="x">'],
	])("is looked at in a way that would find %s", (_, is, would) => {
		expect(text).toContain(is);
		expect(broken(parsed(text.replace(is, would)))).not.toBe("");
	});

	it.each<[what: string, is: string, would: string]>([
		["two dashes in a comment", "<!-- agent", "<!-- -- agent"],
		["a bare ampersand", "&amp;", "&"],
	])("is parsed by what refuses %s", (_, is, would) => {
		expect(text).toContain(is);
		expect(() => parsed(text.replace(is, would))).toThrow();
	});
});

describe("cron", () => {
	it("gets every word as it is, and nothing of another's environment", () => {
		const folder = scratch();
		const program = path.join(folder, "program");
		const told = path.join(folder, "told");
		fs.writeFileSync(
			program,
			`#!${process.execPath}\nrequire("node:fs").writeFileSync(${JSON.stringify(told)}, JSON.stringify([process.argv.slice(2), process.env]))\n`,
			{ mode: 0o700 },
		);
		const line = /^2 \* \* \* \* (.*)$/m.exec(crontabBlock(timerOf(program)));
		const written = line?.[1] ?? "";
		expect(written).toContain("\\%");
		// Most crons make "%" of "\%" themselves.
		for (const command of [written, written.replaceAll("\\%", "%")]) {
			execFileSync("/usr/bin/env", [
				...["-i", "NODE_OPTIONS=--no-such-flag", "/bin/sh", "-c", command],
			]);
			const [words, environment] = JSON.parse(fs.readFileSync(told, "utf8"));
			expect([program, ...words]).toEqual(commandWhenDue(timerOf(program)));
			expect(environment).toEqual({
				PATH: "/usr/local/bin:/usr/bin:/bin",
				...timer.environment,
			});
			fs.rmSync(told);
		}
	});

	it("is refused a line that it might cut", () => {
		const long = timerOf(`/${"long/".repeat(200)}node`);
		expect(() => crontabBlock(long)).toThrow(/characters.*Nothing was changed/);
	});

	const block = crontabBlock(timer);
	const other = crontabBlock({ ...timer, name: `${timer.name}0` });

	it.each([
		"",
		"\n",
		"0 5 * * 1 mine\n",
		`# mine\n${other}\n\n`,
	])("has all else as it was: %j", (before) => {
		const text = withBlock(before, timer.name, block);
		expect(blockIn(text, timer.name)).toBe(block);
		expect(withBlock(text, timer.name, block)).toBe(text);
		expect(withBlock(`${text}# later\n`, timer.name, "new\n")).toBe(
			`${before}new\n# later\n`,
		);
		expect(withoutBlock(text, timer.name)).toBe(before);
		expect(withoutBlock(before, timer.name)).toBe(before);
	});

	it("has a last line mended that does not end", () => {
		const text = withBlock("0 5 * * 1 mine", timer.name, block);
		expect(withoutBlock(text, timer.name)).toBe("0 5 * * 1 mine\n");
	});

	it("has no block where its end was taken away", () => {
		const torn = block.replace(/# END .*\n/, "");
		expect(blockIn(torn, timer.name)).toBeUndefined();
	});
});
