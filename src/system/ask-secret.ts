import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";

/** See `Programs.askSecret`. The question goes to standard error: standard output may be a file. */
export async function askSecret(question: string): Promise<string | undefined> {
	if (!process.stdin.isTTY) return undefined;
	process.stderr.write(question);
	const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
	const lines = createInterface({
		input: process.stdin,
		output: nowhere,
		terminal: true,
	});
	const given = new AbortController();
	lines.on("SIGINT", () => given.abort());
	try {
		return await lines.question("", { signal: given.signal });
	} finally {
		lines.close();
		process.stderr.write("\n");
	}
}
