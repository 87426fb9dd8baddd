/** What stands at the beginning of files that are no text. */
const BEGINNINGS: readonly (readonly [hex: string, what: string])[] = [
	["53514c69746520666f726d6174203300", "a SQLite database"],
	["89504e470d0a1a0a", "a PNG picture"],
	["ffd8ff", "a JPEG picture"],
	["474946383", "a GIF picture"],
	["1f8b", "a gzip archive"],
	["28b52ffd", "a Zstandard archive"],
	["504b0304", "a ZIP archive"],
	["25504446", "a PDF document"],
	["7f454c46", "a program"],
	["4f676753", "an Ogg recording"],
	["494433", "an MP3 recording"],
];

/** In words; undefined: it is text. A character that is cut in two at its end is none of its faults. */
export function whyNoText(
	content: Uint8Array,
	isWhole: boolean,
): string | undefined {
	const bytes = Buffer.from(content.buffer, content.byteOffset, content.length);
	const known = knownFormat(bytes);
	if (known !== undefined) return known;
	if (bytes.includes(0)) return "binary";
	try {
		new TextDecoder("utf-8", { fatal: true }).decode(bytes, {
			stream: !isWhole,
		});
		return undefined;
	} catch (error) {
		if (!(error instanceof TypeError)) throw error;
		return "no text in UTF-8";
	}
}

/** In words; undefined: what it begins with tells nothing. */
export function knownFormat(bytes: Buffer): string | undefined {
	const start = bytes.subarray(0, 16).toString("hex");
	return BEGINNINGS.find(([hex]) => start.startsWith(hex))?.[1];
}
