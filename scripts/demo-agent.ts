/** Starts the demo's agent and talks to it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Reply } from "../src/index.ts";

export type Request = { readonly say: string } | { readonly command: string };

export interface DemoAgent {
	readonly pid: number;
	isAlive(): boolean;
	/** Has it write a message to its database; resolves when that is committed. */
	say(text: string): Promise<void>;
	/** What follows `/snapshot`, typed to it. */
	command(text: string): Promise<Reply>;
	stop(): Promise<void>;
}

export async function startDemoAgent(home: string): Promise<DemoAgent> {
	const script = fileURLToPath(
		new URL("demo-agent-process.ts", import.meta.url),
	);
	const child = spawn(process.execPath, [script, home], {
		stdio: ["pipe", "pipe", "inherit"],
	});
	await once(child, "spawn");
	// Writing to an agent that has died: the answer that does not come says so.
	child.stdin.on("error", () => {});
	const { pid } = child;
	if (pid === undefined) throw new Error("The demo's agent has no process id.");
	const ended = once(child, "close");
	const answers = createInterface({ input: child.stdout })[
		Symbol.asyncIterator
	]();
	const answer = async (): Promise<unknown> => {
		const { value, done } = await answers.next();
		if (done) throw new Error("The demo's agent ended before it answered.");
		return JSON.parse(value);
	};
	const ask = (request: Request): Promise<unknown> => {
		child.stdin.write(`${JSON.stringify(request)}\n`);
		return answer();
	};
	await answer(); // it holds its database open from now on
	return {
		pid,
		isAlive: () => child.exitCode === null && child.signalCode === null,
		say: async (text) => {
			await ask({ say: text });
		},
		command: async (text) => (await ask({ command: text })) as Reply,
		stop: async () => {
			if (child.exitCode === null && child.signalCode === null) child.kill();
			await ended;
		},
	};
}
