import { execFile, execFileSync, type spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";

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
	return execFileSync(program, args, { encoding: "utf8", ...options });
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

/** Has it end, and resolves when it has. */
export function ended(
	child: ReturnType<typeof spawn>,
	end: () => void,
): Promise<void> {
	return new Promise((resolve) => {
		child.once("close", () => resolve());
		end();
	});
}

/** Ends what runs a program below that directory, which was made for this run. */
export function endProcessesOf(directory: string): void {
	for (const pid of fs
		.readdirSync("/proc")
		.filter((name) => /^\d+$/.test(name)))
		if (programOf(pid).startsWith(`${directory}${path.sep}`))
			process.kill(Number(pid));
}

function programOf(pid: string): string {
	try {
		return fs.readlinkSync(`/proc/${pid}/exe`);
	} catch {
		// Gone by now, or the system's own.
		return "";
	}
}
