import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { root } from "../../../support/paths.ts";
import type { Chance } from "../../chance.ts";

export type JournalMode = "wal" | "delete";

/** How an agent writes. All times in milliseconds. */
export interface Habits {
	/** Whose SQLite it uses: Debian's, or better-sqlite3's. */
	readonly language: "python" | "node";
	readonly database: string;
	/** Every row has a key of its own: PREFIX-1, PREFIX-2 … */
	readonly prefix: string;
	/** Between one write and the next. */
	readonly pause: number;
	/** Between opening the database and writing to it. */
	readonly linger: number;
	/** Before its first write. */
	readonly after: number;
	/** It makes the database where there is none, in this mode; null: it must be there. */
	readonly makes: JournalMode | null;
}

/** A process that opens the database for each write, and what it has said so far. */
export class PassingAgent {
	/** In the order of its commits. */
	readonly acknowledged: string[] = [];
	readonly #habits: Habits;
	readonly #errors: string[] = [];
	#process: { child: ChildProcess; ended: Promise<void> } | undefined;
	#hasEnded = false;
	#waiting: (() => void)[] = [];

	constructor(habits: Habits) {
		this.#habits = habits;
	}

	/** Unless it is at work already. */
	start(): void {
		if (this.#process !== undefined) return;
		const { language, ...habits } = this.#habits;
		const [program, script] =
			language === "python"
				? ["python3", "agent.py"]
				: [process.execPath, "agent.mjs"];
		const file = path.join(root, "test/torture/campaigns/passing", script);
		const child = spawn(program, [file, JSON.stringify(habits)], {
			stdio: ["ignore", "pipe", "pipe"],
		});
		createInterface({ input: child.stdout }).on("line", (key) => {
			this.acknowledged.push(key);
			this.#wake();
		});
		createInterface({ input: child.stderr }).on("line", (line) => {
			// It waits half a minute for a lock, and gives up that row when it does not get it.
			if (!line.startsWith("busy ")) this.#errors.push(line);
		});
		const ended = new Promise<void>((resolve) => {
			child.on("close", () => {
				this.#hasEnded = true;
				this.#wake();
				resolve();
			});
		});
		this.#process = { child, ended };
	}

	/** Until so many more have been acknowledged, or it has died, or, if it may not get any further, until then. */
	async goesOn(more: number, atMost?: number): Promise<void> {
		const wanted = this.acknowledged.length + more;
		const limit = new AbortController();
		const { signal } = limit;
		let isOver = false;
		const over = sleep(atMost ?? 2 ** 30, undefined, { signal }).then(
			() => {
				isOver = true;
			},
			(error: unknown) => {
				if (!signal.aborted) throw error;
			},
		);
		while (this.acknowledged.length < wanted && !this.#hasEnded && !isOver)
			await Promise.race([
				over,
				new Promise<void>((resolve) => this.#waiting.push(resolve)),
			]);
		limit.abort();
		await over;
	}

	/** After the write that it is at. Returns what went wrong for it, a line each. */
	async stop(): Promise<string[]> {
		const hadDied = this.#hasEnded;
		this.#process?.child.kill("SIGTERM");
		await this.#process?.ended;
		return [
			...(hadDied ? ["the agent died by itself"] : []),
			...this.#errors.slice(0, 5).map((line) => `the agent met: ${line}`),
		];
	}

	/** Whatever it is at. */
	async end(): Promise<void> {
		this.#process?.child.kill("SIGKILL");
		await this.#process?.ended;
	}

	#wake(): void {
		const woken = this.#waiting;
		this.#waiting = [];
		for (const resume of woken) resume();
	}
}

/** What an agent of this pace is like otherwise. */
export function drawHabits(
	chance: Chance,
	fixed: Pick<Habits, "database" | "pause" | "makes">,
): Habits {
	return {
		...fixed,
		language: chance.pick(["python", "node"]),
		prefix: "row",
		linger: chance.pick([0, 0, 2, 10]),
		after: 0,
	};
}
