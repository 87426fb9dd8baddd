import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";
import { onTestFinished } from "vitest";
import { adapter, supportScript } from "./paths.ts";
import type { JsonReply } from "./run-cli.ts";

export type Reply = Pick<JsonReply, "ok" | "text" | "exitCode" | "data">;

export interface LiveAgent {
	readonly pid: number;
	describe(): Promise<{ name: string; aliases: string[]; description: string }>;
	/** What the plugin said before the agent opened its database. */
	start(): Promise<Reply>;
	/** Types `/snapshot <text>` in the agent. */
	snapshot(text: string): Promise<Reply>;
	/** Commits a row over the connection the agent has held all the time. */
	commit(text: string): Promise<void>;
	/** Runs a statement of a migration over that connection. */
	migrate(text: string): Promise<void>;
	read(): Promise<string[]>;
	openFiles(): Promise<string[]>;
	mark(text: string): Promise<void>;
	/** Ends the agent in the ordinary way. */
	end(): Promise<void>;
}

/** Starts an agent on a home, under a tracer if one is given. */
export async function startLiveAgent(
	home: string,
	under: readonly string[] = [],
): Promise<LiveAgent> {
	const [program = "", ...args] = [
		...under,
		process.execPath,
		supportScript("live-agent.mjs"),
		home,
		adapter,
	];
	const env = {
		PATH: process.env.PATH,
		HOME: path.dirname(home),
		TZ: "UTC",
		LANG: "C.UTF-8",
	};
	const child = spawn(program, args, {
		env,
		stdio: ["ignore", "inherit", "inherit", "ipc"],
	});
	onTestFinished(() => void child.kill("SIGKILL"));
	await answer(child);
	const ask = (request: Record<string, string>): Promise<unknown> => {
		const answered = answer(child);
		child.send(request);
		return answered;
	};
	return {
		pid: child.pid ?? 0,
		describe: () =>
			ask({ do: "describe" }) as ReturnType<LiveAgent["describe"]>,
		start: () => ask({ do: "start" }) as Promise<Reply>,
		snapshot: (text) => ask({ do: "snapshot", text }) as Promise<Reply>,
		commit: async (text) => void (await ask({ do: "commit", text })),
		migrate: async (text) => void (await ask({ do: "migrate", text })),
		read: () => ask({ do: "read" }) as Promise<string[]>,
		openFiles: () => ask({ do: "openFiles" }) as Promise<string[]>,
		mark: async (text) => void (await ask({ do: "mark", text })),
		end: () =>
			new Promise((resolve) => {
				child.once("close", () => resolve());
				child.send({ do: "end" });
			}),
	};
}

/** The next answer; an agent that died instead is an error, not a wait. */
function answer(child: ChildProcess): Promise<unknown> {
	return new Promise((resolve, reject) => {
		const ended = (code: number | null) =>
			reject(new Error(`the agent ended with ${code}`));
		child.once("close", ended);
		child.once("message", (message: { value?: unknown; error?: string }) => {
			child.off("close", ended);
			if (message.error) reject(new Error(message.error));
			else resolve(message.value);
		});
	});
}
