import fs from "node:fs";
import path from "node:path";
import { begin } from "./ask.ts";
import type { Subject } from "./subjects.ts";

/** A system call of a first, undisturbed run, to be met again in a second one. */
export interface Call {
	readonly name: string;
	/** How many of that name there were in the process before it, itself included. */
	readonly ordinal: number;
	readonly line: string;
}

/** The calls of one command that change something, in order. It runs on this home, to its end. */
export async function callsOf(
	subject: Subject,
	home: string,
	words: readonly string[],
	names = "rename,mkdir,unlink,rmdir,fsync,openat",
): Promise<Call[]> {
	const log = path.join(path.dirname(home), "calls.strace");
	const under = [
		"strace",
		"-f",
		"-qq",
		"-s",
		"300",
		"-o",
		log,
		"-e",
		`trace=${names}`,
	];
	await begin(subject, home, words, under).answer;
	const lines = fs.readFileSync(log, "utf8").split("\n");
	fs.rmSync(log);
	const seen = new Map<string, number>();
	return lines.flatMap((line) => {
		const [, pid = "", name = ""] = /^(\d+) +(\w+)\(/.exec(line) ?? [];
		if (name === "") return [];
		const ordinal = (seen.get(pid + name) ?? 0) + 1;
		seen.set(pid + name, ordinal);
		return [{ name, ordinal, line }];
	});
}

/** strace that sends a signal at this call: KILL ends the command there, STOP holds it there. */
export function signalAt(
	{ name, ordinal }: Pick<Call, "name" | "ordinal">,
	signal: "SIGKILL" | "SIGSTOP",
	log = "/dev/null",
): string[] {
	const inject = `inject=${name}:signal=${signal}:when=${ordinal}`;
	return [
		"strace",
		"-f",
		"-qq",
		"-o",
		log,
		"-e",
		`trace=${name}`,
		"-e",
		inject,
	];
}

/** Makes a home in which a restore died with its journal written and some of its steps done. */
export async function interruptRestore(
	subject: Subject,
	home: string,
	id: string,
): Promise<void> {
	const trial = `${home}.trial`;
	fs.cpSync(home, trial, {
		recursive: true,
		verbatimSymlinks: true,
		preserveTimestamps: true,
	});
	const calls = await callsOf(subject, trial, ["restore", id], "rename");
	fs.rmSync(trial, { recursive: true });
	const journal = calls.findIndex(({ line }) => line.includes('journal.json"'));
	const after = calls[journal + 4];
	if (journal < 0 || after === undefined)
		throw new Error("no journal was written, or nothing came after it");
	const under = signalAt(after, "SIGKILL");
	await begin(subject, home, ["restore", id], under).answer;
	if (!fs.existsSync(path.join(home, "state-snapshots/.restore/journal.json")))
		throw new Error("the restore was to be interrupted, and is not");
}
