/**
 * Examines one database in a process of its own, as check-worker.ts checks one. Prints what it finds as it is found, a
 * line of JSON each, and at last that it is done.
 */
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { examineDatabase } from "./examine-database.ts";

if (isMainThread) {
	process.stdin.on("end", () => process.kill(process.pid, "SIGKILL")).resume();
	new Worker(new URL(import.meta.url), { argv: process.argv.slice(2) }).on(
		"message",
		(line: string) =>
			process.stdout.write(`${line}\n`, () => {
				if (line === "done") process.exit();
			}),
	);
} else {
	const tell = (line: string) => parentPort?.postMessage(line);
	const [, , path = "", scratch] = process.argv;
	examineDatabase(
		path,
		(found) => tell(JSON.stringify(found)),
		scratch === "scratch",
	);
	tell("done");
}
