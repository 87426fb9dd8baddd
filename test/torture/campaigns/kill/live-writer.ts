import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { supportScript } from "../../../support/paths.ts";

/** Starts a program where it sees no other process; what it starts ends with it. */
const APART = [
	"unshare",
	"--pid",
	"--fork",
	"--kill-child",
	"--mount-proc",
] as const;

/**
 * An agent of its own process that holds state.db open and commits 20 times a second. It has a process namespace of
 * its own, which a traced command can join: where all processes are known, all runs are alike.
 */
export interface LiveWriter {
	/** As this process sees it. */
	readonly pid: number;
	/** The number of the last commit that it reported. */
	readonly last: number;
	/** Waits for that many more commits. False: it has died. */
	more(commits: number): Promise<boolean>;
	/** Ends it as a crash would. */
	end(): Promise<void>;
}

export async function startWriter(home: string): Promise<LiveWriter> {
	const [program, ...args] = [
		...APART,
		process.execPath,
		supportScript("steady-writer.mjs"),
		path.join(home, "state.db"),
		"20",
	] as const;
	const child = spawn(program, args, { stdio: ["ignore", "pipe", "ignore"] });
	const ended = once(child, "exit");
	const lines = createInterface({ input: child.stdout });
	const closed = once(lines, "close");
	let last = 0;
	let waiting: (() => void)[] = [];
	const wake = () => {
		const woken = waiting;
		waiting = [];
		for (const resume of woken) resume();
	};
	lines.on("line", (line) => {
		last = Number(line);
		wake();
	});
	lines.on("close", wake);
	const isDead = () => child.exitCode !== null || child.signalCode !== null;
	const writer: LiveWriter = {
		get pid() {
			return childOf(child.pid ?? 0);
		},
		get last() {
			return last;
		},
		async more(commits) {
			const wanted = last + commits;
			while (last < wanted && !isDead())
				await new Promise<void>((resolve) => waiting.push(resolve));
			return last >= wanted;
		},
		async end() {
			child.kill("SIGKILL");
			await Promise.all([ended, closed]);
		},
	};
	if (!(await writer.more(1))) throw new Error("the writer did not start");
	return writer;
}

/** What a command is run under to be in a writer's process namespace, or without one in a namespace of its own. */
export function inNamespacesOf(writer: LiveWriter | undefined): string[] {
	return writer === undefined
		? [...APART, "sh", "-c", '"$@"; exit $?', "sh"]
		: ["nsenter", "-t", String(writer.pid), "--pid", "--mount"];
}

/** The program itself stands below the one that made its namespace. */
function childOf(pid: number): number {
	return Number(
		fs.readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim(),
	);
}
