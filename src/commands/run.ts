import { type Agent, agentAt } from "../core/agent.ts";
import type { Host } from "../core/host.ts";
import { layoutOf, type Places } from "../core/layout.ts";
import { errorCode, SnapshotError } from "../errors.ts";
import type { System } from "../system/system.ts";
import { explain } from "./explain.ts";
import { findVerb, parseWords } from "./grammar.ts";
import { DEFAULT_WAIT, type Handler, type Invocation } from "./handler.ts";
import { EXIT, type Reply } from "./reply.ts";

export interface RunRequest {
	/** What follows the command's name. */
	readonly words: readonly string[];
	readonly host: Host;
	readonly places: Places;
	readonly system: System;
	/** Finds what a `handler` of plugin.json names. */
	readonly load: (handler: string) => Promise<Handler>;
	/** Ctrl-C. */
	readonly signal: AbortSignal;
	readonly prefix: string;
}

const BEST_EFFORT = "--best-effort";

/** Words in, reply out. The only place where errors end. */
export async function runCommand(request: RunRequest): Promise<Reply> {
	try {
		const call = parseWords(request.words);
		const handler = await request.load(call.verb.handler);
		const invocation: Invocation = {
			...call,
			prefix: request.prefix,
			agent: (options = {}) => openAgent(request, options),
		};
		const { exitCode = EXIT.done, ...answer } = await handler(invocation);
		return forgiving(request, {
			ok: exitCode === EXIT.done,
			exitCode,
			...answer,
		});
	} catch (error) {
		return forgiving(request, explain(error, request.prefix));
	}
}

/** An updater must never fail for want of a snapshot, whatever the reason. */
function forgiving({ words }: RunRequest, reply: Reply): Reply {
	const [name = "", ...rest] = words;
	const end = rest.indexOf("--");
	const said = (end < 0 ? rest : rest.slice(0, end)).includes(BEST_EFFORT);
	const knows = findVerb(name)?.flags[BEST_EFFORT.slice(2)] !== undefined;
	return said && knows ? { ...reply, exitCode: EXIT.done } : reply;
}

function openAgent(
	{ system, host, places, signal }: RunRequest,
	options: { wait?: number; timeout?: number | undefined },
): Agent {
	const { wait = DEFAULT_WAIT, timeout } = options;
	const deadline =
		timeout === undefined
			? undefined
			: system.clock.monotonic() + timeout * 1000;
	refuseMissing(system, host, places.home);
	const layout = layoutOf(system.disk, host, places);
	return agentAt(
		{
			system,
			host: layout.host,
			home: layout.home,
			patience: { signal, deadline },
			waitMilliseconds: wait * 1000,
		},
		layout.storeIn,
	);
}

function refuseMissing({ disk }: System, host: Host, home: string): void {
	const hint = `Name another with --home DIR or ${host.home.variable}.`;
	try {
		if (disk.stat(disk.realPath(home))?.kind === "directory") return;
	} catch (error) {
		if (!["ENOENT", "ENOTDIR", "ELOOP"].includes(errorCode(error) ?? ""))
			throw error;
	}
	throw new SnapshotError(
		"no-home",
		`There is no ${host.title} home at ${home}. Nothing was changed.`,
		{ hint },
	);
}
