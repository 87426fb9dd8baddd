import { createHash, type Hash, hash, webcrypto } from "node:crypto";

/**
 * What a database says, without the header fields that SQLite changes by itself (journal mode 18-19, change counter 24-27,
 * schema cookie 40-43, version 92-99): one that was written back through SQLite, or moved to another journal mode, still
 * has the same. SHA-256 of the whole; of one that is cut into parts, SHA-256 of the digests of its parts, so that the
 * parts that are the same need not be read again.
 */
export class ContentHash {
	readonly #partSize: number;
	readonly #whole = createHash("sha256");
	#part: Hash;
	/** Bytes of the present part so far. */
	#filled = 0;
	#isBeginning = true;

	constructor(partSize?: number) {
		this.#partSize = partSize ?? Number.POSITIVE_INFINITY;
		this.#part = partSize === undefined ? this.#whole : createHash("sha256");
	}

	/** The first chunk must hold the whole header: 100 bytes, or all that there is. */
	update(chunk: Uint8Array): void {
		let rest = this.#isBeginning ? withoutVolatileHeader(chunk) : chunk;
		this.#isBeginning = false;
		while (rest.length > 0) {
			if (this.#filled === this.#partSize) this.#endPart();
			const taken = rest.subarray(0, this.#partSize - this.#filled);
			this.#part.update(taken);
			this.#filled += taken.length;
			rest = rest.subarray(taken.length);
		}
	}

	/** Hex. */
	digest(): string {
		if (this.#part !== this.#whole) this.#whole.update(this.#part.digest());
		return this.#whole.digest("hex");
	}

	#endPart(): void {
		this.#whole.update(this.#part.digest());
		this.#part = createHash("sha256");
		this.#filled = 0;
	}
}

/** Hex. */
export function sha256Of(bytes: Uint8Array): string {
	return hash("sha256", bytes);
}

/** The same on another thread, from a copy that is made at once: the bytes may be others when this returns. */
export async function sha256Aside(bytes: Uint8Array): Promise<string> {
	const digest = await webcrypto.subtle.digest("SHA-256", bytes);
	return Buffer.from(digest).toString("hex");
}

/** What `ContentHash` says, from the parts: the bytes of the first, which holds the header, and the hashes of all, hex. */
export function contentOfParts(
	first: Uint8Array,
	hashes: readonly string[],
): string {
	const whole = createHash("sha256");
	whole.update(
		createHash("sha256").update(withoutVolatileHeader(first)).digest(),
	);
	for (const hash of hashes.slice(1)) whole.update(Buffer.from(hash, "hex"));
	return whole.digest("hex");
}

function withoutVolatileHeader(chunk: Uint8Array): Uint8Array {
	const masked = Uint8Array.from(chunk);
	for (const [from, to] of [
		[18, 20],
		[24, 28],
		[40, 44],
		[92, 100],
	] as const)
		masked.fill(0, from, to);
	return masked;
}
