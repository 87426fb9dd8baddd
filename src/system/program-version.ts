import fs from "node:fs";
import { basename, dirname, join } from "node:path";
import { errorCode } from "../errors.ts";

/** How far up to look: an agent's hook is started by a shell, which a launcher may have started. */
const MOST_ANCESTORS = 4;
/** A program lies in its package's root, in bin/ or in dist/bin/. */
const MOST_DIRECTORIES = 3;

/** The version of the program that started this one. Undefined where that cannot be known, as without /proc. */
export function callerVersion(): string | undefined {
	try {
		const program = programOf(process.ppid, MOST_ANCESTORS);
		return program === undefined ? undefined : versionOf(program);
	} catch (error) {
		// Ended by now, or another user's: nothing hangs on it.
		return unlessOurs(error);
	}
}

/**
 * The version of this program, which lies in a package, or of what is packed into a single file, beside it. Undefined
 * where that cannot be known. Loads nothing: a neighbour in node_modules may be another copy of the agent.
 */
export function ownVersion(): string | undefined {
	try {
		return versionOf(fs.realpathSync(ownProgram()));
	} catch (error) {
		return unlessOurs(error);
	}
}

/** What a disk says, or a file that is no JSON, is no fault of ours; anything else is. */
function unlessOurs(error: unknown): undefined {
	const isTheirs =
		errorCode(error) !== undefined || error instanceof SyntaxError;
	if (!isTheirs) throw error;
}

/** What Bun has packed into a file is called by a path that is on no disk. */
function ownProgram(): string {
	const [, script] = process.argv;
	const isOnDisk = script !== undefined && fs.existsSync(script);
	return isOnDisk ? script : process.execPath;
}

/** The file of the first ancestor that is not a shell; of Node's, the script. */
function programOf(pid: number, tries: number): string | undefined {
	if (tries === 0 || pid <= 1) return undefined;
	const program = fs.readlinkSync(`/proc/${pid}/exe`);
	if (/^(ba|da|z|fi|k|a)?sh$|^busybox$/.test(basename(program)))
		return programOf(parentOf(pid), tries - 1);
	if (!/^(node|bun)$/.test(basename(program))) return program;
	const [, ...args] = fs
		.readFileSync(`/proc/${pid}/cmdline`, "utf8")
		.split("\0");
	const script = args.find((arg) => arg.startsWith("/"));
	return script === undefined ? undefined : fs.realpathSync(script);
}

function parentOf(pid: number): number {
	const status = fs.readFileSync(`/proc/${pid}/status`, "utf8");
	return Number(/^PPid:\s*(\d+)/m.exec(status)?.[1] ?? 0);
}

function versionOf(program: string): string | undefined {
	// Installers that bring a single file call it by its version.
	if (/^\d+\.\d+\.\d+/.test(basename(program))) return basename(program);
	let directory = program;
	for (let level = 0; level < MOST_DIRECTORIES; level++) {
		directory = dirname(directory);
		// "codex-package.json" lies beside the program, the one of npm's further up.
		const manifest = fs
			.readdirSync(directory)
			.find((name) => /^([a-z]+-)?package\.json$/.test(name));
		if (manifest === undefined) continue;
		const { version }: { version?: unknown } = Object(
			JSON.parse(fs.readFileSync(join(directory, manifest), "utf8")),
		);
		if (typeof version === "string") return version;
	}
	return undefined;
}
