/**
 * Splits what was typed in a chat into words, with quotes as in a shell. People write labels, not scripts:
 * a quote that is never closed, as in "don't", and a backslash stand for themselves, and nothing is an error.
 * Runs in the host's process: one pass, whatever comes in.
 */
export function splitWords(text: string): string[] {
	const words: string[] = [];
	// Every gap, every quoted part, all else. A single quote within a word is an apostrophe: "John's and Mary's".
	const parts = text.matchAll(
		/\s+|"(?:[^"\\]|\\[\s\S])*"|(?<=^|\s|=)'[^']*'(?=\s|$)|[^\s"']+|["']/g,
	);
	let word: string | undefined;
	for (const [part] of parts) {
		if (/^\s/.test(part)) {
			if (word !== undefined) words.push(word);
			word = undefined;
		} else word = (word ?? "") + unquoted(part);
	}
	if (word !== undefined) words.push(word);
	return words;
}

/** The inverse: text that `splitWords` splits into just these. */
export function joinWords(words: readonly string[]): string {
	return words
		.map((word) =>
			/^[^\s"']+$/.test(word) ? word : `"${word.replace(/["\\]/g, "\\$&")}"`,
		)
		.join(" ");
}

function unquoted(part: string): string {
	const quote = part[0];
	if (part.length < 2 || (quote !== '"' && quote !== "'")) return part;
	const inner = part.slice(1, -1);
	return quote === "'" ? inner : inner.replace(/\\(["\\])/g, "$1");
}
