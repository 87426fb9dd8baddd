import { type ChildProcess, fork } from "node:child_process";
import path from "node:path";
import type { Order } from "./agent-process.ts";

/** A process that holds a home's database open, as a gateway does, and writes to it. */
export class Agent {
	readonly #child: ChildProcess;

	private constructor(child: ChildProcess) {
		this.#child = child;
	}

	static async start(home: string, seed: number): Promise<Agent> {
		const child = fork(
			path.join(import.meta.dirname, "agent-process.ts"),
			[path.join(home, "state.db"), String(seed)],
			{ stdio: ["ignore", "inherit", "inherit", "ipc"] },
		);
		const agent = new Agent(child);
		await agent.#answer();
		return agent;
	}

	/**
	 * Empties the log of what was written before, then commits so many messages, one by one, which stay in it: the state
	 * before a snapshot is the same each time.
	 */
	async append(count: number): Promise<void> {
		await this.#order({ do: "checkpoint" });
		await this.#order({ do: "append", count });
	}

	/** Commits all the while, until `rest` gives the milliseconds of each. */
	async beat(perSecond: number): Promise<void> {
		await this.#order({ do: "beat", perSecond });
	}

	rest(): Promise<number[]> {
		return this.#order({ do: "rest" });
	}

	/** The number of the last message that was committed. */
	async last(): Promise<number> {
		const [number = 0] = await this.#order({ do: "last" });
		return number;
	}

	/** Closes the database as SQLite wants it, which empties the log. */
	async stop(): Promise<void> {
		if (this.#child.exitCode !== null) return;
		const ended = new Promise((resolve) => this.#child.once("exit", resolve));
		this.#child.disconnect();
		await ended;
	}

	#order(order: Order): Promise<number[]> {
		const answer = this.#answer();
		this.#child.send(order);
		return answer;
	}

	#answer(): Promise<number[]> {
		return new Promise((resolve, reject) => {
			const gone = (code: number | null) =>
				reject(new Error(`The agent's process ended with ${code}.`));
			this.#child.once("exit", gone);
			this.#child.once("message", (milliseconds: number[]) => {
				this.#child.off("exit", gone);
				resolve(milliseconds);
			});
		});
	}
}
