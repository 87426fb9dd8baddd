import { isUtf8 } from "node:buffer";
import { whyNoText } from "../files/content-kind.ts";

/** The text of a file, and all that is not its letters: in which files can differ that say the same. */
export interface DecodedText {
	/** Without a byte order mark, each line ended by "\n". */
	readonly text: string;
	readonly encoding: "UTF-8" | "UTF-16LE" | "UTF-16BE" | "Latin-1";
	readonly hasMark: boolean;
	/** As they stand in it: "CRLF" where any line ends so. */
	readonly lineEnds: "LF" | "CRLF";
}

/** Undefined: it is no text. What is none in UTF-8, and has no control characters, is taken for Latin-1. */
export function decodedText(bytes: Buffer): DecodedText | undefined {
	const [first, second] = bytes;
	if (first === 0xff && second === 0xfe)
		return decoded(bytes.toString("utf16le"), "UTF-16LE");
	if (first === 0xfe && second === 0xff && bytes.length % 2 === 0)
		return decoded(Buffer.from(bytes).swap16().toString("utf16le"), "UTF-16BE");
	if (bytes.includes(0)) return undefined;
	if (isUtf8(bytes)) return decoded(bytes.toString(), "UTF-8");
	return isLatin1(bytes)
		? decoded(bytes.toString("latin1"), "Latin-1")
		: undefined;
}

function decoded(
	whole: string,
	encoding: DecodedText["encoding"],
): DecodedText {
	const hasMark = whole.startsWith("\uFEFF");
	const text = hasMark ? whole.slice(1) : whole;
	const isCrlf = text.includes("\r\n");
	return {
		text: isCrlf ? text.replaceAll("\r\n", "\n") : text,
		encoding,
		hasMark,
		lineEnds: isCrlf ? "CRLF" : "LF",
	};
}

function isLatin1(bytes: Buffer): boolean {
	const isNone = whyNoText(bytes, true) !== "no text in UTF-8";
	return !isNone && !bytes.some((byte) => byte < 0x20 && !SPACES.has(byte));
}

const SPACES = new Set([...Buffer.from("\t\n\v\f\r\u001b")]);

/** In what two are not written alike: "line ends". */
export function formDifferences(
	one: DecodedText,
	other: DecodedText,
): string[] {
	const isOtherEncoding = one.encoding !== other.encoding;
	const isOtherMark = !isOtherEncoding && one.hasMark !== other.hasMark;
	const isOtherEnds = one.lineEnds !== other.lineEnds;
	const all = [
		...(isOtherEncoding ? ["encoding"] : []),
		...(isOtherMark ? ["byte order mark"] : []),
		...(isOtherEnds ? ["line ends"] : []),
	];
	// Of one that has both kinds of line ends some lines end otherwise.
	return all.length === 0 && one.text === other.text ? ["line ends"] : all;
}
