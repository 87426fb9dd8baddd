import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { onTestFinished } from "vitest";
import { supportScript } from "./paths.ts";

export interface SqlAgent {
	/** Runs statements one by one; what the last one gave, or `{ error }`. */
	run(...statements: string[]): Promise<unknown>;
	/** Closes its connection by dying. */
	kill(): Promise<void>;
}

/** Another process that has a database open, until the test ends: POSIX locks are not felt within one process. */
export async function sqlAgent(path: string): Promise<SqlAgent> {
	const child = spawn(
		process.execPath,
		[supportScript("sql-agent.mjs"), path],
		{
			stdio: ["pipe", "pipe", "inherit"],
		},
	);
	const ended = once(child, "exit");
	const lines = createInterface({ input: child.stdout })[
		Symbol.asyncIterator
	]();
	const answer = async () => {
		const { value } = await lines.next();
		return JSON.parse(String(value)) as unknown;
	};
	const kill = async () => {
		child.kill("SIGKILL");
		await ended;
	};
	onTestFinished(kill);
	await answer();
	return {
		run(...statements) {
			child.stdin.write(`${JSON.stringify(statements)}\n`);
			return answer();
		},
		kill,
	};
}
