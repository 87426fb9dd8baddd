import { spawn } from "node:child_process";
import os from "node:os";
import path from "node:path";
import type { JsonReply } from "../support/run-cli.ts";
import type { Subject } from "./subjects.ts";

/** How one command of the subject ended. */
export interface Ran {
	/** What was asked, as one text. */
	readonly words: string;
	/** Null when a signal ended it. */
	readonly code: number | null;
	readonly signal: NodeJS.Signals | null;
	readonly stdout: string;
	readonly stderr: string;
	/** What `--json` printed; undefined for the original, and after a crash. */
	readonly reply: TortureReply | undefined;
}

export type TortureReply = Omit<JsonReply, "data"> & {
	data: JsonReply["data"] & {
		recoveryPending?: boolean;
		undo?: string | null;
		leftAlone?: { path: string; why: string }[];
	};
};

export interface RunOptions {
	/** What it is run under: strace or prlimit, with their flags. */
	readonly under?: readonly string[];
	readonly env?: Readonly<Record<string, string>>;
}

/** Longer than any command waits for anything, in milliseconds. */
const HANGS = 300_000;

/** Starts one command of the subject at once; resolves when it has ended. */
export function runSubject(
	subject: Subject,
	home: string,
	words: readonly string[],
	{ under = [], env = {} }: RunOptions = {},
): Promise<Ran> {
	const [program = "", ...args] = [
		...under,
		...subject.command(home, ...words),
	];
	const child = spawn(program, args, {
		cwd: path.dirname(home),
		env: { ...cleanEnvironment(home), ...env },
		stdio: ["ignore", "pipe", "pipe"],
		timeout: HANGS,
		killSignal: "SIGKILL",
	});
	const printed = { stdout: "", stderr: "" };
	for (const stream of ["stdout", "stderr"] as const)
		child[stream].setEncoding("utf8").on("data", (text: string) => {
			printed[stream] += text;
		});
	return new Promise((resolve, reject) => {
		child.on("error", reject);
		child.on("close", (code, signal) => {
			const reply = replyIn(printed.stdout);
			resolve({ words: words.join(" "), code, signal, ...printed, reply });
		});
	});
}

/** Like `runSubject`, for what only prepares: anything but success is an error. */
export async function mustRun(
	subject: Subject,
	home: string,
	...words: string[]
): Promise<Ran> {
	const ran = await runSubject(subject, home, words);
	if (ran.code === 0) return ran;
	throw new Error(`"${ran.words}" should work: ${ran.stdout}${ran.stderr}`);
}

/** Nothing of the tester's own agents or settings may leak in. */
function cleanEnvironment(home: string): NodeJS.ProcessEnv {
	return {
		PATH: process.env.PATH,
		HOME: path.dirname(home),
		TMPDIR: os.tmpdir(),
		LANG: "C.UTF-8",
		TZ: "UTC",
		// The same calls in the same order in every run: one thread, one arena, and nothing kept from the run before.
		UV_THREADPOOL_SIZE: "1",
		MALLOC_ARENA_MAX: "1",
		NODE_DISABLE_COMPILE_CACHE: "1",
		PYTHONDONTWRITEBYTECODE: "1",
	};
}

function replyIn(text: string): TortureReply | undefined {
	try {
		return JSON.parse(text) as TortureReply;
	} catch (error) {
		if (error instanceof SyntaxError) return undefined;
		throw error;
	}
}
