/**
 * The agent of the demo, as a process of its own: holds its state.db open (WAL, as Hermes does) and has the plugin
 * in it. Reads requests from standard input, one JSON a line, and answers each when it is done: `{ say }` once the
 * message is committed, `{ command }` with the reply. Ends with its input.
 */
import { join } from "node:path";
import { createInterface } from "node:readline";
import Database from "better-sqlite3";
import { createSnapshotCommand, hosts } from "./adapter.ts";
import type { Request } from "./demo-agent.ts";

const [home = ""] = process.argv.slice(2);
// Ctrl-C reaches every process of the terminal: the demo decides, and closes our input.
process.on("SIGINT", () => {});

const database = new Database(join(home, "state.db"));
database.pragma("journal_mode = WAL");
const commit = database.prepare(
	"INSERT INTO messages (session_id, role, content, timestamp) VALUES ('today', 'assistant', ?, ?)",
);
const snapshot = createSnapshotCommand(hosts.hermes, { home });

console.log(JSON.stringify({ ready: true }));
for await (const line of createInterface({ input: process.stdin })) {
	const request = JSON.parse(line) as Request;
	console.log(JSON.stringify(await answer(request)));
}
database.close();

async function answer(request: Request): Promise<object> {
	if ("command" in request) return snapshot.run(request.command);
	commit.run(request.say, Date.now() / 1000);
	return { committed: request.say };
}
