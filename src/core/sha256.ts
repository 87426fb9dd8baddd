/*
 * SHA-256 (FIPS 180-4) by hand, for the few kilobytes of a manifest: to load Node's own takes 4 ms, which is most of what it
 * takes to find that nothing has changed.
 */

/** In hexadecimal digits. */
export function sha256(bytes: Uint8Array): string {
	const blocks = padded(bytes);
	const state = fractions(Math.sqrt, 8);
	const constants = fractions(Math.cbrt, 64);
	const words = new Int32Array(64);
	for (let at = 0; at < blocks.byteLength; at += 64) {
		spread(blocks, at, words);
		mix(state, words, constants);
	}
	return [...state]
		.map((word) => (word >>> 0).toString(16).padStart(8, "0"))
		.join("");
}

/** A one, zeros, and the length in bits, to whole blocks of 64 bytes. */
function padded(bytes: Uint8Array): DataView {
	const { length } = bytes;
	const all = new Uint8Array((((length + 8) >> 6) << 6) + 64);
	all.set(bytes);
	all[length] = 0x80;
	const view = new DataView(all.buffer);
	view.setUint32(all.length - 4, length * 8);
	view.setUint32(all.length - 8, Math.floor(length / 2 ** 29));
	return view;
}

/** The first 32 bits behind the point of the roots of the first primes. */
function fractions(root: (prime: number) => number, count: number) {
	const found = new Int32Array(count);
	for (let number = 2, index = 0; index < count; number++)
		if (isPrime(number)) found[index++] = (root(number) % 1) * 2 ** 32;
	return found;
}

function isPrime(number: number): boolean {
	for (let divisor = 2; divisor * divisor <= number; divisor++)
		if (number % divisor === 0) return false;
	return true;
}

/* Rotations are written out: a call for each takes longer than all the rest, as long as V8 has not optimised it. */

function spread(blocks: DataView, at: number, words: Int32Array): void {
	for (let i = 0; i < 16; i++) words[i] = blocks.getInt32(at + 4 * i);
	for (let i = 16; i < 64; i++) {
		const a = words[i - 15] ?? 0;
		const b = words[i - 2] ?? 0;
		const low = ((a >>> 7) | (a << 25)) ^ ((a >>> 18) | (a << 14)) ^ (a >>> 3);
		const high =
			((b >>> 17) | (b << 15)) ^ ((b >>> 19) | (b << 13)) ^ (b >>> 10);
		words[i] = (words[i - 16] ?? 0) + low + (words[i - 7] ?? 0) + high;
	}
}

function mix(
	state: Int32Array,
	words: Int32Array,
	constants: Int32Array,
): void {
	let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
	for (let i = 0; i < 64; i++) {
		const chosen = (e & f) ^ (~e & g);
		const one =
			((e >>> 6) | (e << 26)) ^
			((e >>> 11) | (e << 21)) ^
			((e >>> 25) | (e << 7));
		const first =
			(h + one + chosen + (constants[i] ?? 0) + (words[i] ?? 0)) | 0;
		const most = (a & b) ^ (a & c) ^ (b & c);
		const two =
			((a >>> 2) | (a << 30)) ^
			((a >>> 13) | (a << 19)) ^
			((a >>> 22) | (a << 10));
		h = g;
		g = f;
		f = e;
		e = (d + first) | 0;
		d = c;
		c = b;
		b = a;
		a = (first + two + most) | 0;
	}
	for (const [i, word] of [a, b, c, d, e, f, g, h].entries())
		state[i] = (state[i] ?? 0) + word;
}
