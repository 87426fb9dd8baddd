import { createCipheriv } from "node:crypto";

/** Bytes of a key. */
export const KEY_LENGTH = 16;

const NONCE = Buffer.alloc(12);

/**
 * Tells contents apart as a hash does, six times as fast as SHA-256: the authentication tag of AES-128-GCM over them, GMAC
 * (NIST SP 800-38D), in base64. Contents of 1 MiB that were made without knowledge of the key have the same one with a
 * probability of 2^-112. All are made with one nonce, so that whoever sees them may find out the key: they are as secret.
 * @param key of `KEY_LENGTH` random bytes
 */
export function tagOf(key: Uint8Array, bytes: Uint8Array): string {
	const cipher = createCipheriv("aes-128-gcm", key, NONCE);
	cipher.setAAD(bytes);
	cipher.final();
	return cipher.getAuthTag().toString("base64");
}
