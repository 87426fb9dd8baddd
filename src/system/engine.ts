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
	const { node, problem } = await nodeFor(engine, environment);
	if (node === undefined) return { output: "", problem };
	const env = forEngine(environment);
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
		env: forEngine(environment),
		windowsHide: true,
	});
	// No room for another process: nobody asked for this one.
	child.on("error", () => {});
	child.unref();
}

/** As `runEngine`, for a host's own command line: in its terminal, to which the engine speaks itself. Never rejects. */
export async function runEngineInTerminal(
	engine: string,
	args: readonly string[],
	environment: NodeJS.ProcessEnv,
): Promise<{ readonly exitCode: number; readonly problem: string }> {
	const { node, problem } = await nodeFor(engine, environment);
	if (node === undefined) return { exitCode: 1, problem };
	return new Promise((resolve) => {
		const child = spawn(node, [engine, ...args], {
			env: forEngine(environment),
			stdio: "inherit",
		});
		child.once("error", (error) =>
			resolve({ exitCode: 1, problem: errorMessage(error) }),
		);
		child.once("close", (code) =>
			resolve({ exitCode: code ?? 1, problem: "" }),
		);
	});
}

async function nodeFor(
	engine: string,
	environment: NodeJS.ProcessEnv,
): Promise<{ readonly node: string | undefined; readonly problem: string }> {
	try {
		known ??= await findSuitableNode(dirname(engine), environment);
	} catch (error) {
		return { node: undefined, problem: errorMessage(error) };
	}
	return { node: known, problem: NO_NODE };
}

/** The host's own Node flags (a debugger's port, a loader) are not for us. */
function forEngine(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
	return { ...environment, NODE_OPTIONS: "" };
}
