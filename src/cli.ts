#!/usr/bin/env node
/*
 * The terminal's way in. Nothing native may be loaded before this Node is known to be suitable: better-sqlite3
 * ends an old one without a word. So this file imports next to nothing, and the rest when that is settled.
 */
import { spawn } from "node:child_process";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import {
	findSuitableNode,
	isCurrentSuitable,
	NO_NODE,
} from "./system/suitable-node.ts";

/** As of commands that are interrupted later: see EXIT in commands/call/reply.ts. */
const INTERRUPTED = 130;
const ENDINGS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const BEFORE_THE_START = "Interrupted. Nothing was changed.";
// Until somebody who knows more takes over.
const beforeTheStart = () => {
	console.error(BEFORE_THE_START);
	process.exit(INTERRUPTED);
};
for (const signal of ENDINGS) process.on(signal, beforeTheStart);

if (isCurrentSuitable()) {
	// Private from the first byte, whatever the person's own umask: SQLite makes files too, and asks nobody.
	const umask = process.umask(0o077);
	const loaded = await import("./main.ts").catch(notStarted);
	await loaded?.main(umask).catch(ended);
} else {
	await moveToSuitableNode().catch(notStarted);
}

/** A fault of ours. Node would print the line of the bundle in which it was thrown, which is all of it. */
function ended(error: unknown): void {
	refuse(
		error instanceof Error ? (error.stack ?? error.message) : String(error),
	);
}

/** Too few open files, or a part of this package is missing. */
function notStarted(error: unknown): undefined {
	const why = error instanceof Error ? error.message.split("\n")[0] : error;
	refuse(`agent-snapshot could not be started: ${why} (nothing was changed).`);
}

async function moveToSuitableNode(): Promise<void> {
	const self = fileURLToPath(import.meta.url);
	const node = await findSuitableNode(dirname(self), process.env);
	if (node === undefined) {
		refuse(NO_NODE);
		return;
	}
	// Without the dashes Node would take some of the words for its own.
	const child = spawn(node, ["--", self, ...process.argv.slice(2)], {
		stdio: "inherit",
	});
	// A Ctrl-C reaches both of us: the child decides what comes of it, and we pass on how it ended.
	for (const signal of ENDINGS)
		process.removeAllListeners(signal).on(signal, () => child.kill(signal));
	child.on("error", notStarted);
	child.on("close", (code, signal) => {
		const wasTold = ENDINGS.some((ending) => ending === signal);
		if (wasTold) console.error(BEFORE_THE_START); // it had not come to listen for it
		process.exitCode = code ?? (wasTold ? INTERRUPTED : 1);
	});
}

function refuse(message: string): void {
	const args = process.argv.slice(2);
	const exitCode = args.includes("--best-effort") ? 0 : 1;
	const error = { code: "failed", message, hint: "" };
	if (args.includes("--json"))
		console.log(
			JSON.stringify({ ok: false, text: message, exitCode, data: {}, error }),
		);
	else console.error(message);
	process.exitCode = exitCode;
}
