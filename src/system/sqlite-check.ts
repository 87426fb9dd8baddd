import { execFile } from "node:child_process";
import fs from "node:fs";
import { fileURLToPath } from "node:url";
import { errorMessage } from "../errors.ts";
import type { CheckResult } from "./system.ts";

/** Databases larger than this are checked in a process that can be ended. */
const CHECK_HERE = 32 * 1024 * 1024;

/** Looks for damage in a database, for at most `budget` milliseconds if it is a large one. */
export function check(path: string, budget: number): Promise<CheckResult> {
	if (fs.statSync(path).size <= CHECK_HERE)
		return import("./check-database.ts").then(({ checkDatabase }) =>
			checkDatabase(path),
		);
	const { promise, resolve } = Promise.withResolvers<CheckResult>();
	const worker = fileURLToPath(workerUrl());
	execFile(
		process.execPath,
		[worker, path],
		{ timeout: budget, killSignal: "SIGKILL" },
		(error, stdout) => {
			// Ended for taking too long, or never begun: a text for a code is the system's, a number the worker's.
			if (error?.killed || typeof error?.code === "string")
				return resolve({ verdict: "unfinished" });
			if (error)
				return resolve({ verdict: "damaged", details: errorMessage(error) });
			resolve(JSON.parse(stdout) as CheckResult);
		},
	);
	return promise;
}

/** Beside this file in the sources; in `dist` this code may have been moved into a chunk. */
function workerUrl(): URL {
	if (import.meta.url.endsWith(".ts"))
		return new URL("./check-worker.ts", import.meta.url);
	const dist = import.meta.url.slice(
		0,
		import.meta.url.lastIndexOf("/dist/") + "/dist/".length,
	);
	return new URL("system/check-worker.js", dist);
}
