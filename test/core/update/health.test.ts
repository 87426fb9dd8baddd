import { describe, expect, it } from "vitest";
import type { Count, Entry } from "../../../src/core/capture/entry.ts";
import { problemsOf, type State } from "../../../src/core/update/health.ts";
import type { Changed, Content } from "../../../src/core/update/health-look.ts";
import { whatChanged } from "../../../src/core/update/health-report.ts";
import { hermes } from "../../../src/hosts/hermes/host.ts";
import { openclaw } from "../../../src/hosts/openclaw/host.ts";
import type { DatabaseFill } from "../../../src/system/system.ts";

function file(path: string, counts?: Count[], size = 10): Entry {
	return {
		path,
		kind: "file",
		size,
		sha256: path.padEnd(64, "-"),
		...(counts && { counts }),
	};
}

function database(path: string, counts?: Count[]): Entry {
	const content = "b".repeat(64);
	const common = { path, kind: "database", size: 4096, content } as const;
	const more = { sha256: content, journalMode: "wal", checked: true };
	return { ...common, ...more, ...(counts && { counts }) };
}

function state(...entries: Entry[]): State {
	return { entries, missed: [] };
}

function said(
	before: State,
	after: State,
	changed: Changed[] = [],
	host = hermes,
): string[] {
	return problemsOf(host, before, after, changed).map(({ path = "", what }) =>
		`${path} ${what}`.trim(),
	);
}

/** So many rows, of no columns. */
const fillOf = (rows: Record<string, number>): DatabaseFill => ({
	tables: new Map(
		Object.entries(rows).map(([name, count]) => [
			name,
			{ rows: count, columns: new Map() },
		]),
	),
	searches: new Map(),
	references: new Map(),
});

const config = (path: string, before: unknown, after: unknown): Changed => ({
	path,
	before: { isBlank: false, parsed: { value: before } },
	after: { isBlank: false, parsed: { value: after } },
});

describe("worse than before is", () => {
	it("what cannot be saved any more, and could be before", () => {
		const why = "the database is damaged";
		const missed = [{ path: "state.db", why, lost: true }];
		const before = state(database("state.db", [{ what: "message", count: 9 }]));
		const after = { entries: [], missed };
		expect(said(before, after)).toEqual([`state.db ${why}`]);
		expect(said({ entries: [], missed }, after)).toEqual([]);
	});

	it("what is gone, or empty, or something else", () => {
		const before = state(
			file("SOUL.md"),
			file("memories/USER.md"),
			file(".env"),
			database("extra.db"),
		);
		const after = state(
			{ path: "memories/USER.md", kind: "directory" },
			file(".env", undefined, 0),
			file("extra.db"),
		);
		expect(said(before, after)).toEqual([
			"SOUL.md is gone from where snapshots look",
			"memories/USER.md is a directory now",
			"extra.db is no database any more",
			".env is empty now",
		]);
	});

	it("a directory that is gone, once", () => {
		const directory = (path: string): Entry => ({ path, kind: "directory" });
		const before = state(
			directory("profiles/x"),
			directory("profiles/x/memories"),
			file("profiles/x/memories/USER.md"),
			file("profiles/x/memories/MEMORY.md"),
			directory("pairing"),
			file("pairing/telegram-pending.json"),
		);
		expect(said(before, state(directory("profiles/x")))).toEqual([
			"profiles/x/memories is gone from where snapshots look",
		]);
		expect(said(before, state())).toEqual([
			"profiles/x is gone from where snapshots look",
		]);
	});

	it("fewer of what stays, in all files together", () => {
		const pairings = (count: number) => [{ what: "pairing", count }];
		const jobs = (count: number) => [{ what: "cron job", count }];
		const old = file("pairing/a-approved.json", pairings(2));
		const moved = [
			file("pairing/a-approved.json", pairings(0)),
			file("platforms/pairing/a-approved.json", pairings(2)),
		];
		expect(said(state(old), state(...moved))).toEqual([]);
		expect(
			said(
				state(old, file("cron/jobs.json", jobs(1))),
				state(
					file("pairing/a-approved.json", pairings(1)),
					file("cron/jobs.json"),
				),
			),
		).toEqual([
			"pairing/a-approved.json 2 pairings before, only 1 now",
			"cron/jobs.json 1 cron job before, none now",
		]);
		expect(
			said(
				state(file("cron/jobs.json", jobs(1))),
				state(file("cron/jobs.json", jobs(5))),
			),
		).toEqual([]);
	});

	it("fewer in one home, however many there are in another", () => {
		const jobs = (own: number, other: number) =>
			state(
				file("cron/jobs.json", [{ what: "cron job", count: own }]),
				file("profiles/x/cron/jobs.json", [{ what: "cron job", count: other }]),
			);
		expect(said(jobs(3, 2), jobs(2, 9))).toEqual([
			"cron/jobs.json 3 cron jobs before, only 2 now",
		]);
		const pairings = (...counts: number[]) =>
			state(
				...counts.map((count, index) =>
					file(`profiles/x/pairing/${index}-approved.json`, [
						{ what: "pairing", count },
					]),
				),
			);
		expect(said(pairings(2, 2), pairings(2, 1))).toEqual([
			"profiles/x/pairing/1-approved.json 2 pairings before, only 1 now",
		]);
	});

	it.each<[string, Content, Content, string[]]>([
		[
			"NULs",
			{ isBlank: false },
			{ isBlank: true },
			["holds nothing but NULs or blanks now"],
		],
		["blank as before", { isBlank: true }, { isBlank: true }, []],
		[
			"not to be parsed",
			{ parsed: { value: 1 } },
			{ parsed: null },
			["cannot be parsed any more"],
		],
		["never to be parsed", { parsed: null }, { parsed: null }, []],
	])("a file: %s", (_, before, after, whys) => {
		const changed = [{ path: "channel_aliases.json", before, after }];
		expect(said(state(), state(), changed)).toEqual(
			whys.map((why) => `channel_aliases.json ${why}`),
		);
	});

	it.each<
		[
			string,
			rows: Record<string, number> | undefined,
			Record<string, number>,
			boolean,
		]
	>([
		["cleared", { a: 2, b: 1 }, { a: 0, b: 0 }, true],
		[
			"made anew",
			{ a: 2, schema_version: 1 },
			{ a: 0, schema_version: 1 },
			true,
		],
		["made anew, with other tables", { a: 2 }, { b: 0, settings: 1 }, true],
		["too large before", undefined, { a: 0, meta: 1 }, true],
		["too large before, and filled", undefined, { a: 1 }, false],
		["one table drained", { queue: 2, a: 1 }, { queue: 0, a: 1 }, false],
		["a table renamed", { a: 2 }, { a_new: 2 }, false],
		[
			"never filled",
			{ a: 0, schema_version: 1 },
			{ a: 0, schema_version: 1 },
			false,
		],
	])("a database: %s", (_, before, after, isWorse) => {
		const looks = {
			path: "projects.db",
			before: before ? { fill: fillOf(before) } : {},
			after: { fill: fillOf(after) },
		};
		expect(said(state(), state(), [looks])).toEqual(
			isWorse ? ["projects.db has lost all its rows"] : [],
		);
	});

	it.each([
		[{ default: "a" }, { default: "b" }, ["its model was a and is b now"]],
		[{ default: "a" }, {}, ["has lost all it said"]],
		["a", { default: "a" }, []],
		[{ default: "a" }, { default: "a", provider: "new" }, []],
		[
			{ default: "a", provider: "x" },
			{ default: "a" },
			["its provider was x and is nothing now"],
		],
		[{ default: "" }, { default: "b" }, []],
	])("another choice: %j, %j", (before, after, whys) => {
		const value = (model: unknown) =>
			Object.keys(Object(model)).length > 0 || typeof model === "string"
				? { model }
				: {};
		for (const path of ["config.yaml", "profiles/coder/config.yaml"])
			expect(
				said(state(), state(), [config(path, value(before), value(after))]),
			).toEqual(whys.map((why) => `${path} ${why}`));
	});

	it.each<[string, string, unknown, unknown, string[]]>([
		[
			"a placeholder for a key",
			".env",
			{ A_KEY: "sk-1234567", B_KEY: "sk-2345678" },
			{ A_KEY: "your-key-here", B_KEY: "sk-another" },
			[".env has lost A_KEY"],
		],
		[
			"keys, of which not every name is shown",
			".env",
			{
				A_KEY: "sk-1234567",
				"0f3a9c": "secret",
				C: "three",
				D: "four",
				E: "5th",
			},
			{ NEW: "x" },
			[".env has lost A_KEY, C, D and 2 more"],
		],
		["a switch", ".env", { DEBUG: "1", A: "abc" }, { A: "abc" }, []],
		[
			"what the jobs were planned for",
			"cron/jobs.json",
			{
				jobs: [1, 2].map((id) => ({
					id: `job-${id}`,
					plan: { at: `${id}:30` },
				})),
			},
			{ jobs: [1, 2].map((id) => ({ id: `job-${id}`, plan: null })) },
			["cron/jobs.json plan is empty in all cron jobs now"],
		],
		[
			"nothing: a job that has run its course",
			"cron/jobs.json",
			{ jobs: [{ id: "once", enabled: true, state: "scheduled" }] },
			{ jobs: [{ id: "once", enabled: false, state: "completed" }] },
			[],
		],
		[
			"nothing: ids that were made anew",
			"cron/jobs.json",
			{
				jobs: [
					{ id: "7", name: "garden" },
					{ id: "8", name: "mail" },
				],
			},
			{
				jobs: [
					{ id: "u-1", name: "garden" },
					{ id: "u-2", name: "mail" },
				],
			},
			[],
		],
		[
			"one of them, behind as many entries as before",
			"cron/jobs.json",
			{
				jobs: [
					{ id: "7", name: "garden" },
					{ id: "8", name: "mail" },
				],
			},
			{
				jobs: [
					{ id: "7", name: "garden" },
					{ id: "7", name: "garden" },
				],
			},
			["cron/jobs.json 2 cron jobs before, only 1 now"],
		],
		[
			"an empty frame",
			"channel_aliases.json",
			{ telegram: { home: "100" } },
			{ telegram: {} },
			["channel_aliases.json has lost all it said"],
		],
	])("settings that have lost %s", (_, path, before, after, whys) => {
		const changed = [config(path, before, after)];
		expect(said(state(), state(), changed)).toEqual(whys);
	});

	it("a list of people, and no number of theirs is shown", () => {
		const of = (allow: string[]) => ({
			model: "a",
			channels: { telegram: { allow }, "+491700000001": { allow } },
		});
		expect(
			said(
				state(),
				state(),
				[config("openclaw.json", of(["7001"]), of([]))],
				openclaw,
			),
		).toEqual([
			"openclaw.json channels.telegram.allow is empty now; a list in it is empty now",
		]);
	});

	it("a vault that was cut, and no log that was", () => {
		const before = state(
			file("vault.json.enc", undefined, 900),
			file("memories/old.log", undefined, 900),
		);
		const after = state(
			file("vault.json.enc", undefined, 9),
			file("memories/old.log", undefined, 9),
		);
		expect(said(before, after)).toEqual([
			"vault.json.enc has lost nearly all of its bytes",
		]);
	});

	it.each<
		[string, [number, number], [number, number], newest: string, string[]]
	>([
		["a tenth, and what was said in them", [20, 400], [18, 350], "", []],
		["one of few", [5, 50], [4, 45], "", []],
		[
			"the newest",
			...([
				[20, 400],
				[19, 390],
			] as [[number, number], [number, number]]),
			"2026-11-01T00:00:00.000Z",
			["20 sessions before, only 19 now", "400 messages before, only 390 now"],
		],
		[
			"more",
			[20, 400],
			[17, 390],
			"",
			["20 sessions before, only 17 now", "400 messages before, only 390 now"],
		],
		[
			"all",
			[1, 9],
			[0, 0],
			"",
			["1 session before, none now", "9 messages before, none now"],
		],
		[
			"messages alone",
			[20, 400],
			[20, 399],
			"",
			["400 messages before, only 399 now"],
		],
	])("sessions that are gone: %s", (_, before, after, newest, whys) => {
		const last = "2026-11-20T00:00:00.000Z";
		const counts = ([sessions, messages]: [number, number], at: string) =>
			state(
				database("state.db", [
					{ what: "session", count: sessions, newest: at },
					{ what: "message", count: messages, newest: at },
				]),
			);
		expect(said(counts(before, last), counts(after, newest || last))).toEqual(
			whys.map((why) => `state.db ${why}`),
		);
	});

	it("said without the values of a file with secrets", () => {
		const at = (model: string) => ({ agents: { defaults: { model } } });
		const changed = [config("openclaw.json", at("a"), at("b"))];
		expect(said(state(), state(), changed, openclaw)).toEqual([
			"openclaw.json its model is another (values are not shown)",
		]);
	});
});

describe("no worse is", () => {
	it("what comes and goes by itself, or is taken over by an update", () => {
		const before = state(
			file("pairing/telegram-pending.json"),
			file("profiles/coder/pairing/telegram-pending.json"),
			file("gateway_state.json"),
			database("runs_idempotency.db"),
		);
		expect(said(before, state())).toEqual([]);
		const older = state(file("agents/main/agent/auth-profiles.json"));
		expect(said(older, state(), [], openclaw)).toEqual([]);
	});

	it("more of anything", () => {
		const before = state(file("SOUL.md"));
		const after = state(file("SOUL.md"), file("memories/new.md"));
		expect(said(before, after)).toEqual([]);
	});
});

it("tells what changed by counts, files and tables", () => {
	const message = (count: number) => [{ what: "message", count }];
	const before = [database("state.db", message(3)), file("gone.md")];
	const after = [
		{ ...database("state.db", message(5)), content: "c".repeat(64) },
		file("new.md"),
		file("gateway_state.json"),
	];
	const look = {
		path: "state.db",
		before: { fill: fillOf({ a: 1, events: 900, never: 0 }) },
		after: { fill: fillOf({ a: 1, b: 0, events: 0, never: 0 }) },
	};
	expect(whatChanged(hermes, before, after, [look])).toEqual({
		counts: [{ what: "message", before: 3, after: 5 }],
		changed: ["state.db"],
		added: ["new.md"],
		removed: ["gone.md"],
		moved: [],
		tables: [
			{
				path: "state.db",
				added: 1,
				removed: 0,
				emptied: [{ table: "events", rows: 900 }],
			},
		],
	});
});

const SESSIONS = "agents/main/sessions/sessions.json";
const agentOf = (name: string, sessions: number) =>
	database(`agents/${name}/agent/openclaw-agent.sqlite`, [
		{ what: "session", count: sessions },
	]);

it.each<[string, after: unknown, Entry[], isLost: boolean]>([
	["nobody", {}, [], true],
	["nobody, and it is gone", undefined, [], true],
	["its database in part", {}, [agentOf("main", 1)], true],
	["another agent's database", {}, [agentOf("other", 9)], true],
	["its database", {}, [agentOf("main", 2)], false],
	["its database, and it is gone", undefined, [agentOf("main", 2)], false],
	["nobody, but it has one", { b: {} }, [], false],
])("sessions that are taken over by %s", (_, after, entries, isLost) => {
	const look = {
		path: SESSIONS,
		before: { parsed: { value: { a: { id: 1 }, b: { id: 2 } } } },
		after: after === undefined ? {} : { parsed: { value: after } },
	};
	const now = state(
		...(after === undefined ? [] : [file(SESSIONS)]),
		...entries,
	);
	const whys = said(state(file(SESSIONS)), now, [look], openclaw);
	expect(whys.map((why) => why.split(", has")[0])).toEqual(
		isLost ? [`${SESSIONS} had 2 sessions`] : [],
	);
});
