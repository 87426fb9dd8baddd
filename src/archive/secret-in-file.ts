import { holdsUnmistakable } from "../core/secrets/unmistakable-secrets.ts";
import { textsInAnyEncoding } from "./any-text.ts";
import { hiddenIn } from "./hidden-in-text.ts";
import { isLikelySecret } from "./likely-secret.ts";
import { unescaped } from "./unescaped.ts";

const MEGABYTE = 1024 * 1024;
/** In a text of up to so many bytes all is looked for that may be a secret; no configuration is longer. */
const WHOLE = MEGABYTE;
/** Of a file so many bytes are searched. */
const MOST = 64 * MEGABYTE;
/** What stands on the border of two pieces is in both, if it is no longer than this, in bytes. */
const OVERLAP = 8 * 1024;

/** Where in a file a secret stands. */
export interface FoundSecret {
	/** From 1. Undefined: it has no lines that anybody would count. */
	readonly line: number | undefined;
}

/**
 * What in a file looks like a secret, whatever its encoding; in one that nobody reads, or that is long, what can be nothing
 * else. Undefined: there is nothing.
 * @param size of all of it, in bytes
 */
export async function findSecret(
	chunks: AsyncIterable<Uint8Array>,
	size: number,
): Promise<FoundSecret | undefined> {
	let searched = 0;
	for await (const piece of pieces(chunks)) {
		const found = size <= WHOLE ? likelyIn(piece) : undefined;
		if (found !== undefined) return found;
		if (readings(piece).some(holdsUnmistakable)) return { line: undefined };
		searched += piece.length;
		if (searched >= MOST) return undefined;
	}
	return undefined;
}

function likelyIn(piece: Buffer): FoundSecret | undefined {
	for (const text of textsInAnyEncoding(piece)) {
		const found = findInText(text);
		if (found !== undefined) return found;
	}
	return undefined;
}

/** The first of a text, if there is one. */
export function findInText(text: string): FoundSecret | undefined {
	for (const hidden of hiddenIn(text))
		if (isLikelySecret(hidden)) return { line: hidden.line };
	return undefined;
}

/** Zero bytes stand between texts, or in each character of one; of JSON, lines and quotes are escaped. */
function readings(bytes: Buffer): string[] {
	const text = bytes.toString("latin1");
	const all = bytes.includes(0)
		? [text.replaceAll("\0", "\n"), text.replaceAll("\0", "")]
		: [text];
	return all.flatMap((one) =>
		one.includes("\\") ? [one, unescaped(one)] : [one],
	);
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
