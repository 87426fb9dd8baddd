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

/** As of commands that are interrupted later: see EXIT in commands/reply.ts. */
const INTERRUPTED = 130;
const ENDINGS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
// Until somebody who knows more takes over.
const beforeTheStart = () => {
	console.error("Interrupted. Nothing was changed.");
	process.exit(INTERRUPTED);
};
for (const signal of ENDINGS) process.on(signal, beforeTheStart);

if (isCurrentSuitable()) {
	const { main } = await import("./main.ts");
	await main();
} else {
	await moveToSuitableNode();
}

async function moveToSuitableNode(): Promise<void> {
	const self = fileURLToPath(import.meta.url);
	const node = await findSuitableNode(dirname(self), process.env);
	if (node === undefined) {
		refuse();
		return;
	}
	const child = spawn(node, [self, ...process.argv.slice(2)], {
		stdio: "inherit",
	});
	// A Ctrl-C reaches both of us: the child decides what comes of it, and we pass on how it ended.
	for (const signal of ENDINGS)
		process.removeAllListeners(signal).on(signal, () => child.kill(signal));
	child.on("close", (code, signal) => {
		const wasTold = ENDINGS.some((ending) => ending === signal);
		process.exitCode = code ?? (wasTold ? INTERRUPTED : 1);
	});
}

function refuse(): void {
	const args = process.argv.slice(2);
	const exitCode = args.includes("--best-effort") ? 0 : 1;
	const error = { code: "failed", message: NO_NODE, hint: "" };
	if (args.includes("--json"))
		console.log(
			JSON.stringify({ ok: false, text: NO_NODE, exitCode, data: {}, error }),
		);
	else console.error(NO_NODE);
	process.exitCode = exitCode;
}
