import fs from "node:fs";
import { fileURLToPath } from "node:url";
import type { CheckResult } from "./system.ts";
import { askWorker } from "./worker-process.ts";
import { workerUrl } from "./worker-url.ts";

/** Databases larger than this are checked in a process that can be ended. */
const CHECK_HERE = 32 * 1024 * 1024;

/**
 * Looks for damage in a database, for at most `budget` milliseconds if it is a large one.
 * @param signal ends the check of a large one
 */
export function check(
	path: string,
	budget: number,
	signal?: AbortSignal,
): Promise<CheckResult> {
	if (fs.statSync(path).size <= CHECK_HERE)
		return import("./check-database.ts").then(({ checkDatabase }) =>
			checkDatabase(path),
		);
	return checkElsewhere(fileURLToPath(workerUrl("check-worker")), path, {
		budget,
		signal,
	});
}

/** Only what the worker says is an answer: one that was ended says nothing of the database, whoever ended it. */
export async function checkElsewhere(
	worker: string,
	path: string,
	limits: { budget: number; signal?: AbortSignal | undefined },
): Promise<CheckResult> {
	const { text, isDone } = await askWorker(worker, [path], limits);
	return (isDone && answerIn(text)) || { verdict: "unfinished" };
}

function answerIn(stdout: string): CheckResult | undefined {
	try {
		return JSON.parse(stdout) as CheckResult;
	} catch (error) {
		if (error instanceof SyntaxError) return undefined;
		throw error;
	}
}
