import { itemFor } from "../home/coverage.ts";
import type { Host } from "../home/host.ts";
import { nameOf } from "../home/paths.ts";
import { withoutLongest } from "./longest-words.ts";
import { looksSecret, withoutCopy } from "./secret-files.ts";
import { maskForms } from "./secret-forms.ts";
import { maskLines } from "./secret-lines.ts";
import { maskLists } from "./secret-lists.ts";

export { maskForms as maskName } from "./secret-forms.ts";
export { MASK } from "./secret-mask.ts";

/** A file or database of which no value is ever shown, only names; a copy of one, too. */
export function isSecretFile(host: Host, path: string): boolean {
	if (itemFor(host, path)?.secret === true || looksSecret(path)) return true;
	const original = withoutCopy(path);
	if (original === path) return false;
	const name = nameOf(original);
	return (
		itemFor(host, original)?.secret === true ||
		looksSecret(original) ||
		host.critical.some((item) => item.secret && nameOf(item.path) === name)
	);
}

/** Any text that may be shown: what looks like a secret in it is masked, by its form or by the name before it. */
export function maskText(text: string): string {
	return maskLines(maskQuoted(maskForms(maskLists(withoutLongest(text)))));
}

/** What is escaped in a quoted text is lines, or JSON once more. */
function maskQuoted(text: string): string {
	if (!text.includes("\\")) return text;
	let masked = "";
	let done = 0;
	for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at)) {
		const end = endOfQuoted(text, at + 1);
		if (text[end - 1] === '"' && end - at > 1) {
			masked += text.slice(done, at) + maskString(text.slice(at, end));
			done = end;
		}
		at = end;
	}
	return masked + text.slice(done);
}

/** Behind its quote, or at the end of the line. By hand: a pattern would keep every step in memory. */
function endOfQuoted(text: string, from: number): number {
	for (let at = from; at < text.length; at++) {
		const character = text[at];
		if (character === "\\") at++;
		else if (character === '"') return at + 1;
		else if (character === "\n") return at;
	}
	return text.length;
}

function maskString(quoted: string): string {
	const text = quoted.includes("\\") ? parsedString(quoted) : undefined;
	if (text === undefined) return quoted;
	const masked = maskText(text);
	return masked === text ? quoted : JSON.stringify(masked);
}

/** Undefined: it is none of JSON, which is left to who reads it line by line. */
function parsedString(quoted: string): string | undefined {
	try {
		return String(JSON.parse(quoted));
	} catch (error) {
		if (!(error instanceof SyntaxError)) throw error;
		return undefined;
	}
}
