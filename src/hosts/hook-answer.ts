import type { Reply } from "../index.ts";
import { asBlock, asInline } from "./markdown.ts";

/** For what Copilot loads of ours by itself: extensions/snapshot. */
export { asBlock };

/** `/snapshot …`, `/snapshot:snap …`, with blanks before it. Another plugin's `/git:snapshot` is its own. */
const TYPED = /^\s*\/(?:snapshot:)?(?:snapshot|snap)(?:\s+([\s\S]*))?$/;
/**
 * How else our words come, by agent: what a person types there, and what our own command files expand to. Each of these, and
 * the one above, reads a prompt once: a blank belongs to one part of it only, or an hour goes by over a page of blanks.
 */
const OTHERWISE: Readonly<
	Record<string, (prompt: string) => string | undefined>
> = {
	// Codex keeps `/` for its own commands: `$snap …` is how a person calls a skill there.
	codex: (prompt) =>
		behind(
			/^\s*\$(?:snapshot:)?(?:snapshot|snap)(?:\s+([\s\S]*))?$/.exec(prompt),
		),
	// The whole of the prompt: nothing that people quote.
	gemini: (prompt) => behind(/^SNAPSHOT-ARGS: ?([\s\S]*)$/.exec(prompt)),
	copilot: unwrapped,
};

/** Copilot writes words of its own around what our command file expands to. */
function unwrapped(prompt: string): string | undefined {
	const before = 'The user explicitly invoked the "/snapshot" skill.';
	const mark = "\nSNAPSHOT-ARGS:";
	const after = "</skill-context>";
	const at = prompt.startsWith(before) ? prompt.indexOf(mark) : -1;
	if (at < 0) return undefined;
	const words = prompt.slice(at + mark.length).trimEnd();
	return (words.endsWith(after) ? words.slice(0, -after.length) : words).trim();
}

function behind(found: RegExpExecArray | null): string | undefined {
	return found ? (found[1] ?? "") : undefined;
}

/** What was typed behind the command's name, from the agent's JSON. Undefined: the prompt is not for us. */
export function wordsOf(input: string, host: string): string | undefined {
	const prompt = promptOf(input);
	if (prompt === undefined) return undefined;
	return behind(TYPED.exec(prompt)) ?? OTHERWISE[host]?.(prompt);
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
			// It writes "Agent execution blocked: " before it: a table needs a line of its own. What it warns of, it shows with
			// markup within lines (its WarningMessage and RenderInline).
			return { decision: "deny", reason: `\n${asInline(text)}` };
		default:
			return { decision: "block", reason: text };
	}
}
