import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";
import { root } from "../support/paths.ts";

/** A process of a campaign, and the lines that it has said. */
export class Talker {
	readonly said: string[] = [];
	readonly #script: string;
	readonly #child: ChildProcess;
	readonly #ended: Promise<void>;
	#error = "";
	#hasEnded = false;
	#heard = () => {};

	/** @param script below `campaigns` */
	constructor(script: string, ...args: string[]) {
		this.#script = script;
		const file = path.join(root, "test/torture/campaigns", script);
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

	/** Until it has said so many lines, or has died: then why. */
	async hear(lines: number): Promise<string | undefined> {
		while (this.said.length < lines && !this.#hasEnded)
			await new Promise<void>((resolve) => {
				this.#heard = resolve;
			});
		return this.whyDead;
	}

	/** Until it has said so many lines. Throws when it dies before. */
	async until(lines: number): Promise<void> {
		await this.hear(lines);
		if (this.said.length < lines) this.refuseDead();
	}

	refuseDead(): void {
		if (this.whyDead !== undefined) throw new Error(this.whyDead);
	}

	get whyDead(): string | undefined {
		return this.#hasEnded ? `${this.#script} died: ${this.#error}` : undefined;
	}

	async end(): Promise<void> {
		this.#child.kill("SIGKILL");
		await this.#ended;
	}
}
