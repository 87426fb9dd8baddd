// Plays the agent: holds state.db open in WAL mode and runs /snapshot through the adapter, in one process.
// Usage: node live-agent.mjs HOME ADAPTER, with an IPC channel. Takes { do, … }, answers { value } or { error }.
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import Database from "better-sqlite3";

const [home, adapter] = process.argv.slice(2);
const { createSnapshotCommand, hosts } = await import(
	pathToFileURL(adapter).href
);
const command = createSnapshotCommand(hosts.hermes, { home });
// Before anything of the agent is opened.
const start = await command.automatic("start");

const db = new Database(path.join(home, "state.db"));
db.pragma("journal_mode = WAL");
db.exec(
	"INSERT OR IGNORE INTO sessions (id, source, started_at) VALUES ('live', 'cli', 1)",
);
const insert = db.prepare(
	"INSERT INTO messages (session_id, role, content, timestamp) VALUES ('live', 'user', ?, 1)",
);
insert.run("the agent is up");

const actions = {
	end: () => {
		db.close();
		process.exit(0);
	},
	describe: () => ({
		name: command.name,
		aliases: command.aliases,
		description: command.description,
	}),
	start: () => start,
	snapshot: ({ text }) => command.run(text),
	commit: ({ text }) => insert.run(text).changes,
	/** What an update does to its own database. */
	migrate: ({ text }) => void db.exec(text),
	read: () =>
		db
			.prepare(
				"SELECT content FROM messages WHERE session_id = 'live' ORDER BY id",
			)
			.pluck()
			.all(),
	// Counted by name: what this process has open under the home right now.
	openFiles: () => openUnder(home),
	// Leaves a line in a trace of this process's system calls.
	mark: ({ text }) => fs.existsSync(path.join("/nonexistent", text)),
};

process.on("message", async (request) => {
	try {
		process.send({ value: await actions[request.do](request) });
	} catch (error) {
		process.send({ error: error.stack });
	}
});
process.send({ value: "ready" });

function openUnder(folder) {
	const open = [];
	for (const fd of fs.readdirSync("/proc/self/fd")) {
		let target = "";
		try {
			target = fs.readlinkSync(`/proc/self/fd/${fd}`);
		} catch (error) {
			// The descriptor of the directory being read is gone by now.
			if (error.code !== "ENOENT") throw error;
		}
		if (target.startsWith(folder)) open.push(path.relative(folder, target));
	}
	return open.sort();
}
