import fs from "node:fs";
import path from "node:path";
import { type Ran, runSubject } from "../../run-subject.ts";
import { type CallNumber, holding } from "../../strace.ts";
import type { Subject } from "../../subjects.ts";

/** A command that was stopped by SIGSTOP in the middle of its work. */
export interface Stopped {
	readonly pid: number;
	readonly answer: Promise<Ran>;
	go(): void;
	kill(): void;
}

/** Starts a command that stops itself at this call; undefined when it ended without coming there. */
export function stopAt(
	subject: Subject,
	home: string,
	words: readonly string[],
	call: CallNumber,
): Promise<Stopped | undefined> {
	return startHeld(subject, home, words, call).stopped;
}

/** As `stopAt`, with the answer of one that ended without coming there. */
export function startHeld(
	subject: Subject,
	home: string,
	words: readonly string[],
	call: CallNumber,
): { answer: Promise<Ran>; stopped: Promise<Stopped | undefined> } {
	const log = path.join(path.dirname(home), `stop-${words[0]}.strace`);
	fs.writeFileSync(log, "");
	const answer = runSubject(subject, home, words, {
		under: holding(call, log),
	});
	return { answer, stopped: seenToStop(log, answer) };
}

async function seenToStop(
	log: string,
	answer: Promise<Ran>,
): Promise<Stopped | undefined> {
	const stopped = () =>
		/^(\d+) +--- stopped by SIGSTOP ---/m.exec(
			fs.readFileSync(log, "utf8"),
		)?.[1];
	const watching = new AbortController();
	const seen = seenIn(log, stopped, watching.signal);
	const pid = await Promise.race([seen, answer.then(stopped)]);
	watching.abort();
	if (pid === undefined) return undefined;
	return {
		pid: Number(pid),
		answer,
		go: () => process.kill(Number(pid), "SIGCONT"),
		kill: () => process.kill(Number(pid), "SIGKILL"),
	};
}

/** Resolves as soon as `look` finds something in a file or folder that others change. */
export function seenIn<T>(
	place: string,
	look: () => T | undefined,
	signal: AbortSignal,
): Promise<T> {
	return new Promise((resolve) => {
		const watcher = fs.watch(place, { signal });
		const check = () => {
			const found = look();
			if (found === undefined) return;
			watcher.close();
			resolve(found);
		};
		watcher.on("change", check);
		check();
	});
}
