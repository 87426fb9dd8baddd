/**
 * Names that are not UTF-8, as strings and back: a foreign byte 0x80-0xFF is the lone surrogate U+DC80-U+DCFF.
 * This is Python's "surrogateescape" (PEP 383), so that Hermes reads the same name from our manifest.
 */
const ESCAPED = /[\udc80-\udcff]/;
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** What to hand to the operating system for this path. */
export function toNative(path: string): string | Buffer {
	if (path.isWellFormed() || !ESCAPED.test(path)) return path;
	const bytes: number[] = [];
	for (const character of path) {
		const point = character.codePointAt(0) ?? 0;
		if (point >= 0xdc80 && point <= 0xdcff) bytes.push(point - 0xdc00);
		else bytes.push(...Buffer.from(character, "utf8"));
	}
	return Buffer.from(bytes);
}

/** The string for a name as the disk holds it. */
export function fromNative(name: Uint8Array): string {
	try {
		return decoder.decode(name);
	} catch (error) {
		if (!(error instanceof TypeError)) throw error; // TypeError: not UTF-8
		return decodeByParts(name);
	}
}

function decodeByParts(name: Uint8Array): string {
	let text = "";
	for (let at = 0; at < name.length; ) {
		const length = characterLength(name, at);
		if (length > 0) text += decoder.decode(name.subarray(at, at + length));
		else text += String.fromCharCode(0xdc00 + (name[at] ?? 0));
		at += Math.max(length, 1);
	}
	return text;
}

/** Bytes of the valid UTF-8 character that starts here, 0 when there is none. */
function characterLength(name: Uint8Array, at: number): number {
	for (let length = 1; length <= 4 && at + length <= name.length; length++) {
		try {
			decoder.decode(name.subarray(at, at + length));
			return length;
		} catch (error) {
			if (!(error instanceof TypeError)) throw error;
		}
	}
	return 0;
}
