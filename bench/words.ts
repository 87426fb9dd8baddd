/** Made-up prose, the same for the same seed, and about as compressible as that of people. */

const COMMON =
	"the of and to in a is that for it on with as this was be at by from or not have you we can will if file run test error server token session message agent model user value list name path read write open close commit branch merge build deploy config update restart memory tool call result output retry timeout connection database table row index query snapshot restore schedule report invoice customer meeting draft review".split(
		" ",
	);
const SYLLABLES =
	"ka lo mi ra ne to su vi da pe gor len mar tis ul ve ban cor dex fin gal hol jun kel lum nor pra quin ros sel tor und vek wis yar zen".split(
		" ",
	);
const WORDS = 6000;
const BOOK_LENGTH = 8_000_000;

export type Random = () => number;

/** Mulberry32: evenly spread from 0 to 1, and enough for text. */
export function randomFrom(seed: number): Random {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

export function between(random: Random, low: number, high: number): number {
	return low + Math.floor(random() * (high - low + 1));
}

/** Cuts texts of any length out of one long one, which is made once. */
export class Prose {
	readonly #random: Random;
	readonly #book: string;

	constructor(random: Random, length = BOOK_LENGTH) {
		this.#random = random;
		this.#book = bookOf(random, length);
	}

	cut(length: number): string {
		const last = Math.max(0, this.#book.length - length - 1);
		const at = between(this.#random, 0, last);
		return this.#book.slice(at, at + length);
	}
}

function bookOf(random: Random, length: number): string {
	const words = vocabulary(random);
	const parts: string[] = [];
	for (let size = 0; size < length; ) {
		// A few words make up most of a text: the cube of an even spread comes near enough to Zipf's law.
		const word = words[Math.floor(random() ** 3 * words.length)] ?? "the";
		parts.push(word);
		size += word.length + 1;
	}
	return parts.join(" ");
}

function vocabulary(random: Random): string[] {
	const words = [...COMMON];
	while (words.length < WORDS) {
		const count = between(random, 1, 4);
		const syllables = Array.from(
			{ length: count },
			() => SYLLABLES[between(random, 0, SYLLABLES.length - 1)],
		);
		words.push(syllables.join(""));
	}
	return words;
}
