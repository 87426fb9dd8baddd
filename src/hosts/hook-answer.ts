import type { Reply } from "../index.ts";

/** `/snapshot …`, `$snap …` (Codex), `/snapshot:snap …`, with blanks before it. */
const TYPED = /^\s*[/$](?:[\w-]+:)?(?:snapshot|snap)(?:\s+([\s\S]*))?$/;
/** What our own command files expand to. */
const EXPANDED = /SNAPSHOT-ARGS: ?([^\n]*)/;

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
			return { handled: true, responseContent: text };
		case "gemini":
			return { decision: "deny", reason: text };
		default:
			return { decision: "block", reason: text };
	}
}
