import type { Reply } from "../index.ts";

/** `/snapshot …`, `$snap …` (Codex), `/snapshot:snap …`, with blanks before it. */
const TYPED = /^\s*[/$](?:[\w-]+:)?(?:snapshot|snap)(?:\s+([\s\S]*))?$/;
/** What our own command files expand to: Gemini's as they are, Copilot's with a preface. Nothing that people quote. */
const EXPANDED =
	/^(?:The user explicitly invoked the "\/snapshot" skill\.[\s\S]*?\n)?SNAPSHOT-ARGS: ?([^\n]*)/;

/** What was typed behind the command's name, from the agent's JSON. Undefined: the prompt is not for us. */
export function wordsOf(input: string): string | undefined {
	const prompt = promptOf(input);
	if (prompt === undefined) return undefined;
	const [found, words = ""] = TYPED.exec(prompt) ?? EXPANDED.exec(prompt) ?? [];
	return found === undefined ? undefined : words;
}

function promptOf(input: string): string | undefined {
	try {
		const { prompt }: { prompt?: unknown } = Object(JSON.parse(input));
		return typeof prompt === "string" ? prompt : undefined;
	} catch (error) {
		if (error instanceof SyntaxError) return undefined;
		throw error;
	}
}

/** In the terms of the agent: shown as the answer, and the model hears nothing of it. */
export function answerTo(
	host: string,
	{ text }: Reply,
): Readonly<Record<string, unknown>> {
	switch (host) {
		case "copilot":
			return { handled: true, responseContent: asBlock(text) };
		case "gemini":
			// It writes "Agent execution blocked: " before it: a table needs a line of its own.
			return { decision: "deny", reason: `\n${text}` };
		default:
			return { decision: "block", reason: text };
	}
}

/** As Markdown that is shown as it is: tables, numbers in front and `<number>` would be taken for something else. */
export function asBlock(text: string): string {
	const longest = Math.max(
		2,
		...(text.match(/`+/g) ?? []).map((run) => run.length),
	);
	const fence = "`".repeat(longest + 1);
	return `${fence}\n${text}\n${fence}`;
}
