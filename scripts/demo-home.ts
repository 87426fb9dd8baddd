/** A home like those of Hermes, small and made up, for a machine without an agent. */
import {
	mkdirSync,
	mkdtempSync,
	realpathSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import Database from "better-sqlite3";

export interface DemoHome {
	readonly home: string;
	/** Takes it away with everything in it. May be called twice. */
	remove(): void;
}

export function makeDemoHome(): DemoHome {
	const directory = mkdtempSync(
		join(realpathSync(tmpdir()), "agent-snapshot-demo-"),
	);
	const home = join(directory, ".hermes");
	putFiles(home, FILES);
	putFiles(join(home, "profiles/coder"), PROFILE);
	makeStateDatabase(join(home, "state.db"), CHAT);
	makeStateDatabase(join(home, "profiles/coder/state.db"), CHAT.slice(0, 4));
	return {
		home,
		remove: () =>
			rmSync(directory, { recursive: true, force: true, maxRetries: 3 }),
	};
}

type Files = Readonly<Record<string, string | object>>;

export const MODEL = "nousresearch/hermes-4-405b";

export function configText(model: string): string {
	return `model:\n  provider: openrouter\n  default: ${model}\nmemory:\n  memory_enabled: true\n`;
}

export function loginWith(refreshToken: string): object {
	const nous = { access_token: "made-up", refresh_token: refreshToken };
	return { version: 1, active_provider: "nous", providers: { nous } };
}

const FILES: Files = {
	"config.yaml": configText(MODEL),
	".env": "OPENROUTER_API_KEY=made-up\nTELEGRAM_BOT_TOKEN=made-up\n",
	"auth.json": loginWith("the-first"),
	"cron/jobs.json": {
		jobs: ["morning mail", "water the garden", "weekly report"].map(
			(name, index) => ({
				id: `job-${index}`,
				name,
				schedule: { kind: "cron", expr: `0 ${index + 7} * * *` },
				enabled: true,
			}),
		),
	},
	"pairing/telegram-approved.json": { 100200: { user_name: "ana" } },
	"SOUL.md": "# Soul\n\nKind, brief, and never in a hurry.\n",
	"memories/MEMORY.md":
		"Ana lives in Lisbon.\n§\nThe greenhouse is on port 8443.\n",
};

const PROFILE: Files = {
	"config.yaml": configText("deepseek/deepseek-v4-flash"),
	"SOUL.md": "# Soul\n\nReads the tests first.\n",
};

const CHAT = [
	"Good morning! What is on for today?",
	"Two things: the dentist at ten, and the report for Rui.",
	"Where did we leave the report?",
	"Section three is a draft; sections one and two are done.",
	"Finish section three, please, and keep it short.",
	"Done: 400 words. Shall I send it to Rui?",
	"Yes, and remind me of the dentist at half past nine.",
	"Sent. The reminder is set.",
	"And what does the greenhouse say?",
	"21 degrees, the soil is dry. I could water it at six.",
	"Do that.",
];

function putFiles(home: string, files: Files): void {
	for (const [path, content] of Object.entries(files)) {
		const file = join(home, path);
		const text =
			typeof content === "string" ? content : JSON.stringify(content, null, 2);
		mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
		writeFileSync(file, text, { mode: 0o600 });
	}
}

function makeStateDatabase(file: string, chat: readonly string[]): void {
	const database = new Database(file);
	database.pragma("journal_mode = WAL");
	database.exec(`
		CREATE TABLE sessions (id TEXT PRIMARY KEY, source TEXT NOT NULL, title TEXT, started_at REAL NOT NULL);
		CREATE TABLE messages (id INTEGER PRIMARY KEY AUTOINCREMENT, session_id TEXT NOT NULL REFERENCES sessions(id),
			role TEXT NOT NULL, content TEXT, timestamp REAL NOT NULL);
		INSERT INTO sessions VALUES ('today', 'telegram', 'Today', 1795000000);`);
	const insert = database.prepare(
		"INSERT INTO messages (session_id, role, content, timestamp) VALUES ('today', ?, ?, ?)",
	);
	for (const [index, content] of chat.entries())
		insert.run(
			index % 2 ? "assistant" : "user",
			content,
			1_795_000_000 + index,
		);
	database.close();
}
