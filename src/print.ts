import { fstatSync, writeSync } from "node:fs";
import type { Output } from "./commands/call/handler.ts";
import type { Reply } from "./commands/call/reply.ts";
import { coloured, wantsColour } from "./commands/text/colour.ts";
import { whyFailed } from "./core/reasons.ts";
import { errorCode } from "./errors.ts";

export interface PrintOptions {
	readonly json: boolean;
	/** Whatever happens, the exit code is that of the reply: `--best-effort`. */
	readonly isForgiving: boolean;
}

/** The reply, and its exit code. One that nobody gets is no success: that much is said where it can be. */
export function print(reply: Reply, { json, isForgiving }: PrintOptions): void {
	process.exitCode = reply.exitCode;
	// An incomplete snapshot was made all the same: its reply is a result, if a loud one.
	const isResult =
		reply.error === undefined || reply.error.code === "incomplete";
	// What there was to say has gone out already, byte by byte.
	if (!json && reply.text === "") return;
	if (json || (isResult && reply.isOutputUsed !== true))
		write("stdout", json ? JSON.stringify(reply) : shown(reply, 1), (error) => {
			if (!isForgiving) process.exitCode = reply.exitCode || 1;
			write("stderr", unwritten(reply, error), () => {});
		});
	else write("stderr", shown(reply, 2), () => {});
	if (!json && process.env.AGENT_SNAPSHOT_DEBUG && reply.error?.stack)
		console.error(reply.error.stack);
}

/** For the bytes of files: a pipe that is full is waited for. */
export const standardOutput: Output = {
	get isTerminal() {
		return process.stdout.isTTY === true;
	},
	write: (bytes) =>
		new Promise((resolve, reject) => {
			// Told to the callback, too; without a listener it would end us.
			process.stdout.on("error", reject);
			process.stdout.write(bytes, (error) => {
				if (error) return reject(error);
				process.stdout.off("error", reject);
				resolve();
			});
		}),
};
/** With colour where that is wanted. */
function shown({ text, error }: Reply, file: 1 | 2): string {
	const { env: environment } = process;
	const isWanted = wantsColour({
		environment,
		get isTerminal() {
			return isTerminal(file);
		},
	});
	const isFailure = error !== undefined && error.code !== "incomplete";
	return isWanted ? coloured(text, isFailure) : text;
}

/** `process.stdout.isTTY` would make a stream of it first, as `console.log` does. */
export function isTerminal(file: 0 | 1 | 2): boolean {
	return (
		fstatSync(file).isCharacterDevice() &&
		process.getBuiltinModule("node:tty").isatty(file)
	);
}

function unwritten({ text, error }: Reply, cause: unknown): string {
	const why = `could not be written to standard output: ${whyFailed(cause)}.`;
	if (error !== undefined) return `The reply ${why} It says:\n${text}`;
	return `The command was done; only its reply ${why}\nLook before you repeat it: agent-snapshot list`;
}

/**
 * Not by console.log: that makes a stream, and for a pipe a socket, which takes 2 ms.
 * @param lost is told why not all of it could be written; not that nobody listens any more, as behind `head`
 */
function write(
	to: "stdout" | "stderr",
	text: string,
	lost: (error: unknown) => void,
): void {
	const bytes = Buffer.from(`${text}\n`);
	let done = 0;
	const tell = (error: unknown) => {
		if (errorCode(error) !== "EPIPE") lost(error);
	};
	const stream = () => {
		process[to].on("error", tell).write(bytes.subarray(done));
	};
	if (process.platform === "win32") {
		stream(); // it has an encoding of its own
		return;
	}
	try {
		const file = to === "stdout" ? 1 : 2;
		while (done < bytes.length) done += writeSync(file, bytes, done);
	} catch (error) {
		// A full pipe that does not block, which the stream can wait for.
		if (errorCode(error) === "EAGAIN") stream();
		else tell(error);
	}
}
