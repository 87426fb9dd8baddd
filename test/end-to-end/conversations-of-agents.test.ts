import fs from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { expect, it } from "vitest";
import { homeWith } from "../hosts/home-with.ts";
import { runCli } from "../support/run-cli.ts";

const timeout = 120_000;

/** OpenCode's, as its session.sql.ts and project.sql.ts make them. */
const OPENCODE = `
	CREATE TABLE project (id TEXT PRIMARY KEY, worktree TEXT NOT NULL, vcs TEXT, name TEXT, time_created INTEGER NOT NULL,
		time_updated INTEGER NOT NULL, sandboxes TEXT NOT NULL);
	CREATE TABLE session (id TEXT PRIMARY KEY, project_id TEXT NOT NULL, workspace_id TEXT, parent_id TEXT, slug TEXT NOT NULL,
		directory TEXT NOT NULL, path TEXT, title TEXT NOT NULL, version TEXT NOT NULL, share_url TEXT, cost REAL DEFAULT 0 NOT NULL,
		revert TEXT, permission TEXT, time_created INTEGER NOT NULL, time_updated INTEGER NOT NULL, time_archived INTEGER,
		CONSTRAINT fk_project FOREIGN KEY (project_id) REFERENCES project(id) ON DELETE CASCADE);
	CREATE INDEX session_project_idx ON session (project_id);
	CREATE TABLE message (id TEXT PRIMARY KEY, session_id TEXT NOT NULL, time_created INTEGER NOT NULL, time_updated INTEGER NOT NULL,
		data TEXT NOT NULL, FOREIGN KEY (session_id) REFERENCES session(id) ON DELETE CASCADE);
	CREATE TABLE part (id TEXT PRIMARY KEY, message_id TEXT NOT NULL, session_id TEXT NOT NULL, time_created INTEGER NOT NULL,
		time_updated INTEGER NOT NULL, data TEXT NOT NULL, FOREIGN KEY (message_id) REFERENCES message(id) ON DELETE CASCADE);
	CREATE INDEX part_session_idx ON part (session_id);
	CREATE TABLE todo (session_id TEXT NOT NULL, content TEXT NOT NULL, status TEXT NOT NULL, priority TEXT NOT NULL,
		position INTEGER NOT NULL, time_created INTEGER NOT NULL, time_updated INTEGER NOT NULL,
		PRIMARY KEY (session_id, position), FOREIGN KEY (session_id) REFERENCES session(id) ON DELETE CASCADE);
	CREATE TABLE session_share (session_id TEXT PRIMARY KEY REFERENCES session(id) ON DELETE CASCADE, id TEXT NOT NULL,
		secret TEXT NOT NULL, url TEXT NOT NULL, time_created INTEGER NOT NULL, time_updated INTEGER NOT NULL);
	INSERT INTO project VALUES ('p1', '/garden', 'git', NULL, 1, 1, '[]'), ('p2', '/house', NULL, NULL, 1, 1, '[]');`;

const TABLES = ["project", "session", "message", "part", "todo"];

function withDatabase<T>(
	file: string,
	work: (database: Database.Database) => T,
) {
	const database = new Database(file);
	database.pragma("foreign_keys = ON");
	try {
		return work(database);
	} finally {
		database.close();
	}
}

function contents(file: string): Record<string, unknown[]> {
	return withDatabase(file, (database) => ({
		...Object.fromEntries(
			TABLES.map((table) => [
				table,
				database.prepare(`SELECT * FROM ${table} ORDER BY 1, 2`).all(),
			]),
		),
		dangling: database.pragma("foreign_key_check") as unknown[],
	}));
}

function addSession(database: Database.Database, id: string, project: string) {
	const when = 1_795_000_000_000;
	const run = (sql: string, ...values: unknown[]) =>
		database.prepare(sql).run(...values);
	run(
		"INSERT INTO session (id, project_id, slug, directory, title, version, time_created, time_updated) VALUES (?, ?, ?, '/', ?, '1', ?, ?)",
		...[id, project, `slug-${id}`, `About ${id}`, when, when],
	);
	for (let index = 0; index < 3; index++) {
		const message = `msg_${id}_${index}`;
		const at = when + index * 60_000;
		run(
			'INSERT INTO message VALUES (?, ?, ?, ?, \'{"role":"user"}\')',
			...[message, id, at, at],
		);
		for (const part of ["a", "b"])
			run(
				"INSERT INTO part VALUES (?, ?, ?, ?, ?, ?)",
				...[
					`prt_${message}_${part}`,
					message,
					id,
					at,
					at,
					`{"text":"${part}"}`,
				],
			);
	}
	run("INSERT INTO todo VALUES (?, 'dig', 'open', 'high', 0, 1, 1)", id);
}

it("brings back a session of OpenCode's, with its messages, their parts and its project", {
	timeout,
}, async () => {
	const user = homeWith({ ".config/opencode/opencode.json": "{}" });
	const home = path.join(user, ".local/share/opencode");
	const file = path.join(home, "opencode.db");
	fs.mkdirSync(home, { recursive: true });
	withDatabase(file, (database) => {
		database.pragma("journal_mode = WAL");
		database.exec(OPENCODE);
		addSession(database, "ses_garden", "p1");
		addSession(database, "ses_house", "p2");
	});
	const before = contents(file);
	const say = (...words: string[]) =>
		runCli(["--host", "opencode", ...words], { env: { HOME: user } });
	const made = await say("create");
	expect(made.code, made.stdout + made.stderr).toBe(0);
	withDatabase(file, (database) => {
		database.exec("DELETE FROM project WHERE id = 'p2'");
		addSession(database, "ses_since", "p1");
	});
	const lost = contents(file);
	const asked = await say("restore", "1", "--session", "?");
	expect(asked.stdout, asked.stderr).toContain("ses_house");
	const { code, stdout, stderr } = await say(
		...["restore", "1", "--session", "ses_h"],
	);
	expect(code, stdout + stderr).toBe(0);
	expect(stdout).toContain("1 session ses_house");
	expect(stdout).toContain("3 messages");
	expect(stdout).toContain("6 parts");
	const after = contents(file);
	for (const table of TABLES)
		expect(after).toMatchObject({
			[table]: expect.arrayContaining([
				...(before[table] ?? []),
				...(lost[table] ?? []),
			]),
		});
	expect(after).toMatchObject({ dangling: [] });
	expect(after.session).toHaveLength(3);
});

it("brings back a chat that is a file, if it is not there any more", {
	timeout,
}, async () => {
	const name = (id: string) => `sessions/--garden--/2026-11-02_${id}.jsonl`;
	const home = homeWith({
		[name("0198aabb-1111")]: '{"id":"0198aabb-1111"}\n',
		[name("0198aabb-2222")]: '{"id":"0198aabb-2222"}\n',
		"settings.json": '{"defaultModel":"ours"}',
	});
	const say = (...words: string[]) =>
		runCli(["--host", "pi", "--home", home, ...words]);
	const restore = (id: string) => say("restore", "1", "--session", id);
	await say("create");
	const without = await restore("0198aabb-1111");
	expect(without.code).toBe(1);
	expect(without.stderr).toContain('"include"');
	fs.writeFileSync(
		path.join(home, "state-snapshots/config.json"),
		'{"include": ["sessions"]}',
	);
	await say("create");
	const gone = path.join(home, name("0198aabb-1111"));
	fs.rmSync(gone);
	const other = path.join(home, name("0198aabb-2222"));
	fs.appendFileSync(other, "since\n");
	fs.writeFileSync(path.join(home, "settings.json"), '{"defaultModel":"new"}');
	expect((await restore("0198aabb")).stderr).toContain("More than one file");
	expect((await restore("0198aabb-2222")).stderr).toContain(
		"is there, and may have gone on since. Nothing was changed.",
	);
	const { code, stdout, stderr } = await restore("0198aabb-1111");
	expect(code, stdout + stderr).toBe(0);
	expect(fs.readFileSync(gone, "utf8")).toContain("1111");
	expect(fs.readFileSync(other, "utf8")).toContain("since");
	expect(fs.readFileSync(path.join(home, "settings.json"), "utf8")).toContain(
		"new",
	);
});
