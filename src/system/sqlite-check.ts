import { type ChildProcess, spawn } from "node:child_process";
import fs from "node:fs";
import { fileURLToPath } from "node:url";
import type { CheckResult } from "./system.ts";
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

/**
 * Only what the worker says is an answer: one that was ended says nothing of the database, whoever ended it.
 * It has a process group of its own, because a Ctrl-C in the terminal is meant for us, who decide what comes of it.
 */
export async function checkElsewhere(
	worker: string,
	path: string,
	{ budget, signal }: { budget: number; signal?: AbortSignal | undefined },
): Promise<CheckResult> {
	const child: ChildProcess = spawn(process.execPath, [worker, path], {
		timeout: budget,
		killSignal: "SIGKILL",
		signal,
		detached: true,
		stdio: ["pipe", "pipe", "ignore"],
	});
	const ended = Promise.withResolvers<void>();
	child.on("error", () => ended.resolve()); // never begun, or given up
	child.on("close", () => ended.resolve());
	const said: Buffer[] = [];
	// Not there when too many files are open.
	child.stdout?.on("data", (chunk: Buffer) => said.push(chunk));
	await ended.promise;
	const isDone = child.exitCode === 0;
	return (
		(isDone && answerIn(Buffer.concat(said).toString())) || {
			verdict: "unfinished",
		}
	);
}

function answerIn(stdout: string): CheckResult | undefined {
	try {
		return JSON.parse(stdout) as CheckResult;
	} catch (error) {
		if (error instanceof SyntaxError) return undefined;
		throw error;
	}
}
