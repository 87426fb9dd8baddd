import fs from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import {
	countedIn,
	countsOfRows,
	countsOfText,
	rowsWanted,
} from "../../src/core/home/counted.ts";
import { layoutOf } from "../../src/core/home/layout.ts";
import { hosts } from "../../src/index.ts";
import { createDisk } from "../../src/system/disk.ts";
import { createSqlite } from "../../src/system/sqlite.ts";
import { scratch } from "../support/scratch.ts";

/** As the agents make them, as far as they are counted: dumps of running ones, their migrations and schema files. */
const MADE: readonly (readonly [
	host: keyof typeof hosts,
	path: string,
	sql: string,
	counts: Readonly<Record<string, number>>,
])[] = [
	[
		"openclaw",
		"state/openclaw.sqlite",
		`CREATE TABLE cron_jobs (store_key TEXT NOT NULL, job_id TEXT NOT NULL, name TEXT NOT NULL) STRICT;
		CREATE TABLE channel_pairing_allow_entries (channel_key TEXT NOT NULL, account_id TEXT NOT NULL, entry TEXT NOT NULL,
			sort_order INTEGER NOT NULL, updated_at INTEGER NOT NULL, PRIMARY KEY (channel_key, account_id, entry)) STRICT;
		CREATE TABLE device_pairing_paired (device_id TEXT NOT NULL PRIMARY KEY, public_key TEXT NOT NULL) STRICT;
		INSERT INTO cron_jobs VALUES ('a', 'b', 'c');`,
		{ "cron job": 1, pairing: 0, "paired device": 0 },
	],
	[
		"openclaw",
		"agents/main/agent/openclaw-agent.sqlite",
		`CREATE TABLE session_nodes (session_key TEXT NOT NULL PRIMARY KEY, created_at INTEGER) STRICT;
		CREATE TABLE transcript_events (session_id TEXT NOT NULL, seq INTEGER NOT NULL, event_json TEXT,
			created_at INTEGER NOT NULL, PRIMARY KEY (session_id, seq)) STRICT;
		INSERT INTO session_nodes VALUES ('a', 1), ('b', 2);
		INSERT INTO transcript_events VALUES ('a', 1, '{}', 1795237154222);`,
		{ session: 2, "chat event": 1 },
	],
	[
		"opencode",
		"opencode.db",
		`CREATE TABLE project (id TEXT PRIMARY KEY, worktree TEXT NOT NULL, time_created INTEGER NOT NULL);
		CREATE TABLE session (id TEXT PRIMARY KEY, project_id TEXT NOT NULL, time_created INTEGER NOT NULL);
		CREATE TABLE message (id TEXT PRIMARY KEY, session_id TEXT NOT NULL, time_created INTEGER NOT NULL, data TEXT NOT NULL);
		INSERT INTO message VALUES ('m', 's', 1795237154222, '{}');`,
		{ project: 0, session: 0, message: 1 },
	],
	[
		"codex",
		"state_5.sqlite",
		`CREATE TABLE threads (id TEXT PRIMARY KEY, rollout_path TEXT NOT NULL, created_at INTEGER NOT NULL,
			updated_at INTEGER NOT NULL, cwd TEXT NOT NULL, title TEXT NOT NULL);
		INSERT INTO threads VALUES ('t', '/r', 1795237154, 1795237154, '/', 'x');`,
		{ thread: 1 },
	],
	[
		"codex",
		"goals_1.sqlite",
		"CREATE TABLE thread_goals (thread_id TEXT PRIMARY KEY NOT NULL, goal_id TEXT NOT NULL)",
		{ goal: 0 },
	],
	[
		"codex",
		"memories_1.sqlite",
		"CREATE TABLE stage1_outputs (thread_id TEXT PRIMARY KEY, raw_memory TEXT NOT NULL)",
		{ "remembered thread": 0 },
	],
	[
		"copilot",
		"session-store.db",
		"CREATE TABLE sessions (id TEXT PRIMARY KEY, cwd TEXT); CREATE TABLE turns (id INTEGER PRIMARY KEY, session_id TEXT)",
		{ session: 0, turn: 0 },
	],
];

describe("what people would miss of an agent", () => {
	it.each(MADE)("%s has in %s", async (name, where, sql, counts) => {
		const host = hosts[name];
		const file = path.join(scratch(), "database");
		const database = new Database(file);
		database.exec(sql);
		database.close();
		const counted = countedIn(host, where);
		const patience = {
			signal: new AbortController().signal,
			deadline: undefined,
		};
		const pinned = await createSqlite().pin(file, patience);
		const rows = pinned.countRows(rowsWanted(counted));
		pinned.release();
		const found = countsOfRows(counted, rows);
		expect(
			Object.fromEntries(found.map(({ what, count }) => [what, count])),
		).toEqual(counts);
		for (const { newest, count } of found)
			if (newest !== undefined && count > 0)
				expect(newest).toMatch(/^2026-11-21T/);
	});

	it.each([
		[
			"claude-code",
			"plugins/installed_plugins.json",
			'{"plugins":{"a":[]}}',
			1,
		],
		["gemini", "trustedFolders.json", '{"/a":"TRUST","/b":"TRUST"}', 2],
		["gemini", "settings.json", '{"mcpServers":{"a":{}}}', 1],
		["pi", "settings.json", '{"packages":["a","b"]}', 2],
		["openclaw", "cron/jobs.json", '{"jobs":[{}]}', 1],
	] as const)("%s has in %s", (name, where, text, count) => {
		const counted = countedIn(hosts[name], where);
		expect(countsOfText(counted, text)).toMatchObject([{ count }]);
	});

	it("is found in each of an agent's directories", () => {
		const places = { home: "/u/.claude", roots: { user: "/u" } };
		const { host } = layoutOf(createDisk(fs), hosts["claude-code"], places);
		const what = countedIn(host, ".claude.json").map((one) => one.what);
		expect(what).toEqual(["project", "MCP server"]);
		const plugins = ".claude/plugins/installed_plugins.json";
		expect(countedIn(host, plugins)).toHaveLength(1);
	});

	it("is in something that a snapshot takes", () => {
		for (const host of Object.values(hosts))
			for (const { path: wanted, root } of host.counted ?? []) {
				const name = wanted.replaceAll("*", "x");
				const taken = host.critical.some(
					(item) =>
						item.root === root &&
						countedIn(
							{ ...host, counted: [{ what: "x", path: item.path }] },
							name,
						).length > 0,
				);
				expect(taken, `${host.name}: ${wanted}`).toBe(true);
			}
	});
});
