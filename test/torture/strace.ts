import fs from "node:fs";
import path from "node:path";
import { APART, type LiveWriter } from "./live-writer.ts";
import { type Ran, runCommand } from "./run-subject.ts";

/** One system call on something in the home. */
export interface Call {
	readonly name: string;
	/** How many of this name there had been before, plus one: what strace counts. */
	readonly ordinal: number;
	/** What it was about, below the home, with TIME for the time stamps in names. */
	readonly place: string;
	/** How many of this name at this place there had been before, plus one: the same in every run. */
	readonly occurrence: number;
	/** As strace wrote it. */
	readonly line: string;
}

/** What is done to a call: `signal=SIGKILL` or `error=EIO`. */
export type Harm = `signal=${string}` | `error=${string}`;

export interface TraceOptions {
	readonly home: string;
	/** Of the point; also holds the log. */
	readonly dir: string;
	readonly command: readonly string[];
	/** In whose process namespace: a live writer's, or one of its own. What else runs here must make no difference. */
	readonly beside: LiveWriter | undefined;
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

/** Runs a command and returns its calls on the home, in order. */
export async function traceCalls(
	options: TraceOptions,
	names: readonly string[],
): Promise<TracedCall[]> {
	const { calls } = await straced(options, ["-e", `trace=${names.join(",")}`]);
	const traced = calls.filter(({ place }) => place !== "");
	return traced.map((call) => ({ ...call, traced }));
}

/** Whether it changes the disk or makes a change durable; an open file alone does not. */
export function isMutating({ name, line }: Call): boolean {
	if (name === "open" || name === "openat") return /O_CREAT|O_TRUNC/.test(line);
	if (name === "ioctl") return line.includes("FICLONE");
	return MUTATING.includes(name);
}

/** With all that its command did when it was traced. */
export type TracedCall = Call & { readonly traced: readonly Call[] };

export interface Hurt {
	readonly ran: Ran;
	/** It was this very call that was harmed. */
	readonly reached: boolean;
	/** What was tried to reach it, for people. */
	readonly tries: readonly string[];
}

/** glibc looks up the number of processors in about half of all runs, which moves every later `openat` by one. */
const ATTEMPTS = 20;
/** What a shell says of a program that `kill -9` ended. */
const KILLED = 128 + 9;

/**
 * Runs a command and harms one call of it. What else goes on in a process shifts ordinals by one or two, so it is
 * made sure that the right call was met, and if not, `again` prepares another run with the ordinal corrected.
 */
export async function hurtAt(
	options: TraceOptions,
	call: TracedCall,
	harm: Harm,
	again: () => Promise<TraceOptions>,
): Promise<Hurt> {
	let ordinal = call.ordinal;
	const tries: string[] = [];
	let now = options;
	for (let attempt = 1; ; attempt++) {
		const { ran, calls, isHarmed } = await straced(now, [
			"-e",
			`trace=${call.name}`,
			"-e",
			`inject=${call.name}:${harm}:when=${ordinal}`,
		]);
		const met = calls.find((other) => isSame(other, call));
		tries.push(
			`at ${call.name} ${ordinal}: the call was ${met?.ordinal} of ${calls.length}, exit ${ran.code}`,
		);
		if (isHarmed && met?.ordinal === ordinal)
			return { ran, reached: true, tries };
		if (attempt === ATTEMPTS) return { ran, reached: false, tries };
		ordinal = nextOrdinal(ordinal, calls, call, harm);
		now = await again();
	}
}

/** What came before the call that was harmed in its stead is still as it would have been; what came after is not. */
function nextOrdinal(
	tried: number,
	calls: readonly Call[],
	{ traced, ...call }: TracedCall,
	harm: Harm,
): number {
	const wanted = calls.find((other) => isSame(other, call));
	if (wanted !== undefined && wanted.ordinal < tried) return wanted.ordinal;
	if (harm.startsWith("error="))
		return tried < call.ordinal + 3 ? tried + 1 : call.ordinal - 1;
	for (const met of calls.toReversed()) {
		const known = traced.find((other) => isSame(other, met));
		if (known !== undefined) return call.ordinal + met.ordinal - known.ordinal;
	}
	return call.ordinal;
}

function isSame(a: Call, b: Call): boolean {
	return (
		a.name === b.name && a.place === b.place && a.occurrence === b.occurrence
	);
}

async function straced(
	{ home, dir, command, beside }: TraceOptions,
	what: readonly string[],
): Promise<{ ran: Ran; calls: Call[]; isHarmed: boolean }> {
	const log = path.join(dir, "strace.log");
	const place =
		beside === undefined
			? [...APART, "sh", "-c", '"$@"; exit $?', "sh"]
			: ["nsenter", "-t", String(beside.pid), "--pid", "--mount"];
	// Only the first thread, which does all that is done to the home: an error for another one would end Node.
	const strace = ["strace", "-y", "-qq", "-e", "signal=none", "-o", log];
	const ran = await runCommand([...place, ...strace, ...what, ...command], dir);
	const text = fs.readFileSync(log, "utf8");
	const isHarmed =
		ran.code === null || ran.code === KILLED || text.includes("(INJECTED)");
	return { ran, calls: callsIn(text.split("\n"), home), isHarmed };
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
