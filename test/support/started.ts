import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { onTestFinished } from "vitest";

/** A process whose output is read as it comes; killed when the test ends. */
export interface Started {
	readonly child: ChildProcess;
	/** Waits until it has printed this. */
	prints(text: string): Promise<void>;
	/** Its exit code, and all that it has printed. */
	end(): Promise<{ code: number | null; output: string }>;
}

/** @param userHome its HOME */
export function start(
	[program = "", ...args]: readonly string[],
	userHome: string,
	more: Readonly<Record<string, string>> = {},
): Started {
	const { PATH } = process.env;
	const env = { PATH, HOME: userHome, TZ: "UTC", LANG: "C.UTF-8", ...more };
	const child = spawn(program, args, { env, stdio: ["pipe", "pipe", "pipe"] });
	onTestFinished(() => void child.kill("SIGKILL"));
	let output = "";
	const waiting = new Set<() => void>();
	for (const stream of [child.stdout, child.stderr])
		stream.on("data", (chunk: Buffer) => {
			output += chunk;
			for (const look of waiting) look();
		});
	const closed = once(child, "close");
	return {
		child,
		prints: (text) =>
			new Promise((resolve, reject) => {
				const look = () => output.includes(text) && resolve();
				waiting.add(look);
				look();
				closed.then(() => reject(new Error(`it printed only:\n${output}`)));
			}),
		async end() {
			const [code] = await closed;
			return { code, output };
		},
	};
}

/** In a terminal of its own, which `script` makes. */
export function startInTerminal(
	words: readonly string[],
	userHome: string,
	more: Readonly<Record<string, string>> = {},
): Started {
	const line = `exec ${words.map((word) => `'${word}'`).join(" ")}`;
	// Whoever runs the tests in the background has it ignored, and what is ignored is ignored by all that is started.
	return start(
		["env", "--default-signal=INT", "script", "-qec", line, "/dev/null"],
		userHome,
		more,
	);
}
