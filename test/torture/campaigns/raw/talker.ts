import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";
import { root } from "../../../support/paths.ts";

/** A process of this campaign, and the lines that it has said. */
export class Talker {
	readonly said: string[] = [];
	readonly #child: ChildProcess;
	readonly #ended: Promise<void>;
	#error = "";
	#hasEnded = false;
	#heard = () => {};

	constructor(script: string, ...args: string[]) {
		const file = path.join(root, "test/torture/campaigns/raw", script);
		this.#child = spawn(process.execPath, [file, ...args], {
			stdio: ["pipe", "pipe", "pipe"],
		});
		const { stdout, stderr } = this.#child;
		if (stdout === null || stderr === null) throw new Error("no pipes");
		createInterface({ input: stdout }).on("line", (line) => {
			this.said.push(line);
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

	/** Says a line to it. */
	tell(line: string): void {
		this.#child.stdin?.write(`${line}\n`);
	}

	/** Until it has said so many lines. Throws when it dies before. */
	async until(lines: number): Promise<void> {
		while (this.said.length < lines) {
			this.refuseDead();
			await new Promise<void>((resolve) => {
				this.#heard = resolve;
			});
		}
	}

	refuseDead(): void {
		if (this.#hasEnded) throw new Error(`it died: ${this.#error}`);
	}

	async end(): Promise<void> {
		this.#child.kill("SIGKILL");
		await this.#ended;
	}
}
