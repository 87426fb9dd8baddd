import { expect, it } from "vitest";
import type { Count, Entry } from "../../../src/core/capture/entry.ts";
import { problemsOf } from "../../../src/core/update/health.ts";
import type { Changed } from "../../../src/core/update/health-look.ts";
import { whatChanged } from "../../../src/core/update/health-report.ts";
import { hermes } from "../../../src/hosts/hermes/host.ts";

/** A file with these bytes. */
function file(path: string, bytes: string, counts?: Count[]): Entry {
	const sha256 = bytes.repeat(64);
	return { path, kind: "file", size: 10, sha256, ...(counts && { counts }) };
}

function database(path: string, content: string): Entry {
	const common = { path, kind: "database", size: 4096, content } as const;
	const sha256 = path.padEnd(64, "0");
	return { ...common, sha256, journalMode: "wal", checked: true };
}

const settings = (path: string, before: unknown, after: unknown): Changed => ({
	path,
	before: before === undefined ? {} : { parsed: { value: before } },
	after: after === undefined ? {} : { parsed: { value: after } },
});

const text = (path: string, before: string[], after?: string[]): Changed => ({
	path,
	before: { lines: before },
	after: after ? { lines: after } : {},
});

function said(
	before: readonly Entry[],
	after: readonly Entry[],
	changed: Changed[] = [],
): string[] {
	const state = (entries: readonly Entry[]) => ({ entries, missed: [] });
	const problems = problemsOf(hermes, state(before), state(after), changed);
	return problems.map(({ path = "", what }) => `${path} ${what}`.trim());
}

const gone = (path: string) => [`${path} is gone from where snapshots look`];
const pairings = (count: number) => [{ what: "pairing", count }];
const jobs = [
	{ id: "job-1", prompt: "look after the garden" },
	{ id: "job-2", prompt: "read the mail" },
];

it.each<[string, Entry[], Entry[], string[]]>([
	[
		"another captured file",
		[file("pairing/a-approved.json", "a", pairings(2))],
		[file("platforms/pairing/a-approved.json", "a", pairings(2))],
		[],
	],
	[
		"a file in which something else stood",
		[file("SOUL.md", "a"), file("memories/SOUL.md", "b")],
		[file("memories/SOUL.md", "a")],
		[],
	],
	[
		"a database elsewhere",
		[database("projects.db", "p")],
		[database("memories/projects.db", "p")],
		[],
	],
	[
		"a copy that was there before",
		[file("SOUL.md", "a"), file("memories/SOUL.md", "a")],
		[file("memories/SOUL.md", "a")],
		gone("SOUL.md"),
	],
	[
		"a file that was set aside",
		[file("memories/USER.md", "a")],
		[file("memories/USER.md.bak", "a")],
		gone("memories/USER.md"),
	],
	[
		"what comes and goes by itself",
		[file("pairing/a-approved.json", "a")],
		[file("pairing/a-pending.json", "a")],
		gone("pairing/a-approved.json"),
	],
	[
		"another home",
		[file("SOUL.md", "a")],
		[file("profiles/x/SOUL.md", "a")],
		["SOUL.md has moved to profiles/x/SOUL.md, in another home of Hermes"],
	],
	["nothing", [file("SOUL.md", "a")], [file("new.md", "b")], gone("SOUL.md")],
])("a file that is gone, and whose bytes stand in %s", (_, before, after, whys) => {
	expect(said(before, after)).toEqual(whys);
});

it("what has moved is counted where it is, and makes up for nothing else", () => {
	const before = [
		file("pairing/a-approved.json", "a", pairings(2)),
		file("platforms/pairing/b-approved.json", "b", pairings(2)),
	];
	const after = [
		file("platforms/pairing/a-approved.json", "a", pairings(2)),
		file("platforms/pairing/b-approved.json", "c", pairings(1)),
	];
	expect(said(before, after)).toEqual([
		"platforms/pairing/b-approved.json 2 pairings before, only 1 now",
	]);
});

it.each<[string, path: string, Changed[], boolean]>([
	[
		"entries stand where nobody counts them",
		"cron/jobs.json",
		[
			settings("cron/jobs.json", { jobs }, undefined),
			settings("memories/planned.yaml", undefined, { planned: jobs }),
		],
		false,
	],
	[
		"settings stand in another file",
		"channel_aliases.json",
		[
			settings(
				"channel_aliases.json",
				{ telegram: { home: "100200" } },
				undefined,
			),
			settings("config.yaml", { a: 1 }, { a: 1, aliases: ["100200"] }),
		],
		true,
	],
	[
		"lines stand in another file",
		"memories/USER.md",
		[
			text("memories/USER.md", ["Ada", "Likes gardens."]),
			text("memories/MEMORY.md", ["x"], ["x", "Ada", "Likes gardens."]),
		],
		true,
	],
	[
		"lines stand in another file, but for one",
		"memories/USER.md",
		[
			text("memories/USER.md", ["Ada", "Likes gardens."]),
			text("memories/MEMORY.md", ["x"], ["x", "Ada"]),
		],
		false,
	],
])("a file that is gone, and whose %s", (_, path, changed, isMoved) => {
	const counts =
		path === "cron/jobs.json" ? [{ what: "cron job", count: 2 }] : [];
	expect(said([file(path, "a", counts)], [], changed)).toEqual(
		isMoved ? [] : gone(path),
	);
});

it.each<[string, object, object, isLost: boolean]>([
	[
		"stands at the top",
		{ model: { default: "a/b", provider: "p" } },
		{ model: "a/b", provider: "p" },
		false,
	],
	[
		"stands under another name",
		{ model: { default: "a/b", provider: "p" } },
		{ llm: { model: "a/b", provider: "p" } },
		false,
	],
	[
		"stands where it is used when the other fails",
		{ model: { default: "a/b", provider: "p" } },
		{ model: "a/b", fallback: { provider: "p" } },
		true,
	],
	[
		"stands where it stood before, too",
		{ model: { default: "a/b", provider: "p" }, web: { provider: "p" } },
		{ model: { default: "a/b" }, web: { provider: "p" } },
		true,
	],
	[
		"stands under a key that says something else",
		{ model: { default: "a/b", provider: "p" } },
		{ model: "a/b", seen: ["p"] },
		true,
	],
])("a provider that %s", (_, before, after, isLost) => {
	expect(said([], [], [settings("config.yaml", before, after)])).toEqual(
		isLost ? ["config.yaml its provider was p and is nothing now"] : [],
	);
});

it.each<[string, object, isLost: boolean]>([
	["both", { model: "p/a/b" }, false],
	["another model", { model: "p/c" }, true],
	["another provider", { model: "q/a/b" }, true],
	[
		"both beside the provider",
		{ model: { default: "p/a/b", provider: "q" } },
		true,
	],
])("a model and a provider in one place that says %s", (_, after, isLost) => {
	const before = { model: { default: "a/b", provider: "p" } };
	const problems = said([], [], [settings("config.yaml", before, after)]);
	expect(problems.length > 0).toBe(isLost);
});

it.each<[string, object, isLost: boolean]>([
	["gone", { providers: {}, active: "one" }, true],
	[
		"elsewhere",
		{ providers: {}, active: "one", pool: ["tok-1", "tok-2"] },
		false,
	],
	[
		"new ones",
		{ providers: { one: { access: "tok-3" } }, active: "one" },
		false,
	],
])("logins that are %s", (_, after, isLost) => {
	const providers = { one: { access: "tok-1", refresh: "tok-2" } };
	const before = { providers, active: "one" };
	expect(said([], [], [settings("auth.json", before, after)])).toEqual(
		isLost ? ["auth.json providers is empty now"] : [],
	);
});

it("a persona whose lines are only longer", () => {
	const lines = ["You are kind", "and you like", "gardens and cats."];
	const said_ = (after: string) =>
		said([], [], [text("SOUL.md", lines, [after])]);
	expect(said_(lines.join(" "))).toEqual([]);
	expect(said_("You are a helpful assistant.")).toEqual([
		"SOUL.md has not one line of before",
	]);
});

it.each<[string, Record<string, string>, string[]]>([
	[
		"all",
		{ A_KEY: "sk-123", B_URL: "https:" },
		[".env has cut A_KEY, B_URL short"],
	],
	["one", { A_KEY: "sk-123", B_URL: "https://example.org/v1" }, []],
	["ends", { A_KEY: "sk-1234567890abcd", B_URL: "https://example.org" }, []],
	["others", { A_KEY: "sk-999", B_URL: "http:" }, []],
])("values of .env that are cut short: %s", (_, after, whys) => {
	const before = {
		A_KEY: "sk-1234567890abcdef",
		B_URL: "https://example.org/v1",
	};
	expect(said([], [], [settings(".env", before, after)])).toEqual(whys);
});

const at = (home: string, ...left: Entry[]) => [
	file("SOUL.md", "9"),
	{ path: home, kind: "directory" } as const,
	...[
		file("SOUL.md", "a"),
		file("memories/USER.md", "b"),
		database("state.db", "s"),
		file("cron/jobs.json", "c", [{ what: "cron job", count: 2 }]),
		file("gateway_state.json", "d"),
		...left,
	].map((entry) => ({ ...entry, path: `${home}/${entry.path}` })),
];
const CODER = at("profiles/coder");
const DEV = at("profiles/dev");
const apart = (path: string) =>
	`profiles/coder/${path} has moved to profiles/dev/${path}, in another home of Hermes`;

it.each<[string, Entry[], Entry[], Changed[], string[]]>([
	["whole", CODER, DEV, [], []],
	["but for what passes", CODER, DEV.slice(0, -1), [], []],
	["and another came", CODER, [...DEV, ...at("profiles/x").slice(1)], [], []],
	[
		"and has lost its model",
		[...CODER, file("profiles/coder/config.yaml", "e")],
		[...DEV, file("profiles/dev/config.yaml", "f")],
		[
			settings("profiles/coder/config.yaml", { model: "a", b: 1 }, undefined),
			settings("profiles/dev/config.yaml", undefined, { b: 1 }),
		],
		["profiles/dev/config.yaml its model was a and is nothing now"],
	],
	[
		"to where another one was",
		[...CODER, file("profiles/dev/SOUL.md", "0")],
		DEV,
		[],
		["SOUL.md", "memories/USER.md", "state.db", "cron/jobs.json"].map(apart),
	],
	[
		"but for its memories",
		CODER,
		DEV.filter(({ path }) => !path.includes("USER")),
		[],
		[
			apart("SOUL.md"),
			"profiles/coder is gone from where snapshots look",
			...["state.db", "cron/jobs.json"].map(apart),
		],
	],
])("a profile that has moved %s", (_, before, after, changed, whys) => {
	expect(said(before, after, changed)).toEqual(whys);
});

it("a profile that has moved is told as one", () => {
	expect(whatChanged(hermes, CODER, DEV)).toMatchObject({
		changed: [],
		added: [],
		removed: [],
		moved: [{ from: "profiles/coder", to: "profiles/dev" }],
	});
});
