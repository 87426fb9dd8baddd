import { execFile, execFileSync, type spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";

/** Writes a file below the user's home. */
export function put(home: string, name: string, content: string): void {
	const file = path.join(home, name);
	fs.mkdirSync(path.dirname(file), { recursive: true });
	fs.writeFileSync(file, content);
}

/** Runs it to its end. @throws with what it printed, unless that went well */
export function runProgram(
	program: string,
	args: string[],
	options: object,
): string {
	return execFileSync(program, args, {
		encoding: "utf8",
		// What it says beside its output is of interest only when it fails, and then the error has it.
		stdio: ["ignore", "pipe", "pipe"],
		...options,
	});
}

/** All that it prints, whatever its exit code. */
export function outputOf(
	program: string,
	args: string[],
	options: object,
): Promise<string> {
	return new Promise((resolve) => {
		const child = execFile(program, args, options, (_, stdout, stderr) =>
			resolve(`${stdout}${stderr}`),
		);
		// Some wait for what may still come from there.
		child.stdin?.end();
	});
}

/** The first match in a line of it. */
export function lineWith(
	stream: NodeJS.ReadableStream,
	wanted: RegExp,
): Promise<string> {
	return new Promise((resolve) => {
		createInterface({ input: stream }).on("line", (line) => {
			const [found] = wanted.exec(line) ?? [];
			if (found !== undefined) resolve(found);
		});
	});
}

/** Has it end, and resolves when it has; it may have ended by itself. */
export function ended(
	child: ReturnType<typeof spawn>,
	end: () => void,
): Promise<void> {
	return new Promise((resolve) => {
		if (child.exitCode !== null || child.signalCode !== null) return resolve();
		child.once("close", () => resolve());
		end();
	});
}

/** Ends what runs a program below that directory, which was made for this run; resolves when it is gone. */
export async function endProcessesOf(directory: string): Promise<void> {
	const pids = fs
		.readdirSync("/proc")
		.filter((name) => /^\d+$/.test(name))
		.filter((pid) => programOf(pid).startsWith(`${directory}${path.sep}`));
	// What is still to be written goes into a directory that is about to be removed.
	for (const pid of pids) process.kill(Number(pid), "SIGKILL");
	await gone(pids);
}

/** Resolves when these processes have ended. @throws after half a minute */
async function gone(pids: readonly string[]): Promise<void> {
	if (!(await areGone(pids, 30_000))) throw new Error(`${pids} did not end`);
}

/** Whether they have ended within so many milliseconds. */
async function areGone(
	pids: readonly string[],
	patience: number,
): Promise<boolean> {
	const end = performance.now() + patience;
	while (pids.some((pid) => programOf(pid) !== "")) {
		if (performance.now() > end) return false;
		await wait(20);
	}
	return true;
}

/**
 * Ends a program and all that it has started in its terminal: `hangUp` closes that, which is how a person ends an agent
 * and which not every agent heeds.
 */
export async function endSession(
	leader: string,
	hangUp: () => void,
): Promise<void> {
	const pids = fs
		.readdirSync("/proc")
		.filter((name) => /^\d+$/.test(name) && sessionOf(name) === leader);
	hangUp();
	if (await areGone(pids, 10_000)) return;
	for (const pid of pids)
		if (sessionOf(pid) === leader) process.kill(Number(pid), "SIGKILL");
	await gone(pids);
}

/** The process that leads its session: see proc(5), stat. */
function sessionOf(pid: string): string | undefined {
	try {
		const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
		return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[3];
	} catch {
		return undefined; // gone by now
	}
}

function programOf(pid: string): string {
	try {
		return fs.readlinkSync(`/proc/${pid}/exe`);
	} catch {
		// Gone by now, or the system's own.
		return "";
	}
}
