import { execFile, spawn } from "node:child_process";
import { dirname } from "node:path";
import { errorMessage } from "../errors.ts";
import { findSuitableNode, NO_NODE } from "./suitable-node.ts";

/** How an engine's process ended. */
export interface EngineResult {
	/** What it printed; empty when it could not be started. */
	readonly output: string;
	/** Why there is no output. */
	readonly problem: string;
}

/** Found once: a Node does not go away while its host runs, or is looked for anew when it was not there. */
let known: string | undefined;

/**
 * Runs the engine in a process of its own: reading an agent's database from within the agent's process drops the
 * locks that SQLite holds on it (sqlite.org/howtocorrupt.html 2.2). Opens nothing itself, and never rejects.
 */
export async function runEngine(
	engine: string,
	args: readonly string[],
	environment: NodeJS.ProcessEnv,
): Promise<EngineResult> {
	try {
		known ??= await findSuitableNode(dirname(engine), environment);
	} catch (error) {
		return { output: "", problem: errorMessage(error) };
	}
	const node = known;
	if (node === undefined) return { output: "", problem: NO_NODE };
	const env = withoutNodeFlags(environment);
	return new Promise<EngineResult>((resolve) => {
		execFile(
			node,
			[engine, ...args],
			{ env, maxBuffer: 64 * 1024 * 1024, windowsHide: true },
			(error, stdout, stderr) => {
				const problem =
					stdout !== ""
						? ""
						: stderr.trim() || error?.message || "the engine said nothing";
				resolve({ output: stdout, problem });
			},
		);
	}).catch((error: unknown) => ({ output: "", problem: errorMessage(error) }));
}

/**
 * Starts the engine and lets it go on by itself: for a program on Node that an agent waits for. Which Node will do is
 * left to the engine, because looking for one takes longer than anybody should wait. Never throws, and tells nobody.
 */
export function startEngine(
	engine: string,
	args: readonly string[],
	environment: NodeJS.ProcessEnv,
): void {
	// Of its own session and with no pipe to us: agents end, and wait for, what hangs together with a hook.
	const child = spawn(process.execPath, [engine, ...args], {
		detached: true,
		stdio: "ignore",
		env: withoutNodeFlags(environment),
		windowsHide: true,
	});
	// No room for another process: nobody asked for this one.
	child.on("error", () => {});
	child.unref();
}

/** The host's own Node flags (a debugger's port, a loader) are not for us. */
function withoutNodeFlags(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
	return { ...environment, NODE_OPTIONS: "" };
}
