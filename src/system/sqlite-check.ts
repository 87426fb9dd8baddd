import { execFile } from "node:child_process";
import fs from "node:fs";
import { fileURLToPath } from "node:url";
import { errorMessage } from "../errors.ts";
import type { CheckResult } from "./system.ts";

/** Databases larger than this are checked in a process that can be ended. */
const CHECK_HERE = 32 * 1024 * 1024;

/** Looks for damage in a database of our own, for at most `budget` milliseconds. */
export function check(path: string, budget: number): Promise<CheckResult> {
	const { promise, resolve } = Promise.withResolvers<CheckResult>();
	if (fs.statSync(path).size <= CHECK_HERE) {
		const damaged = (details: string): CheckResult => ({
			verdict: "damaged",
			details,
		});
		import("./check-database.ts")
			.then(({ findDamage }) => findDamage(path))
			.then(
				(found) =>
					resolve(found === undefined ? { verdict: "ok" } : damaged(found)),
				(error) => resolve(damaged(errorMessage(error))),
			);
		return promise;
	}
	const worker = fileURLToPath(workerUrl());
	execFile(
		process.execPath,
		[worker, path],
		{ timeout: budget, killSignal: "SIGKILL" },
		(error, stdout) => {
			if (error?.killed) return resolve({ verdict: "unfinished" });
			if (error)
				return resolve({ verdict: "damaged", details: errorMessage(error) });
			const { damage } = JSON.parse(stdout) as { damage?: string };
			resolve(
				damage === undefined
					? { verdict: "ok" }
					: { verdict: "damaged", details: damage },
			);
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
