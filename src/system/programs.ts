import { execFile } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { errorCode } from "../errors.ts";
import { askSecret } from "./ask-secret.ts";
import { runAttached } from "./attached.ts";
import { follow } from "./followed.ts";
import type { ProgramResult, Programs, RunningProgram } from "./system.ts";
import { tryOut } from "./trial.ts";
import { userHome } from "./user-home.ts";

/** Far longer than any agent takes to note a plugin, in milliseconds: those that load it first take some seconds. */
const PATIENCE = 5 * 60_000;

/**
 * @param ownDirectory where this package lies
 * @param umask the person's own; undefined: it is ours, too
 */
export function createPrograms(ownDirectory: string, umask?: number): Programs {
	return {
		ownDirectory,
		userHome: userHome(),
		node: { path: process.execPath, version: process.versions.node },
		find: (name) =>
			(process.env.PATH ?? "")
				.split(path.delimiter)
				.filter(path.isAbsolute)
				.map((directory) => path.join(directory, name))
				.find(isProgram),
		variables: (names) =>
			Object.fromEntries(
				names.flatMap((name) => {
					const value = process.env[name];
					return value === undefined || value === "" ? [] : [[name, value]];
				}),
			),
		run: runProgram,
		follow,
		runAttached: (program) => runAttached(program, umask),
		askSecret,
		tryOut,
		running: (names, variables) =>
			process.platform === "linux" ? linuxRunning(names, variables) : undefined,
	};
}

function isProgram(file: string): boolean {
	try {
		fs.accessSync(file, fs.constants.X_OK);
		return fs.statSync(file).isFile();
	} catch (error) {
		if (errorCode(error) === undefined) throw error;
		return false;
	}
}

function runProgram(
	[program = "", ...args]: readonly string[],
	environment: Readonly<Record<string, string>>,
	input?: string,
): Promise<ProgramResult> {
	return new Promise((resolve) => {
		const child = execFile(
			program,
			args,
			{
				env: { ...process.env, ...environment },
				timeout: PATIENCE,
				maxBuffer: 16 * 1024 * 1024,
				windowsHide: true,
			},
			(error, stdout, stderr) => {
				const exitCode = error === null ? 0 : error.code;
				resolve({
					exitCode: typeof exitCode === "number" ? exitCode : undefined,
					output: stdout,
					problem: stderr.trim() || (error?.message ?? ""),
				});
			},
		);
		// One that asks is told that nobody is there.
		// Who reads none of it has ended, and says why by himself.
		child.stdin?.on("error", () => {});
		child.stdin?.end(input);
	});
}

/** By the program's own name, or that of the script which a Node or Python runs: the first words of its command line. */
function linuxRunning(
	names: readonly string[],
	variables: readonly string[],
): RunningProgram[] {
	return fs
		.readdirSync("/proc")
		.filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
		.flatMap((pid) => {
			const command = namesOf(pid).find((name) => names.includes(name));
			if (command === undefined) return [];
			const environment = environmentOf(pid, variables);
			return [{ pid: Number(pid), command, environment }];
		});
}

/** Only what is asked for is kept: the others may be keys. */
function environmentOf(
	pid: string,
	variables: readonly string[],
): Record<string, string> | undefined {
	const text = textOf(`/proc/${pid}/environ`);
	if (text === "") return undefined;
	const pairs = text.split("\0").map((pair): [string, string] => {
		const [name = "", ...value] = pair.split("=");
		return [name, value.join("=")];
	});
	return Object.fromEntries(pairs.filter(([name]) => variables.includes(name)));
}

function namesOf(pid: string): string[] {
	const [program = "", ...args] = textOf(`/proc/${pid}/cmdline`).split("\0");
	const script = args.find((word) => !word.startsWith("-")) ?? "";
	const isInterpreter = /^(node|nodejs|bun|deno|python[\d.]*)$/.test(
		path.basename(program),
	);
	return [
		textOf(`/proc/${pid}/comm`).trim(),
		...[program, ...(isInterpreter ? [script] : [])].map((file) =>
			path.basename(file).replace(/\.[cm]?js$|\.py$/, ""),
		),
	];
}

/** Processes end while one looks at them. */
function textOf(file: string): string {
	try {
		return fs.readFileSync(file, "utf8");
	} catch (error) {
		if (["ENOENT", "ESRCH", "EACCES", "EPERM"].includes(errorCode(error) ?? ""))
			return "";
		throw error;
	}
}
