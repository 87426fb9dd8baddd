import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { root } from "../support/paths.ts";

/** One line typed, in its terminal or in a gateway by somebody, or what else can be asked. See hermes-context.py. */
export interface Asked {
	readonly type?: string;
	readonly by?: string;
	readonly gateway?: string;
	readonly shown?: number;
	readonly hook?: string;
	readonly with?: Readonly<Record<string, string>>;
	readonly taken?: true;
	readonly patience?: number;
	readonly profile?: string;
	readonly user?: string;
	readonly chat?: string;
	readonly admins?:
		| readonly string[]
		| Readonly<Record<string, readonly string[]>>;
}

/** Hermes' process, as far as the plugin sees it: python3, which loads it with a small context object. */
export interface Hermes {
	/** Resolves with what came of each. */
	say(...asked: Asked[]): Promise<unknown[]>;
	/** Resolves with what it complained of meanwhile. */
	stop(): Promise<string>;
}

/** @param home in which the plugin is installed. Hermes itself is not to be had by npm. */
export function startHermes(home: string, version = "0.1"): Hermes {
	const plugin = path.join(home, "plugins/snapshots");
	const context = path.join(root, "test/hosts/hermes-context.py");
	const child = spawn("python3", [context, plugin], {
		env: {
			PATH: process.env.PATH,
			HERMES_HOME: home,
			HERMES_VERSION: version,
		},
		stdio: ["pipe", "pipe", "pipe"],
	});
	const lines = createInterface({ input: child.stdout })[
		Symbol.asyncIterator
	]();
	const complaints = text(child.stderr);
	const closed = once(child, "close");
	return {
		async say(...asked) {
			const answers: unknown[] = [];
			for (const one of asked) {
				child.stdin.write(`${JSON.stringify(one)}\n`);
				const { value, done } = await lines.next();
				if (done === true)
					throw new Error(`python3 has ended: ${await complaints}`);
				answers.push(JSON.parse(value));
			}
			return answers;
		},
		async stop() {
			child.stdin.end();
			await closed;
			return complaints;
		},
	};
}
