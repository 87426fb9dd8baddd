import { spawn, spawnSync } from "node:child_process";
import path from "node:path";
import type { Sample } from "./results.ts";

/** Debian's own: another one starts slower or faster, and all is compared with it. */
export const PYTHON = "/usr/bin/python3";

export interface Command {
	/** Program and arguments. */
	readonly words: readonly string[];
	readonly cwd: string;
	readonly env: NodeJS.ProcessEnv;
}

export interface Ran extends Sample {
	readonly output: string;
}

/** Runs a command and measures it. Anything but success is an error: what failed fast is no good figure. */
export async function runMeasured({ words, cwd, env }: Command): Promise<Ran> {
	const wrapper = path.join(import.meta.dirname, "measured.py");
	const child = spawn(PYTHON, ["-IS", wrapper, ...words], {
		cwd,
		env,
		stdio: ["ignore", "pipe", "pipe", "pipe"],
		detached: true,
	});
	// Whoever interrupts the bench ends the command and all that it started: they would go on writing to what is removed.
	const end = () => child.pid && process.kill(-child.pid, "SIGKILL");
	process.once("exit", end);
	const texts = ["", "", "", ""];
	for (const descriptor of [1, 2, 3])
		child.stdio[descriptor]?.on("data", (chunk: Buffer) => {
			texts[descriptor] += chunk.toString();
		});
	await new Promise((resolve, reject) => {
		child.on("error", reject);
		child.on("close", resolve);
	}).finally(() => process.off("exit", end));
	const [, output = "", errors = "", report = ""] = texts;
	if (report === "")
		throw new Error(`${words.join(" ")} could not be run: ${errors}`);
	const { wall, cpu, memory, written, code } = JSON.parse(report);
	if (code !== 0)
		throw new Error(
			`${words.join(" ")} ended with ${code}: ${output}${errors}`,
		);
	return { value: wall, cpu, memory, written, output };
}

/** What is still to be written of one contestant's files shall not be paid for by the next. */
export function settle(directory: string): void {
	mustRun(["sync", "-f", directory]);
}

/** For what only prepares. */
export function mustRun(
	[program = "", ...args]: readonly string[],
	options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): string {
	const ran = spawnSync(program, args, { encoding: "utf8", ...options });
	if (ran.status === 0) return ran.stdout;
	const why = ran.error?.message ?? `${ran.stdout}${ran.stderr}`;
	throw new Error(`${program} ${args.join(" ")} failed: ${why}`);
}

/** The first line that a program says of its version; undefined when it is not installed. */
export function versionOf(
	program: string,
	...words: string[]
): string | undefined {
	const ran = spawnSync(program, words, { encoding: "utf8" });
	if (ran.status !== 0) return undefined;
	return `${ran.stdout}${ran.stderr}`.trim().split("\n")[0];
}
