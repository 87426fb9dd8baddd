import { maskText } from "../core/secrets/secrets.ts";
import { holdsUnmistakable } from "../core/secrets/unmistakable-secrets.ts";
import { textsInAnyEncoding } from "./any-text.ts";

const MEGABYTE = 1024 * 1024;
/** In a text of up to so many bytes all is looked for that may be a secret; no configuration is longer. */
const WHOLE = MEGABYTE;
/** Of a file so many bytes are searched. */
const MOST = 64 * MEGABYTE;
/** What stands on the border of two pieces is in both, if it is no longer than this, in bytes. */
const OVERLAP = 8 * 1024;

/**
 * Whether something in a file looks like a secret, whatever its encoding; in one that nobody reads, or that is long, whether
 * something can be nothing else.
 * @param size of all of it, in bytes
 */
export async function holdsSecret(
	chunks: AsyncIterable<Uint8Array>,
	size: number,
): Promise<boolean> {
	let searched = 0;
	for await (const piece of pieces(chunks)) {
		const texts = size <= WHOLE ? textsInAnyEncoding(piece) : [];
		if (texts.some((text) => maskText(text) !== text)) return true;
		if (readings(piece).some(holdsUnmistakable)) return true;
		searched += piece.length;
		if (searched >= MOST) return false;
	}
	return false;
}

/** Zero bytes stand between texts, or in each character of one. */
function readings(bytes: Buffer): string[] {
	const text = bytes.toString("latin1");
	return bytes.includes(0)
		? [text.replaceAll("\0", "\n"), text.replaceAll("\0", "")]
		: [text];
}

/** As few as there can be. */
async function* pieces(
	chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Buffer> {
	let waiting: Uint8Array[] = [];
	let length = 0;
	for await (const chunk of chunks) {
		waiting.push(chunk);
		length += chunk.length;
		if (length < WHOLE + OVERLAP) continue;
		const piece = Buffer.concat(waiting);
		yield piece;
		waiting = [piece.subarray(piece.length - OVERLAP)];
		length = OVERLAP;
	}
	yield Buffer.concat(waiting);
}
