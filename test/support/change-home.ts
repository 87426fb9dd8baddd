import fs from "node:fs";
import path from "node:path";
import {
	changeRows,
	changeRowsInWal,
	makeSmallDb,
} from "./hermes-databases.ts";
import { put } from "./put.ts";

/**
 * What can happen to a home between two commands, all of it at once. Fits our own homes and the bench's; what is
 * not there is left out, except files that appear.
 */
export function changeEverything(home: string): void {
	changeDatabases(home);
	changePlainFiles(home);
	changePairing(path.join(home, "pairing"));
	changeBoards(home);
	changeProfiles(home);
	changeWhatStays(home);
	if (exists(home, "pairing/fifo")) changeOddEntries(home);
}

function changeDatabases(home: string): void {
	const at = (file: string) => path.join(home, file);
	// The newest rows stand in a -wal without an owner: it must not be replayed over the restored file.
	changeRowsInWal(
		at("state.db"),
		"DELETE FROM messages WHERE id % 3 = 0",
		"UPDATE messages SET content = 'changed since' WHERE id % 5 = 0",
		"INSERT INTO sessions (id, source, started_at) VALUES ('later', 'cli', 3)",
		"CREATE TABLE made_by_an_update (id INTEGER)",
	);
	changeRows(
		at("kanban.db"),
		"UPDATE tasks SET title = 'changed since'; DELETE FROM tasks WHERE rowid % 2 = 0; VACUUM",
	);
	removeDatabase(at("projects.db"));
	fs.truncateSync(at("memory_store.db"), 0);
	changeRows(at("verification_evidence.db"), "DELETE FROM evidence");
	fs.chmodSync(at("verification_evidence.db"), 0o640);
	// An update re-creates these empty, the second with another page size.
	removeDatabase(at("response_store.db"));
	makeSmallDb(at("response_store.db"), "responses", 0);
	removeDatabase(at("cron/executions.db"));
	makeSmallDb(at("cron/executions.db"), "executions", 1, { pageSize: 8192 });
}

function changePlainFiles(home: string): void {
	const at = (file: string) => path.join(home, file);
	fs.writeFileSync(at("config.yaml"), "model: {provider: changed-since}\n");
	fs.truncateSync(at(".env"), 0);
	fs.rmSync(at("cron/jobs.json"));
	fs.chmodSync(at("SOUL.md"), 0o644);
	fs.utimesSync(at("memories/MEMORY.md"), 1_700_000_000, 1_700_000_000.25);
	fs.rmSync(at("memories/USER.md"));
	// A user's dotfiles tool has linked it away: the link goes, what it points to stays.
	put(home, "logs/dotfiles-aliases.json", '{"mine":"do not write through me"}');
	fs.rmSync(at("channel_aliases.json"));
	fs.symlinkSync(at("logs/dotfiles-aliases.json"), at("channel_aliases.json"));
	if (exists(home, "feishu_comment_pairing.json"))
		fs.rmSync(at("feishu_comment_pairing.json"));
	else put(home, "feishu_comment_pairing.json", { appeared: "since" });
	fs.appendFileSync(at("logs/gateway.log"), "one more line\n");
	put(home, "sessions/later.jsonl", "{}\n");
}

function changePairing(pairing: string): void {
	fs.writeFileSync(
		path.join(pairing, "telegram-approved.json"),
		'{"changed":"since"}\n',
	);
	fs.rmSync(path.join(pairing, "discord-approved.json"));
	put(pairing, "added-since-approved.json", {
		"666": { user_name: "mallory" },
	});
	put(pairing, "added/in/a/folder.json", { added: true });
	fs.chmodSync(pairing, 0o711);
	fs.rmSync(path.join(pairing, "../platforms/pairing"), { recursive: true });
}

function changeBoards(home: string): void {
	put(
		home,
		"kanban/boards/ops/board.json",
		{ slug: "ops", changed: "since" },
		0o644,
	);
	put(
		home,
		"kanban/boards/ops/workspaces/w1/scratch.txt",
		"work goes on\n",
		0o644,
	);
	makeSmallDb(path.join(home, "kanban/boards/new/kanban.db"), "tasks", 3);
	put(home, "kanban/boards/new/board.json", { slug: "new" });
	put(
		home,
		"kanban/boards/new/workspaces/w1/work.txt",
		"never captured, never removed\n",
	);
}

function changeProfiles(home: string): void {
	put(home, "profiles/coder/SOUL.md", "# Another soul\n");
	changeRows(
		path.join(home, "profiles/coder/state.db"),
		"DELETE FROM messages",
	);
	fs.rmSync(path.join(home, "profiles/research/.env"));
	put(home, "profiles/made-since/SOUL.md", "# Nobody looked for me\n");
}

/** A restore must leave these as they are now. */
function changeWhatStays(home: string): void {
	put(home, "auth.json", {
		version: 1,
		providers: { nous: { refresh_token: "rt_rotated_since" } },
	});
	put(home, "processes.json", []);
	put(
		home,
		"gateway_state.json",
		{ pid: 777, gateway_state: "stopped" },
		0o644,
	);
	if (exists(home, "profiles/coder/auth.json"))
		put(home, "profiles/coder/auth.json", {
			version: 1,
			providers: { nous: {} },
		});
}

/** Entries that cannot be captured (FIFO, socket, a name that is not UTF-8) are not touched: they must simply stay. */
function changeOddEntries(home: string): void {
	const at = (file: string) => path.join(home, "pairing", file);
	fs.rmSync(at("link-out.json"));
	fs.rmSync(at("dangling.json"));
	fs.symlinkSync("/nonexistent/elsewhere", at("dangling.json"));
	fs.rmSync(at("with\nnewline.json"));
	fs.rmSync(at("old-mtime.json"));
	fs.rmSync(at("empty-dir"), { recursive: true });
	fs.writeFileSync(at("hardlink.json"), '{"both":"names changed"}');
	if (exists(home, "pairing/hardlink-out.json"))
		fs.writeFileSync(
			at("hardlink-out.json"),
			'{"the file outside":"changed too"}',
		);
	if (exists(home, "pairing/d0")) fs.rmSync(at("d0"), { recursive: true });
	// Others than root cannot read it, so it is not in the snapshot.
	if (process.getuid?.() === 0)
		fs.writeFileSync(at("unreadable.json"), '{"changed":"since"}');
}

function removeDatabase(file: string): void {
	for (const end of ["", "-wal", "-shm", "-journal"])
		fs.rmSync(file + end, { force: true });
}

function exists(home: string, file: string): boolean {
	return fs.existsSync(path.join(home, file));
}
