import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import { errorCode, errorMessage } from "../errors.ts";
import type { AttachedProgram, Ended } from "./system.ts";

/** As shells say it. */
const NOT_FOUND = 127;
const NOT_STARTED = 126;

/** A terminal sends these to all who work in it, the program among them: it decides what comes of them, and we wait. */
const ITS_OWN: readonly NodeJS.Signals[] = ["SIGINT", "SIGQUIT"];
/** These are sent to one process, which is us. */
const PASSED_ON: ReadonlySet<NodeJS.Signals> = new Set(["SIGTERM", "SIGHUP"]);

/**
 * Runs a program in the person's own terminal, to its end. It has our standard streams, and no group of its own: a program
 * in another one could not ask its terminal for a password. Should we be killed, it goes on.
 * @param umask the person's own; undefined: ours
 */
export function runAttached(
	{ command, environment, output }: AttachedProgram,
	umask: number | undefined,
): Promise<Ended> {
	const [program = "", ...args] = command;
	return new Promise((resolve) => {
		let child: ChildProcess | undefined;
		let hasBegun = false;
		// What came before it was there has not reached it, and is told to us only now that it is.
		const giveBack = takeSignals((signal) => {
			if (!hasBegun || PASSED_ON.has(signal)) child?.kill(signal);
		});
		const end = (ended: Ended) => {
			giveBack();
			resolve(ended);
		};
		try {
			child = withUmask(umask, () =>
				spawn(program, args, {
					env: { ...process.env, ...environment },
					stdio: output === "stderr" ? ["inherit", 2, 2] : "inherit",
				}),
			);
		} catch (error) {
			// Words that are too many or too long are thrown, and not told as an event.
			if (errorCode(error) === undefined) throw error;
			end(notStarted(error));
			return;
		}
		const started = child.pid !== undefined;
		// Between the two all that had come is told.
		setImmediate(() =>
			setImmediate(() => {
				hasBegun = true;
			}),
		);
		child.on("error", (error) => {
			// One that may not be sent a signal tells that here, too, and goes on.
			if (!started) end(notStarted(error));
		});
		// Not "close": what it leaves running in the background may hold the streams for ever.
		child.on("exit", (code, signal) => end(endedBy(code, signal)));
	});
}

function endedBy(code: number | null, signal: NodeJS.Signals | null): Ended {
	return signal === null
		? { exitCode: code ?? NOT_STARTED }
		: { exitCode: 128 + constants.signals[signal], signal };
}

function notStarted(error: unknown): Ended {
	return errorCode(error) === "ENOENT"
		? { exitCode: NOT_FOUND, problem: "there is no such program" }
		: { exitCode: NOT_STARTED, problem: errorMessage(error) };
}

/** The process that is made inherits it; nothing else of ours runs meanwhile. */
function withUmask<T>(umask: number | undefined, work: () => T): T {
	if (umask === undefined) return work();
	const ours = process.umask(umask);
	try {
		return work();
	} finally {
		process.umask(ours);
	}
}

/** Whoever listens to them hears nothing of them until they are given back: a Ctrl-C is no wish of a person to end us. */
function takeSignals(tell: (signal: NodeJS.Signals) => void): () => void {
	const taken = [...ITS_OWN, ...PASSED_ON].map((signal) => {
		const listener = () => tell(signal);
		const others = process.listeners(signal);
		// Ours first, and then the others go: in between a signal would end us.
		process.on(signal, listener);
		for (const other of others) process.off(signal, other);
		return () => {
			for (const other of others) process.on(signal, other);
			process.off(signal, listener);
		};
	});
	return () => {
		for (const giveBack of taken) giveBack();
	};
}
