import { type Agent, agentAt } from "../../core/home/agent.ts";
import type { Host } from "../../core/home/host.ts";
import { type KnownAgent, refuseMissing } from "../../core/home/known-agent.ts";
import { layoutOf } from "../../core/home/layout.ts";
import {
	maskServiceKeys,
	withoutServiceKeys,
} from "../../core/secrets/service-keys.ts";
import { SnapshotError } from "../../errors.ts";
import type { Progress, System } from "../../system/system.ts";
import { findVerb, parseWords, type Verb } from "./grammar.ts";
import {
	DEFAULT_WAIT,
	type Handler,
	type Invocation,
	isChat,
	type Output,
} from "./handler.ts";
import { EXIT, type Reply } from "./reply.ts";

export interface RunRequest {
	/** What follows the command's name. */
	readonly words: readonly string[];
	/** The agent that is meant. */
	readonly meant: KnownAgent;
	/** Which agent, or where its home is, was said, and not only supposed. */
	readonly isNamed?: boolean;
	/** All that are known. */
	readonly known: readonly KnownAgent[];
	/** One with its home in that directory. */
	readonly knownAt: (host: Host, home: string) => KnownAgent;
	readonly system: System;
	/** Finds what a `handler` of plugin.json names. */
	readonly load: (handler: string) => Promise<Handler>;
	/** Ctrl-C. */
	readonly signal: AbortSignal;
	/** Undefined: nobody wants to know how far it is. */
	readonly progress?: Progress | undefined;
	readonly prefix: string;
	readonly terminal: string;
	/** Standard output is for the reply, and for nothing else. */
	readonly json?: boolean;
	readonly output?: Output | undefined;
	/** Asks the person who sits there; undefined: nobody does. */
	readonly confirm?: ((question: string) => Promise<boolean>) | undefined;
	/** How wide a line may be; undefined: as wide as it is. */
	readonly columns?: number | undefined;
	/** How many lines a reply may have, unless all of it is asked for; undefined: as many as it has. */
	readonly lines?: number | undefined;
}

const BEST_EFFORT = "--best-effort";

/** Words in, reply out. The only place where errors end. */
export async function runCommand(request: RunRequest): Promise<Reply> {
	try {
		const call = parseWords(request.words);
		refuseInChat(call.verb, request.prefix);
		const handler = await request.load(call.verb.handler);
		const invocation: Invocation = {
			...call,
			prefix: request.prefix,
			terminal: request.terminal,
			json: request.json === true,
			lines: request.lines,
			output: request.output,
			get confirm() {
				return request.confirm;
			},
			agent: (options = {}) => openAgent(request, request.meant, options),
			agentOf: (known, options = {}) => openAgent(request, known, options),
			knownAt: request.knownAt,
			meant: request.meant,
			isNamed: request.isNamed === true,
			get known() {
				return request.known;
			},
			// To ask a terminal takes a while.
			get columns() {
				return request.columns;
			},
			system: request.system,
		};
		const { exitCode = EXIT.done, ...answer } = await handler(invocation);
		const reply = { ok: exitCode === EXIT.done, exitCode, ...answer };
		const isRevealed = call.flags.reveal === true && !isChat(request.prefix);
		return forgiving(request, isRevealed ? reply : shownReply(reply, request));
	} catch (error) {
		// All that can go wrong is a large part of the engine: most commands get on without.
		const { explain } = await import("./explain.ts");
		return forgiving(
			request,
			shownReply(explain(error, request.prefix), request),
		);
	}
}

/** The last gate: names of files, tables and labels may be secrets, too, whoever says them. */
function shownReply(reply: Reply, { json }: RunRequest): Reply {
	// Nobody sees the data of any other.
	if (json === true) return withoutServiceKeys(reply);
	return { ...reply, text: maskServiceKeys(reply.text) };
}

function refuseInChat({ name, terminal }: Verb, prefix: string): void {
	if (terminal === true && isChat(prefix))
		throw new SnapshotError(
			"usage",
			`${name} is for a terminal. Nothing was changed.`,
			{ hint: `There: agent-snapshot help ${name}` },
		);
}

function forgiving({ words }: RunRequest, reply: Reply): Reply {
	return isForgiving(words) ? { ...reply, exitCode: EXIT.done } : reply;
}

/** An updater must never fail for want of a snapshot, whatever the reason. */
export function isForgiving([name = "", ...rest]: readonly string[]): boolean {
	const end = rest.indexOf("--");
	const said = (end < 0 ? rest : rest.slice(0, end)).includes(BEST_EFFORT);
	return said && findVerb(name)?.flags[BEST_EFFORT.slice(2)] !== undefined;
}

function openAgent(
	{ system, signal, progress }: RunRequest,
	known: KnownAgent,
	options: { wait?: number; timeout?: number | undefined },
): Agent {
	const { wait = DEFAULT_WAIT, timeout } = options;
	const deadline =
		timeout === undefined
			? undefined
			: system.clock.monotonic() + timeout * 1000;
	refuseMissing(system.disk, known);
	const layout = layoutOf(system.disk, known.host, known.places);
	return agentAt(
		{
			system,
			host: layout.host,
			home: layout.home,
			patience: { signal, deadline, progress },
			waitMilliseconds: wait * 1000,
		},
		layout.storeIn,
	);
}
