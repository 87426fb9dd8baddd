import type { Handler } from "../../../../src/commands/call/handler.ts";
import type { Reply } from "../../../../src/commands/call/reply.ts";
import { runCommand } from "../../../../src/commands/call/run.ts";
import { hosts } from "../../../../src/hosts/index.ts";
import { createNodeSystem } from "../../../../src/system/node.ts";

/** The only door of this harness to src/: words in, reply out, on a real disk, with a clock that is told the time. */
export function engineAt(home: string, now: () => Date) {
	const meant = {
		host: hosts.hermes,
		places: { home, roots: {} },
		environment: {},
	};
	const system = createNodeSystem("");
	const clock = { ...system.clock, now };
	return (...words: string[]): Promise<Reply> =>
		runCommand({
			words,
			meant,
			known: [meant],
			knownAt: () => meant,
			system: { ...system, clock },
			load,
			signal: new AbortController().signal,
			prefix: "agent-snapshot",
			terminal: "agent-snapshot",
		});
}

/** `dist/commands/create.js#create`, as plugin.json names it, from its source. */
async function load(handler: string): Promise<Handler> {
	const [, verb = "", name = ""] =
		/^dist\/commands\/(\w+)\.js#(\w+)$/.exec(handler) ?? [];
	const loaded = (await import(
		`../../../../src/commands/${verb}.ts`
	)) as Record<string, unknown>;
	const found = loaded[name];
	if (typeof found !== "function")
		throw new Error(`there is no handler ${handler}`);
	return found as Handler;
}
