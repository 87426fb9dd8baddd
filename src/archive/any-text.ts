import { isUtf8 } from "node:buffer";
import { decodedText } from "../core/diff/decoded-text.ts";
import { knownFormat } from "../core/files/content-kind.ts";

/**
 * What a person would read in a file, whatever its encoding: also UTF-16 without a mark, and what has some zero bytes in it, as
 * between the variables of a process or behind the end. Of other encodings ASCII's letters are right. Several where it cannot
 * be told which is meant; none: nobody would read it.
 */
export function textsInAnyEncoding(bytes: Buffer): string[] {
	if (knownFormat(bytes) !== undefined) return [];
	const plain = decodedText(bytes)?.text;
	if (plain !== undefined) return [plain];
	const wide = wideEncoding(bytes);
	const lines = bytes.toString(isUtf8(bytes) ? "utf8" : "latin1").split(/\0+/);
	const texts = [
		...(wide === undefined ? [] : [new TextDecoder(wide).decode(bytes)]),
		// Between the numbers of a table there are zeros all the time.
		...(lines.length <= bytes.length / 10 + 2 ? [lines.join("\n")] : []),
	];
	return texts.filter(isReadable);
}

/** Characters of ASCII have their zero bytes on one side; blanks and numbers are ASCII in most writings. */
function wideEncoding(bytes: Buffer): "utf-16le" | "utf-16be" | undefined {
	let even = 0;
	let odd = 0;
	for (const [at, byte] of bytes.entries())
		if (byte === 0) at % 2 === 0 ? even++ : odd++;
	if (Math.max(even, odd) < bytes.length / 40) return undefined;
	if (Math.min(even, odd) > (even + odd) / 20) return undefined;
	return odd > even ? "utf-16le" : "utf-16be";
}

/** No tabs, ends of lines or pages, or colours of a terminal. Lone halves of characters are replaced by the last of them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they tell what is no text
const OF_BINARIES = /[\0-\x07\x0e-\x1a\x1c-\x1f\x7f\ufffd]/g;

/** In what is packed every tenth byte is one, and before the texts of a program there are its tables. */
function isReadable(text: string): boolean {
	return [text, text.slice(0, BEGINNING)].every((part) => {
		const strange = part.match(OF_BINARIES)?.length ?? 0;
		return strange <= part.length / 200 + 1;
	});
}

/** In characters. */
const BEGINNING = 500;
