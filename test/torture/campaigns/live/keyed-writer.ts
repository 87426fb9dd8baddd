import { type ChildProcess, execFile, spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { root } from "../../../support/paths.ts";

const script = (name: string) =>
	path.join(root, "test/torture/campaigns/live", name);

/** A live writer in a process of its own, and what it has said so far. */
export class KeyedWriter {
	/** In the order of its commits. */
	readonly acknowledged: string[] = [];
	readonly #child: ChildProcess;
	readonly #ended: Promise<void>;
	#error = "";
	#hasEnded = false;
	#heard = () => {};

	constructor(database: string, rate: number, prefix: string) {
		this.#child = spawn(
			process.execPath,
			[script("keyed-writer.mjs"), database, String(rate), prefix],
			{ stdio: ["ignore", "pipe", "pipe"] },
		);
		const { stdout, stderr } = this.#child;
		if (stdout === null || stderr === null) throw new Error("no pipes");
		createInterface({ input: stdout }).on("line", (key) => {
			this.acknowledged.push(key);
			this.#heard();
		});
		stderr.on("data", (chunk) => {
			this.#error += chunk;
		});
		this.#ended = new Promise((resolve) => {
			this.#child.on("close", () => {
				this.#hasEnded = true;
				this.#heard();
				resolve();
			});
		});
	}

	/** Until so many more have been acknowledged, or the writer has died. */
	async goesOn(more: number): Promise<string[]> {
		const wanted = this.acknowledged.length + more;
		while (this.acknowledged.length < wanted && !this.#hasEnded)
			await new Promise<void>((resolve) => {
				this.#heard = resolve;
			});
		return this.#hasEnded ? [`the writer died: ${this.#error}`] : [];
	}

	async end(): Promise<void> {
		this.#child.kill("SIGKILL");
		await this.#ended;
	}
}

/** What another process sees in the database now. */
export async function readKeys(
	database: string,
): Promise<{ integrity: string; keys: string[] }> {
	const run = promisify(execFile);
	const { stdout } = await run(
		process.execPath,
		[script("read-keys.mjs"), database],
		{ maxBuffer: 1e8 },
	);
	return JSON.parse(stdout) as { integrity: string; keys: string[] };
}
