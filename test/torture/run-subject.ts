import { spawn } from "node:child_process";
import path from "node:path";
import type { JsonReply } from "../support/run-cli.ts";

export interface Ran {
	/** Null when a signal ended it. */
	readonly code: number | null;
	readonly stdout: string;
	readonly stderr: string;
	/** What ours prints; undefined when it did not come to that. */
	readonly reply: TortureReply | undefined;
}

export type TortureReply = Omit<JsonReply, "data"> & {
	data: JsonReply["data"] & {
		recoveryPending?: boolean;
		missed?: { path: string }[];
		undo?: string | null;
		leftAlone?: { path: string; why: string }[];
	};
};

/** Longer than any command waits for anything. */
const HANGS = 120_000;

/** One command as a process of its own. `dir` stands for the user's home. */
export function runCommand(
	[program = "", ...args]: readonly string[],
	dir: string,
): Promise<Ran> {
	return new Promise((resolve, reject) => {
		const child = spawn(program, args, {
			cwd: dir,
			env: {
				PATH: `/usr/bin:/bin:${process.env.PATH}`,
				HOME: dir,
				TMPDIR: path.dirname(dir),
				LANG: "C.UTF-8",
				TZ: "UTC",
				// The same calls in the same order in every run.
				UV_THREADPOOL_SIZE: "1",
				MALLOC_ARENA_MAX: "1",
				NODE_DISABLE_COMPILE_CACHE: "1",
				PYTHONDONTWRITEBYTECODE: "1",
			},
			stdio: ["ignore", "pipe", "pipe"],
			timeout: HANGS,
			killSignal: "SIGKILL",
		});
		const texts = { stdout: "", stderr: "" };
		child.stdout.on("data", (chunk) => {
			texts.stdout += chunk;
		});
		child.stderr.on("data", (chunk) => {
			texts.stderr += chunk;
		});
		child.on("error", reject);
		child.on("close", (code) =>
			resolve({ code, ...texts, reply: replyIn(texts.stdout) }),
		);
	});
}

function replyIn(text: string): TortureReply | undefined {
	try {
		return JSON.parse(text) as TortureReply;
	} catch (error) {
		if (error instanceof SyntaxError) return undefined;
		throw error;
	}
}
