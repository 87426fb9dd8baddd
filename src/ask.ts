import { createInterface } from "node:readline/promises";

/** Asks a person at a terminal; anything but a yes, and an end of the input, is none. Ctrl-C rejects with an `AbortError`. */
export async function ask(
	question: string,
	signal: AbortSignal,
): Promise<boolean> {
	// Not as a terminal: Ctrl-C stays a signal, which is ours to hear.
	const reader = createInterface({
		input: process.stdin,
		output: process.stdout,
		terminal: false,
	});
	const ended = new Promise<string>((resolve) =>
		reader.once("close", () => resolve("")),
	);
	try {
		const answered = reader.question(`${question} [y/N] `, { signal });
		const text = await Promise.race([answered, ended]);
		return /^\s*y(es)?\s*$/i.test(text);
	} finally {
		reader.close();
	}
}
