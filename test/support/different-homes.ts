import fs from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { makeHermesHome } from "./hermes-home.ts";
import { put } from "./put.ts";

/** Everywhere where a secret may stand, so that whatever is said of these homes can be searched for it. */
export const SECRETS = Array.from(
	{ length: 50 },
	(_, index) =>
		`sk-ant-api03-${"Zq7".repeat(6)}${String(index).padStart(4, "0")}wXyZ`,
);

const secret = (index: number) => SECRETS[index] ?? "";

const CONFIG = `model:
  provider: openrouter
  default: hermes-4
  fallbacks: [one, two]
agent:
  max_turns: 90
  api_key: ${secret(0)}
mcp:
  servers:
    - name: files
      command: mcp-files
      env: {FILES_TOKEN: ${secret(1)}}
    - name: web
      command: mcp-web
plugins:
  enabled: []
`;

const CONFIG_SINCE = `model:
  provider: openrouter
  default: hermes-5
  fallbacks: [one, three]
agent:
  max_turns: 60
  api_key: ${secret(2)}
mcp:
  servers:
    - name: web
      command: mcp-web --fast
    - name: files
      command: mcp-files
      env: {FILES_TOKEN: ${secret(3)}}
plugins:
  enabled: [snapshots]
`;

/** A home with one of everything, secrets in most of it. */
export function homeBefore(dir: string): string {
	const home = makeHermesHome({ dir });
	put(home, "state-snapshots/config.json", {
		include: ["skills", "notes", "bin"],
	});
	fs.chmodSync(path.join(home, "state-snapshots"), 0o700);
	put(home, "config.yaml", CONFIG);
	put(
		home,
		".env",
		[4, 5, 6].map((index) => `KEY_${index}=${secret(index)}\n`).join(""),
	);
	put(home, "auth.json", { providers: { nous: { refresh_token: secret(7) } } });
	put(home, "pairing/telegram-approved.json", {
		111: { user_name: "ada" },
		222: { user_name: "bob", note: secret(8) },
	});
	put(home, "webhook_subscriptions.json", {
		hook: { url: `https://x/${secret(9)}` },
	});
	put(home, "cron/jobs.json", {
		jobs: [
			{
				id: "a",
				name: "morning brief",
				prompt: `use ${secret(10)}`,
				enabled: true,
			},
			{ id: "b", name: "backup", enabled: true },
		],
	});
	put(home, "skills/arxiv/SKILL.md", "# arxiv\n\nSearch papers.\n");
	put(home, "skills/arxiv/run.sh", `#!/bin/sh\nexport API_KEY=${secret(11)}\n`);
	put(home, "notes/old.md", `moved\nSECRET=${secret(12)}\n`);
	put(home, "notes/gone.md", "only then\n");
	put(
		home,
		"memories/MEMORY.md",
		`The key was ${secret(39)}.\nBearer ${secret(40)}\n`,
	);
	put(home, "channel_aliases.json", {
		note: secret(41),
		[secret(42)]: "a key that is one",
	});
	put(home, "notes/loose.txt", "a mode\n", 0o644);
	fs.mkdirSync(path.join(home, "bin"), { recursive: true });
	fs.writeFileSync(path.join(home, "bin/tool"), Buffer.from([0, 1, 2, 3]));
	fs.symlinkSync("old.md", path.join(home, "notes/current"));
	change(home, "state.db", (database) => {
		database.exec(
			"CREATE TABLE gateway_routing (scope TEXT, session_key TEXT, entry_json TEXT, api_key TEXT, PRIMARY KEY (scope, session_key))",
		);
		database.exec("CREATE TABLE going (x)");
		const route = database.prepare(
			"INSERT INTO gateway_routing VALUES ('', ?, ?, ?)",
		);
		for (let index = 0; index < 5; index++)
			route.run(
				`k${index}`,
				`{"token": "${secret(13 + index)}"}`,
				secret(18 + index),
			);
		database
			.prepare(
				"INSERT INTO sessions VALUES ('mine', 'cli', 'Plan the trip', 1)",
			)
			.run();
		message(database, "mine", `my key is ${secret(23)}`);
	});
	return home;
}

/** Known differences of every kind, each with what `diff` has to say of it. */
export function changeKnownly(home: string, since: number): void {
	const at = (file: string) => path.join(home, file);
	put(home, "config.yaml", CONFIG_SINCE);
	put(
		home,
		".env",
		`KEY_4=${secret(4)}\nKEY_5=${secret(24)}\nKEY_7=${secret(25)}\n`,
	);
	put(home, "auth.json", {
		providers: { nous: { refresh_token: secret(26) } },
	});
	put(home, "pairing/telegram-approved.json", {
		111: { user_name: "ada" },
		333: { user_name: "eve", note: secret(27) },
	});
	put(home, "webhook_subscriptions.json", {
		hook: { url: `https://x/${secret(28)}` },
	});
	put(home, "cron/jobs.json", {
		jobs: [
			{
				id: "a",
				name: "morning brief",
				prompt: `use ${secret(29)}`,
				enabled: false,
			},
			{ id: "c", name: "weekly report", enabled: true },
		],
	});
	put(home, "skills/arxiv/SKILL.md", "# arxiv\n\nSearch papers and books.\n");
	put(
		home,
		"skills/arxiv/run.sh",
		`#!/bin/sh\nset -e\nexport API_KEY=${secret(30)}\n`,
	);
	fs.renameSync(at("notes/old.md"), at("notes/new.md"));
	fs.rmSync(at("notes/gone.md"));
	put(
		home,
		"memories/MEMORY.md",
		`The key is ${secret(43)}.\nBearer ${secret(44)}\n# password: ${secret(45)}\n`,
	);
	put(home, "channel_aliases.json", {
		note: secret(46),
		nested: { [secret(47)]: "another key that is one" },
	});
	put(
		home,
		"memories/USER.md",
		`https://ada:${secret(48)}@example.invalid/\n-----BEGIN PRIVATE KEY-----\n${secret(49)}\n-----END PRIVATE KEY-----\n`,
	);
	put(home, "notes/added.md", `only now ${secret(31)}\n`);
	fs.chmodSync(at("notes/loose.txt"), 0o600);
	fs.writeFileSync(at("bin/tool"), Buffer.from([0, 1, 2, 3, 4]));
	fs.rmSync(at("notes/current"));
	fs.symlinkSync("new.md", at("notes/current"));
	fs.appendFileSync(at("SOUL.md"), `And a line. token: ${secret(32)}\n`);
	change(home, "state.db", (database) => {
		database
			.prepare(
				"INSERT INTO sessions VALUES ('later', 'telegram', 'Fix the build', ?)",
			)
			.run(since);
		for (let index = 0; index < 3; index++)
			message(database, "later", `hello ${secret(33 + index)}`, since + index);
		database.prepare("DELETE FROM messages WHERE session_id = 'mine'").run();
		database
			.prepare(
				"UPDATE sessions SET title = 'Plan the journey' WHERE id = 'mine'",
			)
			.run();
		database
			.prepare(
				"UPDATE gateway_routing SET entry_json = ? WHERE session_key = 'k1'",
			)
			.run(`{"token":"${secret(36)}"}`);
		database
			.prepare("DELETE FROM gateway_routing WHERE session_key = 'k2'")
			.run();
		database
			.prepare("INSERT INTO gateway_routing VALUES ('', 'k9', '{}', ?)")
			.run(secret(37));
		database.exec(
			"CREATE TABLE made_since (id INTEGER PRIMARY KEY, password TEXT)",
		);
		database
			.prepare("INSERT INTO made_since (password) VALUES (?)")
			.run(secret(38));
		database.exec("DROP TABLE going");
		database.exec(
			"ALTER TABLE schema_version ADD COLUMN by_whom TEXT DEFAULT 'nobody'",
		);
	});
	fs.writeFileSync(at("projects.db"), Buffer.alloc(4096));
	change(home, "memory_store.db", (database) =>
		database.exec("DELETE FROM facts WHERE id > 78"),
	);
}

/** What has to stand in the answer, of each of them. */
export const SAID: readonly RegExp[] = [
	/3 messages in 1 session after \d\d:\d\d,.* will go/,
	/1 message in 1 session,.* will come back/,
	/1 session \(Fix the build\).* will go/,
	/1 session \(Plan the trip\).* will be as before/,
	/1 new pairing \(telegram:…\).* will go/,
	/1 pairing \(telegram:…\).* will come back/,
	/1 new cron job \(weekly report\).* will go/,
	/1 cron job \(backup\).* will come back/,
	/1 cron job \(morning brief\).* will be as before/,
	/2 facts.* will come back/,
	/config\.yaml: .*model\.default hermes-5 → hermes-4/,
	/\.env: .*KEY_5 changed, KEY_6 will come back.*hidden/,
	/KEY_7 will go/,
	/jobs\[morning brief\]\.enabled false → true/,
	/webhook_subscriptions\.json: .*hidden/,
	/left as it is: auth\.json/,
	/skills\/arxiv\/SKILL\.md: 1 line will go, 1 line will come back/,
	/skills\/arxiv\/run\.sh: 1 line will go/,
	/notes\/new\.md will be called notes\/old\.md again/,
	/1 file .* will come back: notes\/gone\.md/,
	/1 file .* will go: notes\/added\.md/,
	/notes\/loose\.txt: mode 600 → 644/,
	/bin\/tool: 5 B → 4 B/,
	/notes\/current: link to new\.md → old\.md/,
	/SOUL\.md: 1 line will go/,
	/table gateway_routing: 1 row will go, 1 row will come back, 1 row will be as before/,
	/table made_since \(1 row\) will go/,
	/table going \(0 rows\) will come back/,
	/table schema_version: column by_whom will go/,
	/projects\.db: .*all zeros/,
];

function change(
	home: string,
	file: string,
	work: (database: Database.Database) => void,
): void {
	const database = new Database(path.join(home, file));
	work(database);
	database.close();
}

function message(
	database: Database.Database,
	session: string,
	content: string,
	time = 2,
): void {
	database
		.prepare(
			"INSERT INTO messages (session_id, role, content, timestamp) VALUES (?, 'user', ?, ?)",
		)
		.run(session, content, time);
}
