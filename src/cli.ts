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
	for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
		process.on(signal, () => child.kill(signal));
	child.on("close", (code, signal) => {
		process.exitCode = code ?? (signal === "SIGINT" ? 130 : 1);
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
