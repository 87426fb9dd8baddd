import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";

/** What another process sees in the database now. */
export async function readKeys(
	database: string,
): Promise<{ integrity: string; keys: string[] }> {
	const run = promisify(execFile);
	const { stdout } = await run(
		process.execPath,
		[path.join(import.meta.dirname, "read-keys.mjs"), database],
		{ maxBuffer: 1e8 },
	);
	return JSON.parse(stdout) as { integrity: string; keys: string[] };
}
