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
	const widest = ofFourBytes(bytes);
	if (widest !== undefined) return [widest];
	const plain = decodedText(bytes)?.text;
	if (plain !== undefined) return [plain];
	const wide = wideEncodings(bytes);
	const lines = bytes.toString(isUtf8(bytes) ? "utf8" : "latin1").split(/\0+/);
	const texts = [
		...wide.map((one) => new TextDecoder(one).decode(bytes)),
		// Between the numbers of a table there are zeros all the time.
		...(lines.length <= bytes.length / 10 + 2 ? [lines.join("\n")] : []),
	];
	return texts.filter(isReadable);
}

/**
 * Characters of ASCII have their zero bytes on one side; blanks and numbers are ASCII in most writings. Of a text that has few
 * of them nobody can tell: one that was decoded the wrong way is no text, or holds nothing.
 */
function wideEncodings(bytes: Buffer): ("utf-16le" | "utf-16be")[] {
	let even = 0;
	let odd = 0;
	for (const [at, byte] of bytes.entries())
		if (byte === 0) at % 2 === 0 ? even++ : odd++;
	if (even + odd === 0) return [];
	if (even + odd < bytes.length / 10) return ["utf-16le", "utf-16be"];
	if (Math.min(even, odd) > (even + odd) / 20) return [];
	return [odd > even ? "utf-16le" : "utf-16be"];
}

/** In UTF-32, with a mark or without: no character needs the first of its bytes, and few the second. */
function ofFourBytes(bytes: Buffer): string | undefined {
	const count = Math.floor(bytes.length / 4);
	if (count === 0 || !bytes.includes(0)) return undefined;
	for (const read of ["readUInt32LE", "readUInt32BE"] as const) {
		const codes = Array.from({ length: count }, (_, at) => bytes[read](at * 4));
		if (!codes.every((code) => code > 0 && code <= LAST)) continue;
		return codes
			.map((code) => String.fromCodePoint(code))
			.join("")
			.replace(/^\uFEFF/, "");
	}
	return undefined;
}

/** Of all characters. */
const LAST = 0x10ffff;

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
