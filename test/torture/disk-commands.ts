import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import os from "node:os";
import { supportScript } from "../support/paths.ts";
import type { JsonReply } from "../support/run-cli.ts";
import type { Subject } from "./subjects.ts";

/** How one command of the subject ended. */
export interface Ran {
	/** Null when a signal ended it. */
	readonly code: number | null;
	readonly signal: NodeJS.Signals | null;
	readonly stdout: string;
	readonly stderr: string;
	/** What `--json` printed; undefined for the original, and after a crash. */
	readonly reply: JsonReply | undefined;
}

export interface RunningOptions {
	/** What it is run under: strace or prlimit, with their flags. */
	readonly under?: readonly string[];
	readonly env?: Readonly<Record<string, string>>;
}

/** Runs one command to its end. Nothing of the tester's own agents or settings leaks in. */
export async function runSubject(
	subject: Subject,
	home: string,
	words: readonly string[],
	{ under = [], env = {} }: RunningOptions = {},
): Promise<Ran> {
	const [program = "", ...args] = [
		...under,
		...subject.command(home, ...words),
	];
	const child = spawn(program, args, {
		cwd: os.tmpdir(),
		env: {
			PATH: process.env.PATH,
			HOME: os.tmpdir(),
			LANG: "C.UTF-8",
			TZ: "UTC",
			// One thread: the same calls in the same order every time.
			UV_THREADPOOL_SIZE: "1",
			...env,
		},
		stdio: ["ignore", "pipe", "pipe"],
	});
	const printed = { stdout: "", stderr: "" };
	for (const stream of ["stdout", "stderr"] as const)
		child[stream].setEncoding("utf8").on("data", (text: string) => {
			printed[stream] += text;
		});
	const [code, signal] = (await once(child, "close")) as [
		number | null,
		NodeJS.Signals | null,
	];
	return { code, signal, ...printed, reply: parse(printed.stdout) };
}

/** Like `runSubject`, for what only prepares: anything but success is an error. */
export async function mustRun(
	subject: Subject,
	home: string,
	...words: string[]
): Promise<Ran> {
	const ran = await runSubject(subject, home, words);
	if (ran.code === 0) return ran;
	throw new Error(
		`"${words.join(" ")}" should work: ${ran.stdout}${ran.stderr}`,
	);
}

/** An agent that holds databases open, each with a write-ahead log that it has written to. */
export async function holdOpen(
	...databases: string[]
): Promise<() => Promise<void>> {
	const child: ChildProcess = spawn(
		process.execPath,
		[supportScript("hold-database.mjs"), ...databases],
		{ stdio: ["pipe", "pipe", "inherit"] },
	);
	const ended = once(child, "exit");
	if (child.stdout)
		await Promise.race([
			once(child.stdout, "data"),
			ended.then(() => Promise.reject(new Error("the holder ended at once"))),
		]);
	return async () => {
		child.kill("SIGKILL");
		await ended;
	};
}

function parse(stdout: string): JsonReply | undefined {
	try {
		return JSON.parse(stdout) as JsonReply;
	} catch (error) {
		if (error instanceof SyntaxError) return undefined;
		throw error;
	}
}
