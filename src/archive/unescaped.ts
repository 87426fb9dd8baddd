/**
 * A text as JSON that holds it would be read, also JSON within JSON: `\\\\n` is the end of a line, however many backslashes
 * stand before it.
 */
export function unescaped(text: string): string {
	return text.replace(ESCAPED, (_, code?: string, letter = "") =>
		code === undefined
			? (CONTROLS[letter] ?? letter)
			: String.fromCharCode(Number.parseInt(code, 16)),
	);
}

const ESCAPED = /\\+(?:u00([\da-fA-F]{2})|([^\\]))/g;

const CONTROLS: Readonly<Record<string, string>> = {
	...{ n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" },
};
