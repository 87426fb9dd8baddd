import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { supportScript } from "../../../support/paths.ts";

/** An agent that holds databases open, each with a write-ahead log that it has written to. */
export async function holdOpen(
	...databases: string[]
): Promise<() => Promise<void>> {
	const child: ChildProcess = spawn(
		process.execPath,
		[supportScript("hold-database.mjs"), ...databases],
		{ stdio: ["pipe", "pipe", "inherit"] },
	);
	const ended = once(child, "exit");
	if (child.stdout)
		await Promise.race([
			once(child.stdout, "data"),
			ended.then(() => Promise.reject(new Error("the holder ended at once"))),
		]);
	return async () => {
		child.kill("SIGKILL");
		await ended;
	};
}
