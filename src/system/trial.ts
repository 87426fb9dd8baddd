import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { errorCode } from "../errors.ts";
import type { Trial, TrialRequest } from "./system.ts";

/** How long those that are to end are waited for before they are killed, and then once more, in milliseconds. */
const GRACE = 5_000;

/**
 * Runs a command of the shell for a while. It has a process group of its own, all of which is ended in the end. Nothing of
 * what it prints is kept: it may print keys.
 */
export async function tryOut({
	command,
	directory,
	environment,
	milliseconds,
	signal,
}: TrialRequest): Promise<Trial> {
	const child = spawn("sh", ["-c", command], {
		cwd: directory,
		env: { ...process.env, ...environment },
		detached: true,
		stdio: "ignore",
	});
	const ended = Promise.withResolvers<Trial>();
	child.on("error", () =>
		ended.resolve({ isRunning: false, exitCode: undefined }),
	);
	child.on("exit", (code) =>
		ended.resolve({ isRunning: false, exitCode: code ?? undefined }),
	);
	const tired = () => ended.resolve({ isRunning: true, exitCode: undefined });
	const timer = setTimeout(tired, milliseconds);
	signal.addEventListener("abort", tired);
	try {
		const trial = await ended.promise;
		signal.throwIfAborted();
		return trial;
	} finally {
		clearTimeout(timer);
		signal.removeEventListener("abort", tired);
		if (child.pid !== undefined) await endGroup(child.pid);
	}
}

/** What it has started in its group goes with it. */
async function endGroup(group: number): Promise<void> {
	for (const how of ["SIGTERM", "SIGKILL"] as const) {
		if (!tell(group, how)) return;
		const giveUp = performance.now() + GRACE;
		while (performance.now() < giveUp) {
			if (!tell(group, 0)) return;
			await sleep(20);
		}
	}
}

/** False: there is nobody any more. */
function tell(group: number, signal: NodeJS.Signals | 0): boolean {
	try {
		process.kill(-group, signal);
		return true;
	} catch (error) {
		// EPERM: it is another user's by now, and not ours to end.
		if (!["ESRCH", "EPERM"].includes(errorCode(error) ?? "")) throw error;
		return false;
	}
}
