import { execFile, type spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";

/** Writes a file below the user's home. */
export function put(home: string, name: string, content: string): void {
	const file = path.join(home, name);
	fs.mkdirSync(path.dirname(file), { recursive: true });
	fs.writeFileSync(file, content);
}

/** All that it prints, whatever its exit code. */
export function outputOf(
	program: string,
	args: string[],
	options: object,
): Promise<string> {
	return new Promise((resolve) => {
		execFile(program, args, options, (_, stdout, stderr) =>
			resolve(`${stdout}${stderr}`),
		);
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
