/**
 * Splits what was typed in a chat into words, with quotes as in a shell. People write labels, not scripts:
 * a quote that is never closed, as in "don't", and a backslash stand for themselves, and nothing is an error.
 */
export function splitWords(text: string): string[] {
	const words: string[] = [];
	let rest = text.trimStart();
	while (rest !== "") {
		const [word, length] = firstWord(rest);
		words.push(word);
		rest = rest.slice(length).trimStart();
	}
	return words;
}

function firstWord(text: string): [word: string, length: number] {
	let word = "";
	let at = 0;
	while (at < text.length && !/\s/.test(text[at] ?? "")) {
		const quoted = quotedPart(text, at);
		word += quoted?.content ?? text[at];
		at += quoted?.length ?? 1;
	}
	return [word, at];
}

/** `"…"` with \" and \\ in it, or `'…'`, when it is closed. */
function quotedPart(
	text: string,
	at: number,
): { content: string; length: number } | undefined {
	const found = /^(?:"((?:[^"\\]|\\[\s\S])*)"|'([^']*)')/.exec(text.slice(at));
	if (found === null) return undefined;
	const content = found[2] ?? (found[1] ?? "").replace(/\\(["\\])/g, "$1");
	return { content, length: found[0].length };
}
