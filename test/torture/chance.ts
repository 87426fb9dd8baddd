/** A small generator of chance (mulberry32): the same seed and name give the same draws, on every machine. */
export class Chance {
	#state: number;

	constructor(seed: number, name: string) {
		this.#state = seed | 0;
		for (const letter of name)
			this.#state = Math.imul(
				this.#state ^ (letter.codePointAt(0) ?? 0),
				0x01000193,
			);
	}

	/** From 0, below `limit`. */
	below(limit: number): number {
		this.#state = (this.#state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
	}

	/** True once in so many. */
	oneIn(many: number): boolean {
		return this.below(many) === 0;
	}

	pick<T>(items: readonly T[]): T {
		if (items.length === 0) throw new Error("nothing to pick from");
		return items[this.below(items.length)] as T;
	}
}
