import type { Reply } from "../index.ts";

/** `/snapshot …`, `/snapshot:snap …`, with blanks before it. Another plugin's `/git:snapshot` is its own. */
const TYPED = /^\s*\/(?:snapshot:)?(?:snapshot|snap)(?:\s+([\s\S]*))?$/;
/** How else our words come, by agent: what a person types there, and what our own command files expand to. */
const OTHERWISE: Readonly<Record<string, RegExp>> = {
	// Codex keeps `/` for its own commands: `$snap …` is how a person calls a skill there.
	codex: /^\s*\$(?:snapshot:)?(?:snapshot|snap)(?:\s+([\s\S]*))?$/,
	// The whole of the prompt: nothing that people quote.
	gemini: /^SNAPSHOT-ARGS: ?([\s\S]*)$/,
	// It writes words around it.
	copilot:
		/^The user explicitly invoked the "\/snapshot" skill\.[\s\S]*?\nSNAPSHOT-ARGS: ?([\s\S]*?)\s*(?:<\/skill-context>)?\s*$/,
};

/** What was typed behind the command's name, from the agent's JSON. Undefined: the prompt is not for us. */
export function wordsOf(input: string, host: string): string | undefined {
	const prompt = promptOf(input);
	if (prompt === undefined) return undefined;
	const found = TYPED.exec(prompt) ?? OTHERWISE[host]?.exec(prompt);
	return found ? (found[1] ?? "") : undefined;
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
