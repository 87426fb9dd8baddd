import { describe, expect, it } from "vitest";
import { parseCommandLine } from "../../../src/command-line.ts";
import { explain } from "../../../src/commands/call/explain.ts";

const PLAIN = {
	home: undefined,
	host: "hermes",
	json: false,
	chat: false,
	markdown: false,
	progress: false,
	version: false,
	words: [],
	problem: undefined,
};

describe("the command line", () => {
	it.each<
		[args: string[], understood: Partial<ReturnType<typeof parseCommandLine>>]
	>([
		[[], {}],
		[["list"], { words: ["list"] }],
		[["--home", "/x", "list"], { home: "/x", words: ["list"] }],
		[["--home=/x=y", "list"], { home: "/x=y", words: ["list"] }],
		[["list", "--json"], { json: true, words: ["list"] }],
		[
			["create", "a", "--home", "/x", "b"],
			{ home: "/x", words: ["create", "a", "b"] },
		],
		[
			["--chat", "--typed=restore 3 --home 'a b'"],
			{ chat: true, words: ["restore", "3", "--home", "a b"] },
		],
		[["create", "--", "--json"], { words: ["create", "--", "--json"] }],
		[
			["--json", "--", "create", "--home"],
			{ json: true, words: ["create", "--home"] },
		],
		[["--", "--", "x"], { words: ["--", "x"] }],
		[
			["--chat", "--host", "hermes", "--", "ls"],
			{ isNamed: true, chat: true, words: ["ls"] },
		],
		[
			["create", "--force", "--limit=3"],
			{ words: ["create", "--force", "--limit=3"] },
		],
		[["--progress", "json", "create"], { progress: true, words: ["create"] }],
		[["list", "--progress=json"], { progress: true, words: ["list"] }],
		[["--version"], { version: true }],
		[["--homestead"], { words: ["--homestead"] }],
		[
			["run", "--json", "--label", "x", "agent", "update", "--json"],
			{
				json: true,
				words: ["run", "--label", "x", "agent", "update", "--json"],
			},
		],
		[
			["run", "--check=y", "--auto-rollback", "npm", "--", "--home", "z"],
			{
				words: [
					"run",
					"--check=y",
					"--auto-rollback",
					"npm",
					"--",
					"--home",
					"z",
				],
			},
		],
		[
			["run", "--", "agent", "--json"],
			{ words: ["run", "--", "agent", "--json"] },
		],
		[["create", "multi\nline"], { words: ["create", "multi\nline"] }],
	])("%j", (args, understood) => {
		// Whichever of them was said: another agent is not to be touched then.
		const isNamed = "home" in understood || "host" in understood;
		expect(parseCommandLine(args)).toEqual({
			...PLAIN,
			isNamed,
			...understood,
		});
	});

	it.each<[args: string[], message: RegExp]>([
		[
			["--host", "nobody", "list"],
			/There is no host "nobody"\. Nothing was changed\.\nHosts: hermes/,
		],
		[["--host"], /There is no host ""/],
		[["--host", "toString", "list"], /There is no host "toString"/],
		[
			["--progress", "list"],
			/--progress knows no form "list"\. Nothing was changed\.\nThe only one is --progress json/,
		],
		[["create", "--progress"], /--progress knows no form ""/],
		[["--home", "", "list"], /--home needs a directory/],
		[["list", "--home"], /--home needs a directory/],
	])("%j is refused in a sentence", (args, message) => {
		const { exitCode, text } = explain(parseCommandLine(args).problem);
		expect(exitCode).toBe(2);
		expect(text).toMatch(message);
	});
});
