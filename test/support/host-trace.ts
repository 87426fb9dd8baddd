import fs from "node:fs";
import path from "node:path";

/** strace, writing one file a thread into `dir`: `under` for a program whose file opens are to be read. */
export function traceOpens(dir: string): string[] {
	// Readable paths in full; clone tells a thread of the same process from a process of its own.
	const calls =
		"trace=open,openat,openat2,creat,clone,clone3,vfork,fork,access,stat,newfstatat,statx";
	return [
		"strace",
		"-ff",
		"-ttt",
		"-qq",
		"-s",
		"4096",
		"-o",
		path.join(dir, "trace"),
		"-e",
		calls,
	];
}

/**
 * The files under `home` that the first process itself (any of its threads, not its children) opened between two
 * marks, each a path that was looked at and does not exist.
 */
export function opensBetween(
	dir: string,
	home: string,
	marks: readonly [string, string],
): string[] {
	const threads = new Map<string, string[]>();
	for (const name of fs.readdirSync(dir)) {
		threads.set(
			name.replace("trace.", ""),
			fs.readFileSync(path.join(dir, name), "utf8").split("\n"),
		);
	}
	const host = [...threads].find(([, lines]) =>
		lines.some((line) => line.includes(marks[0])),
	)?.[0];
	if (!host) throw new Error(`no thread made the mark ${marks[0]}`);
	const lines = threadsOfProcess(threads, host).flatMap(
		(thread) => threads.get(thread) ?? [],
	);
	const [from, to] = marks.map((mark) =>
		timeOf(lines.find((line) => line.includes(mark)) ?? ""),
	);
	return lines.filter((line) => {
		const at = timeOf(line);
		return (
			/\b(open|openat|openat2|creat)\(/.test(line) &&
			line.includes(home) &&
			at > (from ?? 0) &&
			at < (to ?? 0)
		);
	});
}

/** A process's threads are those started with CLONE_THREAD by one of its threads. */
function threadsOfProcess(
	threads: Map<string, string[]>,
	main: string,
): string[] {
	const found = [main];
	for (const thread of found) {
		for (const line of threads.get(thread) ?? []) {
			const started = /CLONE_THREAD.* = (\d+)/.exec(line)?.[1];
			if (started && !found.includes(started)) found.push(started);
		}
	}
	return found;
}

function timeOf(line: string): number {
	return Number.parseFloat(line);
}
