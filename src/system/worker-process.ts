import { spawn } from "node:child_process";

/** What a worker printed until it ended, and whether it ended well: one that was ended says nothing of its work. */
export interface Said {
	readonly text: string;
	readonly isDone: boolean;
}

/**
 * Runs a worker of ours on what its words name, for at most `budget` milliseconds.
 * It has a process group of its own, because a Ctrl-C in the terminal is meant for us, who decide what comes of it.
 * @param signal ends it
 */
export async function askWorker(
	worker: string,
	words: readonly string[],
	{ budget, signal }: { budget: number; signal?: AbortSignal | undefined },
): Promise<Said> {
	const child = spawn(process.execPath, [worker, ...words], {
		timeout: Math.ceil(budget),
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
	return {
		text: Buffer.concat(said).toString(),
		isDone: child.exitCode === 0,
	};
}
