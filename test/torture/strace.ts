import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { type Ran, runSubject } from "./run-subject.ts";
import type { Subject } from "./subjects.ts";

/** One system call of a command's first thread, which does all that is done to the home. */
export interface Call {
	readonly name: string;
	/** How many of this name there had been before, plus one: what strace counts. */
	readonly ordinal: number;
	/** What it was about, below the home, with TIME for the time stamps in names; empty: nothing of the home. */
	readonly place: string;
	/** How many of this name at this place there had been before, plus one: the same in every run. */
	readonly occurrence: number;
	/** As strace wrote it. */
	readonly line: string;
}

/** Where strace finds a call again. */
export type CallNumber = Pick<Call, "name" | "ordinal"> & {
	/** Only calls on this file are counted. */
	readonly on?: string;
};

/** What is done to a call: `signal=SIGKILL` or `error=EIO`. */
export type Harm = `signal=${string}` | `error=${string}`;

export interface TracedCommand {
	readonly subject: Subject;
	readonly home: string;
	readonly words: readonly string[];
	/** What strace itself is run under: a program that enters namespaces. */
	readonly under?: readonly string[];
}

export const MUTATING = [
	..."open openat creat write pwrite64 writev pwritev pwritev2 ftruncate truncate fallocate".split(
		" ",
	),
	..."rename renameat renameat2 unlink unlinkat rmdir mkdir mkdirat link linkat symlink symlinkat".split(
		" ",
	),
	..."chmod fchmod fchmodat chown fchown lchown fchownat utimensat futimesat utime utimes".split(
		" ",
	),
	..."setxattr fsetxattr copy_file_range sendfile fsync fdatasync ioctl".split(
		" ",
	),
];
export const READING = ["open", "openat", "read", "pread64"];

/** Runs a command to its end and returns its calls on the home, in order. */
export async function traceCalls(
	command: TracedCommand,
	names: readonly string[],
): Promise<Call[]> {
	const { ran, calls } = await straced(command, [
		"-e",
		`trace=${names.join()}`,
	]);
	if (ran.code !== 0)
		throw new Error(
			`"${ran.words}" fails when traced: ${ran.stdout}${ran.stderr}`,
		);
	return calls.filter(({ place }) => place !== "");
}

/** Whether it changes the disk or makes a change durable; an open file alone does not. */
export function isMutating({ name, line }: Call): boolean {
	if (name === "open" || name === "openat") return /O_CREAT|O_TRUNC/.test(line);
	if (name === "ioctl") return line.includes("FICLONE");
	return MUTATING.includes(name);
}

export interface Harmed {
	readonly ran: Ran;
	/** Some call was harmed; that it was the right one, `calls` can tell. */
	readonly isMet: boolean;
	/** Those of the harmed one's name, also outside the home. */
	readonly calls: readonly Call[];
}

/** What a shell says of a program that `kill -9` ended. */
const KILLED = 128 + 9;

/** Runs a command and harms one call of it, before that is done. */
export async function harmCall(
	command: TracedCommand,
	call: CallNumber,
	harm: Harm,
): Promise<Harmed> {
	const { ran, text, calls } = await straced(command, harming(call, harm));
	const isMet =
		ran.code === null || ran.code === KILLED || text.includes("(INJECTED)");
	return { ran, isMet, calls };
}

/** Not with --seccomp-bpf, which makes strace 6.1 inject nothing. */
function harming({ name, ordinal, on }: CallNumber, harm: Harm): string[] {
	const inject = `inject=${name}:${harm}:when=${ordinal}`;
	const only = on === undefined ? [] : ["-P", on];
	return ["-e", `trace=${name}`, "-e", inject, ...only];
}

/** strace that holds a command at a call; its log says which process it is, which it does for those with -f only. */
export function holding(call: CallNumber, log: string): string[] {
	const flags = ["-f", "-qq", "-o", log];
	return ["strace", ...flags, ...harming(call, "signal=SIGSTOP")];
}

async function straced(
	{ subject, home, words, under = [] }: TracedCommand,
	what: readonly string[],
): Promise<{ ran: Ran; text: string; calls: Call[] }> {
	// Not beside the home, which may lie on the disk that is tried.
	const dir = fs.mkdtempSync(path.join(os.tmpdir(), "agent-snapshot-trace-"));
	const log = path.join(dir, "strace.log");
	// Without -f: an error for another thread than the first would end Node.
	const strace = ["strace", "-y", "-qq", "-e", "signal=none", "-o", log];
	try {
		const ran = await runSubject(subject, home, words, {
			under: [...under, ...strace, ...what],
		});
		const text = fs.readFileSync(log, "utf8");
		return { ran, text, calls: callsIn(text.split("\n"), home) };
	} finally {
		fs.rmSync(dir, { recursive: true });
	}
}

/** All calls that were begun, in order. */
function callsIn(lines: readonly string[], home: string): Call[] {
	const counts = new Map<string, number>();
	const count = (key: string) => {
		counts.set(key, (counts.get(key) ?? 0) + 1);
		return counts.get(key) ?? 0;
	};
	return lines.flatMap((whole) => {
		const [line, name] = /^(\w+)\(.*$/.exec(whole) ?? [];
		if (line === undefined || name === undefined) return [];
		const place = placeIn(line, home);
		const ordinal = count(name);
		const occurrence = count(`${name} ${place}`);
		return [{ name, ordinal, place, occurrence, line }];
	});
}

/** The last path below the home that a call was given: of a rename, where it goes. */
function placeIn(line: string, home: string): string {
	// What it returned is another matter: a call that was given an error returns no file.
	const given = line.replace(/\) += .*$/, "");
	const [, folder = "/", below] =
		/^\w+at2?\(\w+<([^>]*)>, "([^"]*)"/.exec(given) ?? [];
	const paths = [...given.matchAll(/["<](\/[^">]*)[">]/g)].map(
		([, found = ""]) => found,
	);
	if (below !== undefined) paths.push(path.resolve(folder, below));
	const inside = paths.findLast(
		(found) => found === home || found.startsWith(`${home}/`),
	);
	if (inside === undefined) return "";
	return (inside.slice(home.length + 1) || ".").replace(
		/\d{8}-\d{6}|\d{4}-\d\d-\d\dT\d+Z/g,
		"TIME",
	);
}
