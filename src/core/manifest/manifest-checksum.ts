import { createHash } from "node:crypto";

const KEY = '  "checksum": "';

/**
 * Ends a manifest, given up to its last comma and newline, with the SHA-256 of those lines. Hashes of the files say
 * nothing of a mode, a time or a path that a bad disk has changed in the manifest itself.
 */
export function withChecksum(above: string): string {
	const checksum = createHash("sha256").update(above).digest("hex");
	return `${above}${KEY}${checksum}"\n}\n`;
}

/** One that has none any more, because its key was damaged: what Hermes wrote, or a person, ends otherwise. */
export function hasLostItsChecksum(text: string): boolean {
	return /\n {2}"[^"\n]{1,20}": "[0-9A-Za-z]{64}"\n\}\n$/.test(text);
}

/** Whether a manifest that has a checksum is still, to the byte, what was written. */
export function isAsWritten(text: string): boolean {
	const line = text.lastIndexOf(`\n${KEY}`) + 1;
	return text === withChecksum(text.slice(0, line));
}
