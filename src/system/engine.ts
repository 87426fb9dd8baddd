import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { errorMessage } from "../errors.ts";
import { findSuitableNode, isNode, NO_NODE } from "./suitable-node.ts";

/** What follows is not for Node, which else reads an --env-file among what was typed in a chat. */
const OURS = "--";

/** What came of an engine's process. */
export interface EngineResult {
	/** What it printed; empty when it could not be started. */
	readonly output: string;
	/** Why there is no output. */
	readonly problem: string;
	/** It goes on by itself: nobody waits for it any longer. */
	readonly isStillAtWork?: boolean;
}

/** Of its own session: what an agent does to the processes of a hook, or to its own at its end, is not for the engine. */
const BY_ITSELF = { detached: true, windowsHide: true } as const;

/** Found once, and anew when it is gone: an upgrade takes it away from under a host that runs. */
let known: string | undefined;

/**
 * Runs the engine in a process of its own: reading an agent's database from within the agent's process drops the
 * locks that SQLite holds on it (sqlite.org/howtocorrupt.html 2.2). Opens nothing itself, and never rejects.
 * @param patience milliseconds; after them it resolves, and the engine goes on to its end
 * @param hear called with every whole line that it complains in, at once; those for which it says true are no complaints
 */
export async function runEngine(
	engine: string,
	args: readonly string[],
	environment: NodeJS.ProcessEnv,
	patience: number,
	hear: (line: string) => boolean = () => false,
): Promise<EngineResult> {
	const { node, problem } = await nodeFor(engine, environment);
	if (node === undefined) return { output: "", problem };
	try {
		const child = spawn(node, [OURS, engine, ...args], {
			...BY_ITSELF,
			stdio: ["ignore", "pipe", "pipe"],
			env: forEngine(environment),
		});
		return await resultOf(child, patience, hear);
	} catch (error) {
		return { output: "", problem: errorMessage(error) };
	}
}

function resultOf(
	child: ChildProcess,
	patience: number,
	hear: (line: string) => boolean,
): Promise<EngineResult> {
	return new Promise((resolve) => {
		const said = { stdout: "", stderr: "" };
		for (const name of ["stdout", "stderr"] as const)
			child[name]?.setEncoding("utf8").on("data", (chunk: string) => {
				said[name] += chunk;
				if (name === "stderr") said.stderr = withoutHeard(said.stderr, hear);
			});
		const timer = setTimeout(() => {
			// Nothing of it keeps us alive. It speaks at its end, and does not mind when nobody is there to hear it.
			for (const pipe of [child.stdout, child.stderr]) pipe?.destroy();
			child.unref();
			resolve({ output: "", problem: "", isStillAtWork: true });
		}, patience);
		const end = (why: string) => {
			clearTimeout(timer);
			const { stdout, stderr } = said;
			const problem = stdout === "" ? stderr.trim() || why : "";
			resolve({ output: stdout, problem });
		};
		child.once("error", (error) => end(errorMessage(error)));
		child.once("close", (code, signal) =>
			end(`the engine said nothing and ended with ${signal ?? code}`),
		);
	});
}

/** What is left of it: those that were not for the listener, and the last one as long as it is not whole. */
function withoutHeard(said: string, hear: (line: string) => boolean): string {
	const lines = said.split(/(?<=\n)/);
	return lines.filter((line) => !line.endsWith("\n") || !hear(line)).join("");
}

/**
 * Starts the engine and lets it go on by itself: nobody waits for it. On a Node, which one will do is left to the engine,
 * because looking for one takes longer than an agent should wait for a hook. Never throws, and tells nobody.
 */
export function startEngine(
	engine: string,
	args: readonly string[],
	environment: NodeJS.ProcessEnv,
): void {
	// No room for another process, or no Node: nobody asked for this one.
	startByItself(engine, args, environment).catch(() => {});
}

async function startByItself(
	engine: string,
	args: readonly string[],
	environment: NodeJS.ProcessEnv,
): Promise<void> {
	const node =
		isNode() && existsSync(process.execPath)
			? process.execPath
			: (await nodeFor(engine, environment)).node;
	if (node === undefined) return;
	const child = spawn(node, [OURS, engine, ...args], {
		...BY_ITSELF,
		// No pipe to us, which an agent would wait for.
		stdio: "ignore",
		env: forEngine(environment),
	});
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
		const child = spawn(node, [OURS, engine, ...args], {
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
		if (known !== undefined && !existsSync(known)) known = undefined;
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
