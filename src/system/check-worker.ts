/**
 * Checks one database in a process of its own, because SQLite cannot be interrupted from JavaScript and a
 * check of 30 GB took 143 s: whoever is tired of waiting ends the process. Prints what it found as JSON.
 *
 * The check has a thread to itself, so that somebody notices when our input ends: whoever asked has died, and would
 * leave us behind. Not `process.exit`, which waits for that thread.
 */
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { checkDatabase } from "./check-database.ts";

if (isMainThread) {
	process.stdin.on("end", () => process.kill(process.pid, "SIGKILL")).resume();
	new Worker(new URL(import.meta.url), { argv: process.argv.slice(2) }).on(
		"message",
		(found) =>
			process.stdout.write(JSON.stringify(found), () => process.exit()),
	);
} else {
	parentPort?.postMessage(checkDatabase(process.argv[2] ?? ""));
}
