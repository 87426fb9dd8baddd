import { enableCompileCache } from "node:module";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import manifest from "../package.json" with { type: "json" };
import { type CommandLine, parseCommandLine } from "./command-line.ts";
import type { Handler } from "./commands/handler.ts";
import type { Reply } from "./commands/reply.ts";
import { runCommand } from "./commands/run.ts";
import { placesOf } from "./core/layout.ts";
import { hosts } from "./hosts/index.ts";
import { createNodeSystem } from "./system/node.ts";

/** The engine's process: reads the command line, does what it says, prints one reply and ends. */
export async function main(): Promise<void> {
	enableCompileCache?.();
	// Private from the first byte, whatever the person's own umask: SQLite makes files too, and asks nobody.
	process.umask(0o077);
	const line = parseCommandLine(process.argv.slice(2));
	if (line.version) {
		console.log(manifest.version);
		return;
	}
	const reply = line.problem ?? (await run(line));
	print(reply, line.json);
	process.exitCode = reply.exitCode;
}

async function run({
	home,
	host: name,
	words,
	chat,
	called = "agent-snapshot",
}: CommandLine): Promise<Reply> {
	const interrupted = new AbortController();
	for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
		takeOver(signal, () => interrupted.abort());
	const host = hosts[name];
	const named = home === undefined ? undefined : resolve(home);
	return runCommand({
		words,
		host,
		places: placesOf(host, process.env, homedir(), named),
		system: createNodeSystem(),
		load: loadHandler,
		signal: interrupted.signal,
		prefix: chat ? "/snapshot" : called,
	});
}

/** Ours first, and then the one before it goes: in between a signal would be lost. */
function takeOver(signal: NodeJS.Signals, listener: () => void): void {
	const before = process.listeners(signal);
	process.on(signal, listener);
	for (const other of before) process.off(signal, other);
}

/** `dist/commands/create.js#create`, as plugin.json names it; from the sources, the source of it. */
async function loadHandler(handler: string): Promise<Handler> {
	const [file = "", name = ""] = handler.split("#");
	const here = fileURLToPath(import.meta.url);
	const fromSource = here.endsWith(".ts");
	const path = fromSource
		? file.replace(/^dist\/(.*)\.js$/, "src/$1.ts")
		: file;
	const root = here.slice(0, here.lastIndexOf(fromSource ? "src" : "dist"));
	const loaded: Record<string, unknown> = await import(
		pathToFileURL(join(root, path)).href
	);
	const found = loaded[name];
	if (typeof found !== "function")
		throw new Error(
			`plugin.json names the handler ${handler}, which does not exist`,
		);
	return found as Handler;
}

function print(reply: Reply, json: boolean): void {
	if (json) {
		console.log(JSON.stringify(reply));
		return;
	}
	// An incomplete snapshot was made all the same: its reply is a result, if a loud one.
	const isResult =
		reply.error === undefined || reply.error.code === "incomplete";
	(isResult ? console.log : console.error)(reply.text);
	if (process.env.AGENT_SNAPSHOT_DEBUG && reply.error?.stack)
		console.error(reply.error.stack);
}
