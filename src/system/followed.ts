import { type ChildProcess, spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import type { Readable } from "node:stream";
import { errorCode, errorMessage } from "../errors.ts";
import type { Followed, FollowedProgram } from "./system.ts";

/** How long one that was asked to end may tidy up, in milliseconds. */
const GRACE = 10_000;
/** Agents and people come first. */
const NICE = 10;

/**
 * Runs a program to its end and hands out what it prints, line by line. Should we be killed, it is, too; where the system
 * cannot do that, it ends as soon as it prints into pipes that nobody reads.
 */
export function follow(program: FollowedProgram): Promise<Followed> {
	const { command, environment, directory, signal } = program;
	const [file = "", ...args] = [...dyingWithUs(), ...command];
	return new Promise((resolve) => {
		const child = spawn(file, args, {
			env: { ...process.env, ...environment },
			cwd: directory,
			stdio: ["ignore", "pipe", "pipe"],
		});
		if (child.pid !== undefined) standBack(child.pid);
		const read = [
			lines(child.stdout, program.onOutput),
			lines(child.stderr, program.onProblem),
		];
		const stopEnding = endOn(signal, child);
		child.on("error", (error) => {
			if (child.pid !== undefined) return; // a signal that could not be sent
			stopEnding();
			resolve({ exitCode: undefined, problem: errorMessage(error) });
		});
		child.on("close", async (code) => {
			stopEnding();
			await Promise.all(read);
			resolve({ exitCode: code ?? undefined });
		});
	});
}

/** Not by node:readline, which also ends a line where a text says U+2028. */
/** Of util-linux, on every Linux but the smallest. */
const SETPRIV = "/usr/bin/setpriv";

function dyingWithUs(): string[] {
	return process.platform === "linux" && fs.existsSync(SETPRIV)
		? [SETPRIV, "--pdeathsig", "KILL", "--"]
		: [];
}

async function lines(stream: Readable, use: (line: string) => void) {
	let begun = "";
	for await (const chunk of stream.setEncoding("utf8")) {
		const [first = "", ...others] = String(chunk).split("\n");
		begun += first;
		for (const next of others) {
			use(begun);
			begun = next;
		}
	}
	if (begun !== "") use(begun);
}

function standBack(pid: number): void {
	try {
		os.setPriority(pid, NICE);
	} catch (error) {
		// It has ended already, or nobody may change that here: so it goes on as it is.
		if (errorCode(error) === undefined) throw error;
	}
}

/** Asks once, as a terminal does, and kills what does not listen. Returns what takes that back. */
function endOn(signal: AbortSignal, child: ChildProcess): () => void {
	let timer: NodeJS.Timeout | undefined;
	const end = () => {
		child.kill("SIGINT");
		timer = setTimeout(() => child.kill("SIGKILL"), GRACE);
	};
	if (signal.aborted) end();
	else signal.addEventListener("abort", end);
	return () => {
		clearTimeout(timer);
		signal.removeEventListener("abort", end);
	};
}
