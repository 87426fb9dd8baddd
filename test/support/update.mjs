// What an update does to a home, well or badly: node update.mjs HOME WHAT
import fs from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";

const [home = "", what = ""] = process.argv.slice(2);
const at = (name) => path.join(home, name);

function sql(name, statements) {
	const database = new Database(at(name));
	database.exec(statements);
	database.close();
}

const read = (name) => fs.readFileSync(at(name), "utf8");
const write = (name, text) => fs.writeFileSync(at(name), text);
const change = (name, from, to) => write(name, read(name).replace(from, to));
const json = (name, work) =>
	write(name, JSON.stringify(work(JSON.parse(read(name))), null, 2));
const eachJob = (work) =>
	json("cron/jobs.json", ({ jobs }) => ({
		jobs: jobs.map((job) => ({ ...job, ...work(job) })),
	}));

const NO_TRIGGERS = ["insert", "delete", "update"]
	.map((event) => `DROP TRIGGER messages_fts_${event}`)
	.join(";");

const losses = {
	"loses a key": () => change(".env", /^OPENROUTER_API_KEY=.*\n/m, ""),
	"empties a key": () => change(".env", /^(OPENROUTER_API_KEY)=.*/m, "$1="),
	"comments a key out": () => change(".env", /^(OPENROUTER_API_KEY)/m, "# $1"),
	"empties the users in .env": () =>
		change(".env", /^(TELEGRAM_ALLOWED_USERS)=.*/m, '$1=""'),
	"empties all messages": () =>
		sql("state.db", "UPDATE messages SET content = NULL"),
	"puts a placeholder into all messages": () =>
		sql("state.db", "UPDATE messages SET content = 'n/a'"),
	"copies a table and forgets a column": () =>
		sql(
			"projects.db",
			"ALTER TABLE projects RENAME TO old; CREATE TABLE projects (id INTEGER PRIMARY KEY, title TEXT, body BLOB, state TEXT DEFAULT 'on'); INSERT INTO projects (id, body) SELECT id, body FROM old; DROP TABLE old",
		),
	"empties the search": () =>
		sql(
			"state.db",
			"INSERT INTO messages_fts(messages_fts) VALUES ('delete-all')",
		),
	"names sessions that are not there": () =>
		sql(
			"state.db",
			"PRAGMA foreign_keys = OFF; UPDATE messages SET session_id = 'none' || id WHERE id % 2",
		),
	"calls all sessions something else": () =>
		sql(
			"state.db",
			"PRAGMA foreign_keys = OFF; UPDATE sessions SET id = 'n' || id",
		),
	"drops the search": () =>
		sql("state.db", `${NO_TRIGGERS}; DROP TABLE messages_fts`),
	"drops what fills the search": () => sql("state.db", NO_TRIGGERS),
	"forgets when messages came": () =>
		sql("state.db", "UPDATE messages SET timestamp = 0"),
	"turns all jobs off": () => eachJob(() => ({ enabled: false })),
	"pauses all jobs": () => eachJob(() => ({ state: "paused" })),
	"forgets what the jobs are for": () => eachJob(() => ({ prompt: "" })),
	"writes no pairings in a new form": () =>
		write("pairing/telegram-approved.json", '{"version": 2, "approved": {}}'),
	"empties the aliases": () => write("channel_aliases.json", "{}"),
	"empties the logins": () =>
		json("auth.json", (all) => ({ ...all, providers: {} })),
	"empties the memories": () => write("memories/MEMORY.md", ""),
	"leaves a heading of the memories": () =>
		write("memories/MEMORY.md", "# Memory\n"),
	"writes its own persona": () =>
		write("SOUL.md", "# Soul\n\nYou are a helpful assistant.\nBe concise.\n"),
	"turns the config to defaults": () =>
		write(
			"config.yaml",
			"model:\n  default: ours/best\n  provider: openrouter\ntheme: light\nagent:\n  max_turns: 30\n",
		),
	"empties a list of users in the config": () =>
		change("config.yaml", "allowed: [ada, bob]", "allowed: []"),
};

const improvements = {
	"adds columns, tables and keys": () => {
		sql(
			"state.db",
			"ALTER TABLE messages ADD COLUMN mood TEXT; CREATE TABLE moods (id); UPDATE messages SET mood = 'calm'",
		);
		fs.appendFileSync(at("config.yaml"), "\nupdates: weekly\n");
		fs.appendFileSync(at(".env"), "NEW_KEY=sk-new-key-of-the-update\n");
		eachJob(() => ({ timezone: "UTC" }));
	},
	"moves a key of the config": () =>
		change("config.yaml", "theme: dark", "display:\n  theme: dark"),
	"moves a secret to another file": () => {
		const [, key] = /^OPENROUTER_API_KEY=(.*)$/m.exec(read(".env"));
		change(".env", /^OPENROUTER_API_KEY=.*\n/m, "");
		json("auth.json", (all) => ({ ...all, pool: { openrouter: [{ key }] } }));
	},
	"renames a key, and draws another anew": () => {
		change(".env", "OPENROUTER_API_KEY", "OPENROUTER_KEY");
		json("auth.json", (all) => ({
			...all,
			providers: { nous: { refresh_token: "rt_a_fresh_one_of_the_update" } },
		}));
	},
	"moves the contents to a table of their own": () =>
		sql(
			"state.db",
			"CREATE TABLE bodies (message INTEGER PRIMARY KEY, body TEXT); INSERT INTO bodies SELECT id, content FROM messages; UPDATE messages SET content = NULL",
		),
	"makes the search in another form": () =>
		sql(
			"state.db",
			"DROP TABLE messages_fts; CREATE VIRTUAL TABLE messages_fts USING fts5(content, content='messages', content_rowid='id', tokenize='porter')",
		),
	"writes the jobs and pairings in a new form": () => {
		json("cron/jobs.json", ({ jobs }) => ({
			version: 2,
			jobs: Object.fromEntries(jobs.map((job) => [job.id, job])),
		}));
		json("pairing/telegram-approved.json", (approved) =>
			Object.entries(approved).map(([user, one]) => ({ user, ...one })),
		);
	},
	"sets the pairings aside in their file": () =>
		json("pairing/telegram-approved.json", (removed) => ({ removed })),
	"moves the pairings": () => {
		const name = "telegram-approved.json";
		json(`platforms/pairing/${name}`, (all) => ({
			...all,
			...JSON.parse(read(`pairing/${name}`)),
		}));
		write(`pairing/${name}`, "{}");
	},
	"moves the file of the pairings": () =>
		fs.renameSync(
			at("pairing/signal-approved.json"),
			at("platforms/pairing/signal-approved.json"),
		),
	"moves the file of the pairings over another": () =>
		fs.renameSync(
			at("pairing/telegram-approved.json"),
			at("platforms/pairing/telegram-approved.json"),
		),
	"moves the file of the jobs": () =>
		fs.renameSync(at("cron/jobs.json"), at("memories/jobs.json")),
	"puts the jobs into another file": () => {
		const { jobs } = JSON.parse(read("cron/jobs.json"));
		json("channel_aliases.json", (all) => ({ ...all, planned: jobs }));
		fs.rmSync(at("cron/jobs.json"));
	},
	"puts the model under other keys": () =>
		change(
			"config.yaml",
			/^model:\n.*\n.*\n/,
			"llm:\n  provider: openrouter\n  model: ours/best\n",
		),
	"makes another search in place of the old one": () =>
		sql(
			"state.db",
			`${NO_TRIGGERS}; DROP TABLE messages_fts; CREATE VIRTUAL TABLE found USING fts5(content, content='messages', content_rowid='id');
			CREATE TRIGGER find AFTER INSERT ON messages BEGIN INSERT INTO found (rowid, content) VALUES (new.id, new.content); END`,
		),
	"leaves messages of an expired session behind": () =>
		sql(
			"state.db",
			"PRAGMA foreign_keys = OFF; DELETE FROM sessions WHERE id IN (SELECT id FROM sessions ORDER BY started_at LIMIT 1)",
		),
	"turns one job off, and plans the others anew": () => {
		eachJob(({ id }) => ({ enabled: id !== "one", next_run_at: null }));
	},
	"removes a few expired sessions": () =>
		sql(
			"state.db",
			"CREATE TEMP TABLE old AS SELECT id FROM sessions ORDER BY started_at LIMIT 1; DELETE FROM messages WHERE session_id IN (SELECT id FROM old); DELETE FROM sessions WHERE id IN (SELECT id FROM old)",
		),
	"adds to the memories": () =>
		fs.appendFileSync(at("memories/MEMORY.md"), "§\nIt was updated.\n"),
	"empties what passes": () => {
		write("pairing/telegram-pending.json", "{}");
		write("gateway_state.json", "{}");
	},
};

const updates = {
	...losses,
	...improvements,
	"empties the jobs": () =>
		fs.writeFileSync(at("cron/jobs.json"), '{"jobs": []}'),
	"loses a job": () => {
		const { jobs } = JSON.parse(fs.readFileSync(at("cron/jobs.json"), "utf8"));
		fs.writeFileSync(
			at("cron/jobs.json"),
			JSON.stringify({ jobs: jobs.slice(1) }),
		);
	},
	"fills state.db with NULs": () => {
		const { size } = fs.statSync(at("state.db"));
		for (const end of ["-wal", "-shm"])
			fs.rmSync(at(`state.db${end}`), { force: true });
		fs.writeFileSync(at("state.db"), Buffer.alloc(size));
	},
	"makes projects.db anew": () => {
		fs.rmSync(at("projects.db"));
		sql(
			"projects.db",
			"CREATE TABLE projects (id INTEGER PRIMARY KEY, title TEXT, body BLOB)",
		);
	},
	"makes response_store.db anew": () => {
		fs.rmSync(at("response_store.db"));
		sql(
			"response_store.db",
			"CREATE TABLE schema_version (v); INSERT INTO schema_version VALUES (3); CREATE TABLE responses (id)",
		);
	},
	"chooses another model": () => {
		const config = fs.readFileSync(at("config.yaml"), "utf8");
		fs.writeFileSync(
			at("config.yaml"),
			config.replace("ours/best", "theirs/cheap"),
		);
	},
	"breaks the config": () =>
		fs.appendFileSync(at("config.yaml"), "\n\t: [unclosed\n"),
	"removes the memories": () => fs.rmSync(at("memories/MEMORY.md")),
	"removes everything": () => {
		for (const name of fs.readdirSync(home))
			if (name !== "state-snapshots") fs.rmSync(at(name), { recursive: true });
	},
	"is good": () => {
		sql(
			"state.db",
			`ALTER TABLE sessions ADD COLUMN mood TEXT; CREATE TABLE moods (id);
			INSERT INTO messages (session_id, role, content, timestamp)
			SELECT id, 'assistant', 'after the update', 1777000000 FROM sessions LIMIT 2`,
		);
		fs.appendFileSync(at("config.yaml"), "\nupdates: weekly\n");
	},
};

const update = updates[what];
if (update === undefined) throw new Error(`there is no update that ${what}`);
update();
console.log(`the update that ${what}`);
