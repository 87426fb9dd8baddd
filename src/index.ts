/**
 * What a host's plugin uses: one function that registers `/snapshot`. It loads nothing native and opens no file of the
 * agent: the work is done by a process of its own.
 */
import { fileURLToPath } from "node:url";
import { COMMAND } from "./commands/grammar.ts";
import type { Reply } from "./commands/reply.ts";
import { splitWords } from "./commands/words.ts";
import type { Host } from "./core/host.ts";
import { runEngine } from "./system/engine.ts";

export type { Reply } from "./commands/reply.ts";
export type { Host, StateItem } from "./core/host.ts";
export { type ErrorCode, SnapshotError } from "./errors.ts";
export { hosts } from "./hosts/index.ts";

export interface SnapshotCommand {
	/** "snapshot" */
	readonly name: string;
	/** ["snap"] */
	readonly aliases: readonly string[];
	readonly description: string;
	/** Takes what was typed behind the name, answers with what to show. Never rejects. */
	run(text: string): Promise<Reply>;
	/**
	 * For the host to call before it opens its database: finishes an interrupted restore, and does one that waits for
	 * this moment. Never rejects; a reply that is not ok is worth showing, and nothing was lost.
	 */
	beforeStart(): Promise<Reply>;
}

const LONGEST = 8000;

/**
 * The `/snapshot` command for one host.
 * @param options.home The agent's home; else the host's environment variable, else its usual place.
 */
export function createSnapshotCommand(
	host: Host,
	options: { readonly home?: string } = {},
): SnapshotCommand {
	const home = options.home === undefined ? [] : ["--home", options.home];
	const engine = [...home, "--host", host.name, "--json", "--chat", "--"];
	return {
		...COMMAND,
		async run(text) {
			const unusable = whyUnusable(text);
			if (unusable !== undefined) return noReply(unusable);
			return ask([...engine, ...splitWords(text)]);
		},
		beforeStart: () => ask([...engine, "recover"]),
	};
}

async function ask(args: readonly string[]): Promise<Reply> {
	const { output, problem } = await runEngine(enginePath(), args, process.env);
	return (
		parseReply(output) ??
		noReply(
			problem || `the engine printed ${JSON.stringify(output.slice(0, 200))}`,
		)
	);
}

/** What no process can be given as its arguments, and no person types. */
function whyUnusable(text: string): string | undefined {
	if (text.length > LONGEST)
		return `what was typed has ${text.length} characters, and ${LONGEST} is the most`;
	return text.includes("\0") ? "what was typed holds a NUL" : undefined;
}

function enginePath(): string {
	const here = fileURLToPath(import.meta.url);
	return here.replace(/index\.(ts|js)$/, "cli.$1");
}

function parseReply(output: string): Reply | undefined {
	try {
		return JSON.parse(output) as Reply;
	} catch (error) {
		if (!(error instanceof SyntaxError)) throw error;
		return undefined;
	}
}

function noReply(problem: string): Reply {
	const message = `The snapshot engine did not answer: ${problem}`;
	return {
		ok: false,
		text: message,
		exitCode: 1,
		data: {},
		error: { code: "failed", message, hint: "" },
	};
}
