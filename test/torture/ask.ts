import { type ChildProcess, spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Subject } from "./subjects.ts";

/** What `--json` prints, as far as the campaigns read it. */
export interface Reply {
	readonly ok: boolean;
	readonly text: string;
	readonly exitCode: number;
	readonly data: {
		readonly snapshots?: readonly Listed[];
		readonly snapshot?: Listed;
		readonly damaged?: readonly string[];
		readonly recoveryPending?: boolean;
		readonly created?: boolean;
		readonly undo?: string | null;
		readonly restored?: boolean;
	};
	readonly error?: { readonly code: string; readonly message: string };
}

export interface Listed {
	readonly id: string;
	readonly number: number | null;
	readonly label: string | null;
	readonly reason: string;
}

export interface Answer {
	readonly words: string;
	/** Null when a signal ended it. */
	readonly code: number | null;
	readonly stdout: string;
	readonly stderr: string;
	/** Undefined when it printed none. */
	readonly reply: Reply | undefined;
}

export interface Asked {
	readonly child: ChildProcess;
	readonly answer: Promise<Answer>;
}

/** Runs one command and waits for its end. */
export function ask(
	subject: Subject,
	home: string,
	...words: string[]
): Promise<Answer> {
	return begin(subject, home, words).answer;
}

/** Starts one command, under another program such as strace if one is given. */
export function begin(
	subject: Subject,
	home: string,
	words: readonly string[],
	under: readonly string[] = [],
): Asked {
	const [program = "", ...args] = [
		...under,
		...subject.command(home, ...words),
	];
	const child = spawn(program, args, {
		cwd: path.dirname(home),
		env: environment(home),
		stdio: ["ignore", "pipe", "pipe"],
	});
	return { child, answer: ended(child, words.join(" ")) };
}

/** What is wrong with every answer, whatever was asked: no reply, a bug, anything on standard error. */
export function misbehaviour(subject: Subject, answer: Answer): string[] {
	if (subject.name !== "ours") return [];
	const { words, code, reply, stderr, stdout } = answer;
	if (reply === undefined)
		return [
			`${words}: no reply (exit ${code}): ${stdout.slice(-300)} ${stderr.slice(-600)}`,
		];
	const isBug = code === 70 || reply.error?.code === "bug";
	return [
		...(isBug ? [`${words}: a bug: ${reply.text.slice(0, 600)}`] : []),
		...(reply.exitCode === code
			? []
			: [`${words}: exit ${code}, and the reply says ${reply.exitCode}`]),
		...(stderr === ""
			? []
			: [`${words}: on standard error: ${stderr.slice(0, 600)}`]),
	];
}

/** Nothing of the tester's own agents or settings may leak in. */
function environment(home: string): NodeJS.ProcessEnv {
	return {
		PATH: process.env.PATH,
		TMPDIR: os.tmpdir(),
		LANG: "C.UTF-8",
		TZ: "UTC",
		HOME: path.dirname(home),
		// A system call's ordinal must be the same in every run.
		UV_THREADPOOL_SIZE: "1",
	};
}

function ended(child: ChildProcess, words: string): Promise<Answer> {
	return new Promise((resolve, reject) => {
		const [out, err]: [Buffer[], Buffer[]] = [[], []];
		child.stdout?.on("data", (chunk: Buffer) => out.push(chunk));
		child.stderr?.on("data", (chunk: Buffer) => err.push(chunk));
		child.on("error", reject);
		child.on("close", (code) => {
			const stdout = Buffer.concat(out).toString();
			const stderr = Buffer.concat(err).toString();
			resolve({ words, code, stdout, stderr, reply: parse(stdout) });
		});
	});
}

function parse(stdout: string): Reply | undefined {
	try {
		return JSON.parse(stdout) as Reply;
	} catch (error) {
		if (error instanceof SyntaxError) return undefined;
		throw error;
	}
}

/** A home of its own for a point. Times are kept to the microsecond, which is what a restore promises. */
export function copyTree(from: string, to: string): void {
	fs.cpSync(from, to, {
		recursive: true,
		verbatimSymlinks: true,
		preserveTimestamps: true,
	});
}
