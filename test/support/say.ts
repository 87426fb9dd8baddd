import type { Handler } from "../../src/commands/call/handler.ts";
import type { Reply } from "../../src/commands/call/reply.ts";
import { type RunRequest, runCommand } from "../../src/commands/call/run.ts";
import { splitWords } from "../../src/commands/call/words.ts";
import type { KnownAgent } from "../../src/core/home/known-agent.ts";
import type { Machine } from "./memory-system.ts";
import { HOME, plainHost } from "./plain-agent.ts";

/** Types `/snapshot …` at an agent in memory. */
export function say(
	{ system }: Machine,
	text: string,
	{
		host = plainHost,
		places = { home: HOME, roots: {} },
		...options
	}: Partial<RunRequest & KnownAgent> = {},
): Promise<Reply> {
	const meant = { host, places, environment: {} };
	return runCommand({
		words: splitWords(text),
		meant,
		known: [meant],
		knownAt: (known, home) => ({
			host: known,
			places: { ...places, home },
			environment: {},
		}),
		system,
		load: loadFromSource,
		signal: new AbortController().signal,
		prefix: "/snapshot",
		terminal: "agent-snapshot",
		...options,
	});
}

/** `dist/commands/create.js#create`, from the sources of it. */
export async function loadFromSource(handler: string): Promise<Handler> {
	const [file = "", name = ""] = handler.split("#");
	const source = file.replace(/^dist\/(.*)\.js$/, "../../src/$1.ts");
	const loaded: Record<string, unknown> = await import(
		new URL(source, import.meta.url).href
	);
	const found = loaded[name];
	if (typeof found !== "function") throw new Error(`there is no ${handler}`);
	return found as Handler;
}
