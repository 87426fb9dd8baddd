import { describe, expect, it } from "vitest";
import {
	coverageOf,
	itemFor,
	putBackOf,
} from "../../../src/core/home/coverage.ts";
import { DEFAULT_SETTINGS } from "../../../src/core/home/settings.ts";
import {
	HOME,
	plainHost,
	plainMachine,
	put,
} from "../../support/plain-agent.ts";

function coverage(
	files: readonly string[],
	settings: { include?: string[]; exclude?: string[] } = {},
	critical: string[] = [],
) {
	const on = plainMachine();
	for (const path of files) put(on, path, "x");
	const host = {
		...plainHost,
		critical: [...plainHost.critical, ...critical.map((path) => ({ path }))],
	};
	return coverageOf(on.system.disk, HOME, host, {
		...DEFAULT_SETTINGS,
		...settings,
	});
}

/** Those that the host names without a pattern. */
const named = plainHost.critical
	.map(({ path }) => path)
	.filter((path) => !path.includes("*"));

describe("what is looked for", () => {
	it("is all that the host names, there or not", () => {
		expect(coverage([]).paths).toEqual(named.toSorted());
	});

	it("is what its patterns stand for now, and they are noted for what comes later", () => {
		const { paths, patterns } = coverage(["profiles/b/agents/ada/cache.txt"], {
			include: ["n*"],
		});
		expect(paths).toContain("profiles/b/agents/ada/agent.db");
		expect(patterns).toEqual([
			"agents/*/agent.db",
			"n*",
			"profiles/b/agents/*/agent.db",
		]);
	});

	it("is what a configuration of the host's includes, too", () => {
		const on = plainMachine();
		put(on, "main.json5", "{ $include: './part.json5' }");
		const item = { path: "main.json5", includes: "$include" };
		const { paths } = coverageOf(
			on.system.disk,
			HOME,
			{ ...plainHost, critical: [item] },
			DEFAULT_SETTINGS,
		);
		expect(paths).toEqual(["main.json5", "part.json5"]);
	});

	it("is the same in every home within the home", () => {
		const { paths } = coverage(["profiles/coder/x", "profiles/b/config.yaml"]);
		expect(paths).toContain("profiles/coder/state.db");
		expect(paths).toContain("profiles/b/deep/down/note.txt");
		expect(paths).toHaveLength(3 * named.length);
	});

	it("leaves out the same in every home within the home", () => {
		expect(coverage(["profiles/coder/x"]).except).toEqual([
			"boards/*/workspaces",
			"profiles/coder/boards/*/workspaces",
			"profiles/*/state-snapshots",
		]);
	});

	it.each<[pattern: string, files: string[], found: string[]]>([
		["notes/*.md", ["notes/a.md", "notes/b.txt"], ["notes/a.md"]],
		["*/plan", ["a/plan", "b/plan"], ["a/plan", "b/plan"]],
		["n*/x*y", ["n1/xy", "n2/x-y", "m/xy"], ["n1/xy", "n2/x-y"]],
		["none/*", [], []],
		["*.json", [".hidden.json", "shown.json"], ["shown.json"]],
	])("%j stands for what matches it now", (pattern, files, found) => {
		const ours = coverage(files, {}, [pattern]).paths;
		const base = plainHost.critical.map(({ path }) => path);
		const added = ours.filter((path) => !base.includes(path));
		expect(added.filter((path) => files.includes(path))).toEqual(found);
	});

	it("is never the snapshot store", () => {
		const { paths } = coverage(["state-snapshots/x/plan"], {}, ["*/plan"]);
		expect(paths).not.toContain("state-snapshots/plan");
	});

	it("is added to and taken from as the user wishes", () => {
		const { paths, except } = coverage(["notes/a.md"], {
			include: ["notes/*.md", "diary.txt"],
			exclude: ["config.yaml", "letters/old"],
		});
		expect(paths).toEqual(expect.arrayContaining(["diary.txt", "notes/a.md"]));
		expect(paths).not.toContain("config.yaml");
		expect(except).toContain("letters/old");
	});

	it("names each path once", () => {
		const { paths } = coverage([], { include: ["config.yaml"] });
		expect(paths.filter((path) => path === "config.yaml")).toHaveLength(1);
	});
});

describe("the rule for putting a path back", () => {
	it.each([
		["config.yaml", "always"],
		["token.json", "if-missing-or-broken"],
		["tokens/github.json", "if-missing-or-broken"],
		["running.json", "never"],
		["profiles/coder/token.json", "if-missing-or-broken"],
		["profiles/coder/running.json", "never"],
		["profiles/token.json", "always"],
		["never-heard-of", "always"],
	] as const)("of %s is %s", (path, rule) => {
		expect(putBackOf(plainHost, path)).toBe(rule);
	});

	it("is the host's, in a home within the home too", () => {
		expect(itemFor(plainHost, "profiles/coder/state.db")?.database).toBe(true);
		expect(itemFor(plainHost, "profiles/coder/other.db")).toBeUndefined();
	});
});
