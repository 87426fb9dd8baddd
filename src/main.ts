import { writeSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import manifest from "../package.json" with { type: "json" };
import {
	type CommandLine,
	DEFAULT_HOST,
	parseCommandLine,
} from "./command-line.ts";
import type { Handler } from "./commands/call/handler.ts";
import type { Reply } from "./commands/call/reply.ts";
import { isForgiving, runCommand } from "./commands/call/run.ts";
import type { Host } from "./core/home/host.ts";
import type { KnownAgent } from "./core/home/known-agent.ts";
import { environmentFor, placesOf } from "./core/home/layout.ts";
import { typable } from "./core/words.ts";
import { errorCode } from "./errors.ts";
import { hosts } from "./hosts/index.ts";
import { isTerminal, print, standardOutput } from "./print.ts";
import { createNodeSystem } from "./system/node.ts";
import { userHome } from "./system/user-home.ts";

const HERE = fileURLToPath(import.meta.url);
const IS_SOURCE = HERE.endsWith(".ts");

/**
 * The engine's process: reads the command line, does what it says, prints one reply and ends.
 * @param umask the person's own: ours is private
 */
export async function main(umask?: number): Promise<void> {
	const line = parseCommandLine(process.argv.slice(2));
	const how = { json: line.json, isForgiving: isForgiving(line.words) };
	if (line.version && !line.json) {
		print({ ok: true, text: manifest.version, exitCode: 0, data: {} }, how);
		return;
	}
	const reply =
		line.problem === undefined
			? await (line.version ? versions() : run(line, umask))
			: (await import("./commands/call/explain.ts")).explain(line.problem);
	print(line.markdown ? await marked(reply) : reply, how);
}

async function marked(reply: Reply): Promise<Reply> {
	const { asMarkdown } = await import("./hosts/markdown.ts");
	return { ...reply, text: asMarkdown(reply.text) };
}

async function run(line: CommandLine, umask?: number): Promise<Reply> {
	const { home, host: name, isNamed, words, chat, called, json } = line;
	const interrupted = new AbortController();
	let progress: Awaited<ReturnType<typeof progressOf>>;
	for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
		takeOver(signal, () => {
			if (!interrupted.signal.aborted) progress?.interrupt();
			interrupted.abort();
		});
	const meant = knownAgent(hosts[name], home);
	const terminal = called ?? inTerminal(meant, home);
	progress = await progressOf(line);
	const reply = await runCommand({
		words,
		meant,
		isNamed,
		// Most commands never ask.
		get known() {
			return Object.values(hosts).map((host) =>
				knownAgent(host, host === hosts[name] ? home : undefined),
			);
		},
		knownAt: knownAgent,
		system: createNodeSystem(packageDirectory(), umask),
		load: loadHandler,
		signal: interrupted.signal,
		progress,
		get columns() {
			return chat ? CHAT_COLUMNS : json ? undefined : terminalColumns();
		},
		lines: chat ? CHAT_LINES : undefined,
		prefix: chat ? (meant.host.typedAs ?? "/snapshot") : terminal,
		terminal,
		json,
		output: line.json || chat ? undefined : standardOutput,
		get confirm() {
			const isAsked = !json && !chat && isTerminal(0) && isTerminal(1);
			return isAsked ? asking(interrupted.signal) : undefined;
		},
	});
	progress?.end();
	return reply;
}

/** Undefined: there is nobody to watch it. */
async function progressOf({ json, chat, progress }: CommandLine) {
	const isWatched = !json && !chat && process.env.TERM !== "dumb";
	if (!progress && !(isWatched && isTerminal(2))) return undefined;
	const { asEvents, onTerminal, watched } = await import(
		"./commands/text/progress.ts"
	);
	const columns = () => process.stderr.columns || 80;
	const watcher = progress
		? asEvents(writeProgress)
		: onTerminal(writeProgress, columns);
	const told = watched(watcher, () => performance.now());
	setInterval(told.tick, 200).unref();
	return told;
}

function asking(signal: AbortSignal) {
	return async (question: string) =>
		(await import("./ask.ts")).ask(question, signal);
}

/** A telephone held upright has not many more. */
const CHAT_COLUMNS = 60;
/** What it shows at once of a reply, with the line that was typed. */
const CHAT_LINES = 12;

/** Undefined: it goes into a file or a pipe, where nothing is to be lost. */
function terminalColumns(): number | undefined {
	if (!isTerminal(1)) return undefined;
	return Number(process.env.COLUMNS) || process.stdout.columns || undefined;
}

let isHeard = true;

/** At once, for the work lets no event in. Who does not read it, or not quickly enough, does not hold it up. */
function writeProgress(text: string): void {
	if (!isHeard) return;
	try {
		writeSync(2, text);
	} catch (error) {
		isHeard = errorCode(error) === "EAGAIN";
	}
}

/** Tells more than the version: whether all of it can be loaded, SQLite too. */
function versions(): Reply {
	const { processes, programs, sqlite } = createNodeSystem(packageDirectory());
	return {
		ok: true,
		text: processes.toolVersion,
		exitCode: 0,
		data: {
			version: processes.toolVersion,
			node: programs.node.version,
			sqlite: sqlite.version,
		},
	};
}

/** What a person types there for this agent, and for this home of it where it is not the one that it has otherwise. */
function inTerminal({ host, places }: KnownAgent, home?: string): string {
	const isOther =
		home !== undefined &&
		knownAgent(host, undefined).places.home !== places.home;
	if (host.terminal !== undefined && !isOther) return host.terminal;
	return [
		"agent-snapshot",
		...(host.name === DEFAULT_HOST ? [] : ["--host", host.name]),
		...(isOther ? ["--home", typable(places.home)] : []),
	].join(" ");
}

function knownAgent(host: Host, home: string | undefined): KnownAgent {
	const named = home === undefined ? undefined : resolve(home);
	return {
		host,
		places: placesOf(host, process.env, userHome(), named),
		environment: environmentFor(host, named),
	};
}

/** Ours first, and then the one before it goes: in between a signal would be lost. */
function takeOver(signal: NodeJS.Signals, listener: () => void): void {
	const before = process.listeners(signal);
	process.on(signal, listener);
	for (const other of before) process.off(signal, other);
}

/** `dist/commands/create.js#create`, as plugin.json names it. */
async function loadHandler(handler: string): Promise<Handler> {
	const [, file = "", name = ""] =
		/^dist\/commands\/(.*)\.js#(.*)$/.exec(handler) ?? [];
	// The bundler finds what this can mean and packs all of it: see scripts/build.ts.
	const loaded: Record<string, unknown> = await import(`./commands/${file}.ts`);
	const found = loaded[name];
	if (typeof found !== "function")
		throw new Error(
			`plugin.json names the handler ${handler}, which does not exist`,
		);
	return found as Handler;
}

/** This code may have been moved into a chunk of `dist`. */
function packageDirectory(): string {
	return HERE.slice(0, HERE.lastIndexOf(IS_SOURCE ? "/src/" : "/dist/"));
}
