import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";

/** Of `statfs`: ext2 to 4, xfs, btrfs. An overlay or a network does not say what became of what lies below it. */
const LOCAL = [0xef53, 0x58465342, 0x9123683e];
/** From then on `syncfs` says when something could not be written: Linux commit 735e4ae5ba28, "track per-sb writeback errors". */
const TELLS_ERRORS = [5, 8] as const;
const PROGRAMS = ["/usr/bin/sync", "/bin/sync"];
/** Somebody else's gigabytes wait to be written, too: file by file is quicker then. Milliseconds. */
const LONGEST = 10_000;

/**
 * One barrier for all that was written to the filesystem of a directory, by `syncfs`, which Node has no call for. False:
 * it is not to be had, or is not known to be as good as an fsync of each file, or something on that filesystem could not be
 * written, now or before. An fsync of each file then says whether it was one of ours: the kernel keeps such an error with
 * the file until somebody was told of it. What can be missed is one of ours of which another process was told by a `syncfs`
 * of its own, between our write and the moment when the program opens the directory.
 */
export function syncFilesystem(directory: string): boolean {
	if (process.platform !== "linux" || !tellsErrors(os.release())) return false;
	if (!directory.isWellFormed()) return false; // its bytes cannot be passed on
	if (!LOCAL.includes(fs.statfsSync(directory).type)) return false;
	const program = PROGRAMS.find((path) => fs.existsSync(path));
	return (
		program !== undefined &&
		isGnu(program) &&
		run(program, ["--file-system", "--", directory]) !== undefined
	);
}

/** One at a time. */
let writingOut: ChildProcess | undefined;

/**
 * Has the kernel begin to write out what lies in memory, while we go on: the barrier at the end finds less to do then. Says
 * nothing of what came of it.
 */
export function startWritingOut(directory: string): void {
	if (process.platform !== "linux" || !directory.isWellFormed()) return;
	const program = PROGRAMS.find((path) => fs.existsSync(path));
	if (program === undefined || writingOut !== undefined) return;
	const child = spawn(program, ["-f", "--", directory], {
		env: { LC_ALL: "C" },
		stdio: "ignore",
		timeout: LONGEST,
	});
	writingOut = child;
	const end = () => {
		writingOut = undefined;
	};
	child.on("error", end); // too many processes: all is written out at the end
	child.on("exit", end);
	child.unref();
}

export function tellsErrors(release: string): boolean {
	const [major = 0, minor = 0] = release.split(".").map(Number);
	return (
		major > TELLS_ERRORS[0] ||
		(major === TELLS_ERRORS[0] && minor >= TELLS_ERRORS[1])
	);
}

/** Others of that name pass over what the kernel said, or sync everything, of which it says nothing. */
function isGnu(program: string): boolean {
	return run(program, ["--version"])?.includes("(GNU coreutils)") === true;
}

/** What it printed; undefined when it did not end well. */
function run(program: string, args: readonly string[]): string | undefined {
	const { status, stdout } = spawnSync(program, args, {
		env: { LC_ALL: "C" },
		stdio: ["ignore", "pipe", "ignore"],
		encoding: "utf8",
		timeout: LONGEST,
		killSignal: "SIGKILL",
	});
	return status === 0 ? stdout : undefined;
}
