import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { onTestFinished } from "vitest";
import { supportScript } from "./paths.ts";

/** Another process that holds files open or locks a database, until it is killed or the test ends. */
export async function holder(
	what: "open" | "connect" | "read" | "write" | "lock",
	...paths: string[]
): Promise<{ pid: number; kill(): Promise<void> }> {
	const child: ChildProcess = spawn(
		process.execPath,
		[supportScript("hold-open.mjs"), what, ...paths],
		{ stdio: ["ignore", "pipe", "inherit"] },
	);
	const ended = once(child, "exit");
	const kill = async () => {
		child.kill("SIGKILL");
		await ended;
	};
	onTestFinished(kill);
	if (child.stdout) await once(child.stdout, "data");
	return { pid: child.pid ?? 0, kill };
}
