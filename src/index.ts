/**
 * What a host's plugin uses: one function that registers `/snapshot`. It loads nothing native and opens no file of the
 * agent: the work is done by a process of its own.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Completion, completeLine } from "./commands/call/completion.ts";
import { COMMAND, calledVerb } from "./commands/call/grammar.ts";
import type { Reply } from "./commands/call/reply.ts";
import { type TypedCall, typedCall } from "./commands/call/typed-call.ts";
import { splitWords } from "./commands/call/words.ts";
import { longText } from "./commands/text/progress-text.ts";
import type { Moment } from "./core/create/automatic.ts";
import type { Host } from "./core/home/host.ts";
import {
	type EngineResult,
	runEngine,
	runEngineInTerminal,
	startEngine,
} from "./system/engine.ts";

export type { Completion } from "./commands/call/completion.ts";
export type { Reply } from "./commands/call/reply.ts";
export { type TypedCall, textOf } from "./commands/call/typed-call.ts";
export type { Moment } from "./core/create/automatic.ts";
export type { Host, StateItem } from "./core/home/host.ts";
export { type ErrorCode, SnapshotError } from "./errors.ts";
export { hosts } from "./hosts/index.ts";

export interface SnapshotCommand {
	/** "snapshot" */
	readonly name: string;
	/** ["snap"] */
	readonly aliases: readonly string[];
	readonly description: string;
	/**
	 * Takes what was typed behind the name, answers with what to show; after `patience`, that the engine is still at work
	 * and goes on. Never rejects.
	 * @param onLong called with a line to show at once, when it turns out that it takes long; at most once
	 */
	run(text: string, onLong?: (line: string) => void): Promise<Reply>;
	/**
	 * For the host's own command line: the same commands in the person's terminal, `called` as they call them there.
	 * Resolves with the exit code, and with why there is no answer. Never rejects.
	 */
	runInTerminal(
		words: readonly string[],
		called: string,
	): Promise<{ readonly exitCode: number; readonly problem: string }>;
	/** Which command of ours that text calls: "restore" for "rewind 3". Undefined: none. */
	verbOf(text: string): string | undefined;
	/** What text calls, and with what; `textOf` makes text of it again. Undefined: a reply to it changes nothing. */
	callOf(text: string): TypedCall | undefined;
	/**
	 * For the host to call at moments of its life: takes a snapshot if one is due. At a start it first finishes an interrupted
	 * restore, and does one that waits for this moment, where the agent's databases are not open yet. Never rejects.
	 * @param hostVersion as the host says it; a start with another one than the newest snapshot's makes a `pre-update` one
	 */
	automatic(moment: Moment, hostVersion?: string): Promise<Reply>;
	/**
	 * As `automatic`, where nobody needs the reply: the engine goes on when the host ends, which waits for nothing. Never throws.
	 */
	startAutomatic(moment: Moment, hostVersion?: string): void;
	/** For completion in the chat: what may stand where `typed`, the text behind the name, ends. Never rejects. */
	complete(typed: string): Promise<Completion>;
}

const LONGEST = 8000;

export interface CommandOptions {
	/** The agent's home; else the host's environment variable, else its usual place. */
	readonly home?: string;
	/** Where this package lies, for hosts that run a copy of a plugin's code. */
	readonly packageDirectory?: string;
	/** How many seconds a reply is waited for. */
	readonly patience?: number;
}

/** Seconds. Longer than a person waits before a chat that says nothing. */
const PATIENCE = 600;

/** The `/snapshot` command for one host. */
export function createSnapshotCommand(
	host: Host,
	{ home, packageDirectory, patience = PATIENCE }: CommandOptions = {},
): SnapshotCommand {
	const place = home === undefined ? [] : ["--home", home];
	const agent = [...place, "--host", host.name];
	const engine = [...agent, "--json", "--chat", "--"];
	const program = enginePath(packageDirectory);
	const ask = async (
		args: readonly string[],
		onLong?: (line: string) => void,
	): Promise<Reply> => {
		const result = await runEngine(
			program,
			onLong ? ["--progress", "json", ...args] : args,
			process.env,
			patience * 1000,
			onLong && tellOnce(onLong),
		);
		return result.isStillAtWork ? stillAtWork(host) : replyIn(result);
	};
	const auto = (moment: Moment, version?: string) => [
		...engine,
		"auto",
		moment,
		...(version === undefined ? [] : ["--host-version", version]),
	];
	return {
		...COMMAND,
		async run(text, onLong) {
			const unusable = whyUnusable(text);
			if (unusable !== undefined) return noReply(unusable);
			return ask([...engine, ...splitWords(text)], onLong);
		},
		runInTerminal: (words, called) =>
			runEngineInTerminal(
				program,
				[...agent, "--called", called, ...words],
				process.env,
			),
		verbOf: (text) => calledVerb(splitWords(text))?.name,
		callOf: typedCall,
		automatic: (moment, hostVersion) => ask(auto(moment, hostVersion)),
		startAutomatic: (moment, hostVersion) =>
			startEngine(program, auto(moment, hostVersion), process.env),
		complete: (typed) =>
			completeLine(`/${COMMAND.name} ${typed}`, async () => {
				const { data } = await ask([...engine, "list", "--all"]);
				return labelsById(data);
			}),
	};
}

/** Every event says that it takes long. */
function tellOnce(tell: (line: string) => void): (line: string) => boolean {
	let isTold = false;
	return (event) => {
		const line = longText(event);
		if (line === undefined) return false;
		if (!isTold) tell(line);
		isTold = true;
		return true;
	};
}

function labelsById({ snapshots }: Reply["data"]): Map<string, string> {
	const all = Array.isArray(snapshots) ? snapshots : [];
	return new Map(all.map(({ id, label }) => [String(id), String(label ?? "")]));
}

function replyIn({ output, problem }: EngineResult): Reply {
	return (
		parseReply(output) ??
		noReply(
			problem || `the engine printed ${JSON.stringify(output.slice(0, 200))}`,
		)
	);
}

function stillAtWork({ typedAs = `/${COMMAND.name}` }: Host): Reply {
	const message =
		"The snapshot engine is still at work, and goes on by itself.";
	const hint = `See what came of it: ${typedAs} list`;
	return failed(message, hint);
}

/** What no process can be given as its arguments, and no person types. */
function whyUnusable(text: string): string | undefined {
	if (text.length > LONGEST)
		return `what was typed has ${text.length} characters, and ${LONGEST} is the most`;
	return text.includes("\0") ? "what was typed holds a NUL" : undefined;
}

/** This code may have been moved into a chunk of `dist`; from the sources it stands beside the engine's. */
function enginePath(packageDirectory: string | undefined): string {
	if (packageDirectory !== undefined)
		return join(packageDirectory, "dist", "cli.js");
	if (import.meta.url.endsWith(".ts"))
		return fileURLToPath(new URL("cli.ts", import.meta.url));
	const dist = import.meta.url.lastIndexOf("/dist/") + "/dist/".length;
	return fileURLToPath(new URL("cli.js", import.meta.url.slice(0, dist)));
}

function parseReply(output: string): Reply | undefined {
	try {
		const parsed: Partial<Reply> = Object(JSON.parse(output));
		return typeof parsed.text === "string" ? (parsed as Reply) : undefined;
	} catch (error) {
		if (!(error instanceof SyntaxError)) throw error;
		return undefined;
	}
}

function noReply(problem: string): Reply {
	return failed(`The snapshot engine did not answer: ${problem}`, "");
}

function failed(message: string, hint: string): Reply {
	return {
		ok: false,
		text: [message, hint].filter(Boolean).join("\n"),
		exitCode: 1,
		data: {},
		error: { code: "failed", message, hint },
	};
}
