import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { type Ran, runSubject } from "./disk-commands.ts";
import type { Subject } from "./subjects.ts";

/** A system call of the command's main thread, where all its work on disks is done. */
export interface Call {
	readonly name: string;
	/** Among the calls of that name, from 1. */
	readonly ordinal: number;
}

/** As strace shows it. */
export interface TracedCall extends Call {
	readonly line: string;
}

/** Calls that change a disk or make a change last; write() is not here, because it also goes elsewhere. */
const CALLS =
	"rename,unlink,rmdir,mkdir,symlink,chmod,lchown,utimensat,ftruncate,pwrite64,fsync,fdatasync";

/** Runs a command and returns the calls that it made on the home, in order. */
export async function traceCalls(
	subject: Subject,
	home: string,
	words: readonly string[],
): Promise<TracedCall[]> {
	const dir = fs.mkdtempSync(path.join(os.tmpdir(), "agent-snapshot-trace-"));
	const file = path.join(dir, "trace");
	const under = [
		"strace",
		"-f",
		"--seccomp-bpf",
		"-qq",
		"-y",
		"-s",
		"4096",
		"-e",
		`trace=${CALLS}`,
		"-e",
		"signal=none",
		"-o",
		file,
	];
	try {
		const ran = await runSubject(subject, home, words, { under });
		if (ran.code !== 0)
			throw new Error(`fails when traced: ${ran.stdout}${ran.stderr}`);
		return callsIn(fs.readFileSync(file, "utf8"), home);
	} finally {
		fs.rmSync(dir, { recursive: true });
	}
}

function callsIn(trace: string, home: string): TracedCall[] {
	const made = new Map<string, number>();
	const lines = trace.split("\n").map((line) => /^(\d+) +(\w+)\(/.exec(line));
	const main = lines.find((line) => line !== null)?.[1];
	return lines.flatMap((found) => {
		const [, pid, name = ""] = found ?? [];
		if (found === null || pid !== main) return [];
		const ordinal = (made.get(name) ?? 0) + 1;
		made.set(name, ordinal);
		const line = found.input;
		return line.includes(home) ? [{ name, ordinal, line }] : [];
	});
}

/** Runs a command and kills it at a call, before that is done. */
export function killAt(
	subject: Subject,
	home: string,
	words: readonly string[],
	{ name, ordinal }: Call,
): Promise<Ran> {
	// Not with --seccomp-bpf, which makes strace 6.1 inject nothing.
	const inject = `inject=${name}:signal=SIGKILL:when=${ordinal}`;
	const under = [
		"strace",
		"-f",
		"-qq",
		"-o",
		"/dev/null",
		"-e",
		`trace=${name}`,
		"-e",
		inject,
	];
	return runSubject(subject, home, words, { under });
}
