import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { cli } from "./paths.ts";

export interface SnapshotSummary {
	id: string;
	number?: number | null;
	label: string | null;
	createdAt: string;
	reason: string;
	files: number;
	bytes: number;
}

/** What `--json` promises to print, as far as these tests read it. */
export interface JsonReply {
	ok: boolean;
	text: string;
	exitCode: number;
	data: {
		snapshot?: SnapshotSummary;
		snapshots?: SnapshotSummary[];
		removed?: string[];
		created?: boolean;
		damaged?: string[];
	};
	error?: { code: string; message: string; hint?: string };
}

export interface CliResult {
	/** The exit code; null when a signal ended it. */
	code: number | null;
	stdout: string;
	stderr: string;
	json?: JsonReply;
}

export interface CliOptions {
	env?: Record<string, string>;
	cwd?: string;
	/** An octal umask such as "000", set by a shell before the command starts. */
	umask?: string;
	/** A command to run it under, such as strace with its flags. */
	under?: readonly string[];
}

/** Runs the built command line as a process of its own, with an empty user home. */
export async function runCli(
	args: readonly string[],
	options: CliOptions = {},
): Promise<CliResult> {
	const userHome = fs.mkdtempSync(
		path.join(os.tmpdir(), "agent-snapshot-user-"),
	);
	const command = [...(options.under ?? []), process.execPath, cli, ...args];
	const wrapped = options.umask
		? ["sh", "-c", 'umask "$0" && exec "$@"', options.umask, ...command]
		: command;
	try {
		return await finish(wrapped, {
			cwd: options.cwd ?? userHome,
			env: cleanEnvironment(userHome, options.env),
		});
	} finally {
		fs.rmSync(userHome, { recursive: true, force: true });
	}
}

/** The same on a given agent home with `--json`; a reply that is not one JSON object fails at once. */
export async function snapshot(
	home: string,
	words: readonly string[],
	options: CliOptions = {},
): Promise<CliResult & { json: JsonReply }> {
	const result = await runCli(
		["--home", home, "--host", "hermes", "--json", ...words],
		options,
	);
	if (!result.json) {
		throw new Error(
			`no JSON from "${words.join(" ")}" (exit ${result.code}):\n${result.stdout}\n${result.stderr}`,
		);
	}
	return { ...result, json: result.json };
}

/** Nothing of the tester's own agents or settings may leak in. */
function cleanEnvironment(
	userHome: string,
	extra: Record<string, string> = {},
): NodeJS.ProcessEnv {
	return {
		PATH: process.env.PATH,
		TMPDIR: os.tmpdir(),
		LANG: "C.UTF-8",
		TZ: "UTC",
		HOME: userHome,
		...extra,
	};
}

function finish(
	command: readonly string[],
	options: { cwd: string; env: NodeJS.ProcessEnv },
): Promise<CliResult> {
	const [program = "", ...args] = command;
	return new Promise((resolve, reject) => {
		const child = spawn(program, args, {
			...options,
			stdio: ["ignore", "pipe", "pipe"],
		});
		const out: Buffer[] = [];
		const err: Buffer[] = [];
		child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
		child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
		child.on("error", reject);
		child.on("close", (code) => {
			const stdout = Buffer.concat(out).toString();
			resolve({
				code,
				stdout,
				stderr: Buffer.concat(err).toString(),
				json: parseReply(stdout),
			});
		});
	});
}

function parseReply(stdout: string): JsonReply | undefined {
	try {
		return JSON.parse(stdout) as JsonReply;
	} catch (error) {
		if (error instanceof SyntaxError) return undefined;
		throw error;
	}
}
