import type { Reply } from "../index.ts";

/** `/snapshot …`, `/snapshot:snap …`, with blanks before it. Another plugin's `/git:snapshot` is its own. */
const TYPED = /^\s*\/(?:snapshot:)?(?:snapshot|snap)(?:\s+([\s\S]*))?$/;
/** Codex keeps `/` for its own commands: `$snap …` is how a person calls a skill there. */
const TYPED_IN_CODEX =
	/^\s*[/$](?:snapshot:)?(?:snapshot|snap)(?:\s+([\s\S]*))?$/;
/** What our own command files expand to, as they are in Gemini. Nothing that people quote. */
const EXPANDED = /^SNAPSHOT-ARGS: ?([\s\S]*)$/;
/** The same in Copilot, which writes words around it. */
const EXPANDED_IN_COPILOT =
	/^The user explicitly invoked the "\/snapshot" skill\.[\s\S]*?\nSNAPSHOT-ARGS: ?([\s\S]*)$/;

/** What was typed behind the command's name, from the agent's JSON. Undefined: the prompt is not for us. */
export function wordsOf(input: string, host: string): string | undefined {
	const prompt = promptOf(input);
	if (prompt === undefined) return undefined;
	const typed = host === "codex" ? TYPED_IN_CODEX : TYPED;
	const [found, words = ""] = typed.exec(prompt) ?? EXPANDED.exec(prompt) ?? [];
	if (found !== undefined) return words;
	return EXPANDED_IN_COPILOT.exec(prompt)?.[1]
		?.trimEnd()
		.replace(/<\/skill-context>$/, "");
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
