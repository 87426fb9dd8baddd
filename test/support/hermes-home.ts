import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import {
	changeRowsInWal,
	makeSmallDb,
	makeStateDb,
} from "./hermes-databases.ts";
import { addOddEntries } from "./odd-entries.ts";
import { benchScript } from "./paths.ts";
import { type Prose, prose } from "./prose.ts";
import { epoch, put } from "./put.ts";

export interface HermesHomeOptions {
	/** Where to make it; must not exist yet. */
	dir: string;
	seed?: number;
	/** `state.db` grows to at least this many MiB. */
	dbMb?: number;
	/** Leave the last rows of `state.db` in its `-wal` only, with the writer killed. */
	walLive?: boolean;
	/** Add links, a FIFO, a socket and awkward names. */
	odd?: boolean;
}

/** Makes a small home as Hermes keeps it in ~/.hermes; everything in it depends on the options only. */
export function makeHermesHome(options: HermesHomeOptions): string {
	const { dir, seed = 1, dbMb = 0.5 } = options;
	const text = prose(seed);
	fs.mkdirSync(dir, { mode: 0o700, recursive: true });
	addAgentFiles(dir, text);
	addThingsNeverCaptured(dir, text);
	addDatabases(dir);
	makeStateDb(path.join(dir, "state.db"), { mb: dbMb, seed });
	for (const profile of ["coder", "research"])
		addProfile(path.join(dir, "profiles", profile), text);
	if (options.odd) addOddEntries(dir);
	if (options.walLive) {
		changeRowsInWal(
			path.join(dir, "state.db"),
			"INSERT INTO sessions VALUES ('only-in-wal', 'cli', 'committed, not checkpointed', 1)",
			"INSERT INTO messages (session_id, role, content, timestamp) VALUES ('only-in-wal', 'user', 'still here', 2)",
		);
	}
	return dir;
}

/** A home made by the shared bench's make_home.py; needs `benchScript("make_home.py")`. */
export function sharedHome(
	dir: string,
	options: { seed: number; dbMb: number },
): string {
	const script = benchScript("make_home.py");
	if (!script)
		throw new Error("../shared/bench is not here; skip this test visibly");
	const flags = [
		"--seed",
		String(options.seed),
		"--db-mb",
		String(options.dbMb),
	];
	execFileSync(
		"python3",
		[script, dir, ...flags, "--wal-live", "--odd", "--profiles", "2"],
		{ stdio: "pipe" },
	);
	return dir;
}

function addAgentFiles(home: string, text: Prose): void {
	addProfileFiles(home, text);
	put(
		home,
		"gateway_state.json",
		{ pid: 41234, gateway_state: "running" },
		0o644,
	);
	put(
		home,
		"processes.json",
		[
			{
				session_id: `proc_${text.hex(12)}`,
				command: "npm run dev",
				pid: 50001,
			},
		],
		0o644,
	);
	put(
		home,
		"channel_directory.json",
		{ platforms: { telegram: [{ id: text.hex(9), name: "home" }] } },
		0o644,
	);
	put(home, "channel_aliases.json", { telegram: { home: "100" } }, 0o644);
	for (const base of ["pairing", "platforms/pairing"]) {
		for (const platform of ["telegram", "discord"]) {
			put(home, `${base}/${platform}-approved.json`, {
				[text.hex(9)]: { user_name: "ada" },
			});
			put(home, `${base}/${platform}-pending.json`, {
				[text.hex(64)]: { user_id: "9" },
			});
		}
		put(home, `${base}/_rate_limits.json`, { "telegram:9": epoch });
	}
	put(home, "kanban/boards/ops/board.json", { slug: "ops" }, 0o644);
	put(
		home,
		"kanban/boards/ops/workspaces/w1/scratch.txt",
		text.sentence(400),
		0o644,
	);
	put(
		home,
		"kanban/boards/ops/attachments/a1/photo.bin",
		text.hex(4000),
		0o644,
	);
}

/** What the main home and every profile have alike. */
function addProfileFiles(home: string, text: Prose): void {
	put(
		home,
		"config.yaml",
		`model:\n  provider: openrouter\n# ${text.sentence(8)}\n`,
	);
	put(
		home,
		".env",
		`OPENROUTER_API_KEY=sk-or-v1-${text.hex(40)}\nTELEGRAM_ALLOWED_USERS=111,222\n`,
	);
	put(home, "auth.json", {
		version: 1,
		providers: { nous: { refresh_token: `rt_${text.hex(40)}` } },
	});
	put(home, "cron/jobs.json", {
		jobs: [{ id: text.hex(12), name: text.sentence(3), enabled: true }],
	});
	put(home, "SOUL.md", `# Soul\n\n${text.sentence(120)}\n`);
	put(
		home,
		"memories/MEMORY.md",
		`${text.sentence(60)}\n§\n${text.sentence(40)}\n`,
	);
	put(home, "memories/USER.md", `${text.sentence(30)}\n`);
}

function addProfile(home: string, text: Prose): void {
	addProfileFiles(home, text);
	makeStateDb(path.join(home, "state.db"), {
		mb: 0.1,
		seed: text.number(1000),
	});
}

function addDatabases(home: string): void {
	makeSmallDb(path.join(home, "kanban.db"), "tasks", 60);
	makeSmallDb(path.join(home, "kanban/boards/ops/kanban.db"), "tasks", 20);
	makeSmallDb(path.join(home, "projects.db"), "projects", 12);
	makeSmallDb(path.join(home, "response_store.db"), "responses", 50);
	makeSmallDb(path.join(home, "memory_store.db"), "facts", 80);
	makeSmallDb(path.join(home, "verification_evidence.db"), "evidence", 30);
	makeSmallDb(path.join(home, "cron/executions.db"), "executions", 40);
	makeSmallDb(
		path.join(home, "gateway/discord_message_recovery.db"),
		"messages",
		25,
	);
}

function addThingsNeverCaptured(home: string, text: Prose): void {
	put(
		home,
		"sessions/20260412_100000_abc123.jsonl",
		`{"role":"user","content":"${text.sentence(50)}"}\n`,
	);
	put(home, "hermes-agent/run_agent.py", `# ${text.sentence(200)}\n`, 0o644);
	put(home, "hermes-agent/.git/HEAD", "ref: refs/heads/main\n", 0o644);
	put(home, "logs/gateway.log", `${text.sentence(300)}\n`, 0o644);
	put(
		home,
		"skills/my-skill/SKILL.md",
		`---\nname: my-skill\n---\n${text.sentence(90)}\n`,
		0o644,
	);
	put(home, "scripts/report.sh", "#!/bin/sh\necho ok\n", 0o755);
	put(home, "gateway.pid", "41234\n", 0o644);
	makeSmallDb(path.join(home, "cache/chrome/Cookies.db"), "cookies", 10);
}
