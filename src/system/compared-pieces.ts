/** Nobody has it yet. */
const FREE = 0;
/** The caller compares it himself. */
const TAKEN = 1;
/** The second thread is at it. */
const CLAIMED = 2;
const SAME = 3;
const OTHER = 4;

/** Where in the shared words it says that the caller wants an end, and that the second thread is at a piece. */
const ENDED = 0;
const AT_WORK = 1;
const FIRST = 2;

/** So long the caller waits for one piece, in milliseconds: a thread that died would never be done with it. */
const PATIENCE = 5000;

/** Who of two threads compares which piece, and what the second one found: the caller goes up, the other one down. */
export class ComparedPieces {
	/** What both see. */
	readonly words: Int32Array<SharedArrayBuffer>;
	readonly #count: number;

	constructor(words: Int32Array<SharedArrayBuffer>) {
		this.words = words;
		this.#count = words.length - FIRST;
	}

	static of(count: number): ComparedPieces {
		const bytes = (FIRST + count) * Int32Array.BYTES_PER_ELEMENT;
		return new ComparedPieces(new Int32Array(new SharedArrayBuffer(bytes)));
	}

	/** For the caller: what is not yet begun will not be. */
	isSame(piece: number): boolean {
		const at = FIRST + piece;
		if (Atomics.compareExchange(this.words, at, FREE, TAKEN) === FREE)
			return false;
		Atomics.wait(this.words, at, CLAIMED, PATIENCE);
		return Atomics.load(this.words, at) === SAME;
	}

	/** For the caller: when this returns, the other one has done its last. */
	end(): void {
		Atomics.store(this.words, ENDED, 1);
		Atomics.wait(this.words, AT_WORK, 1, PATIENCE);
	}

	/** For the second thread: from the last to the first, until it meets the caller. */
	compareEach(isEqual: (piece: number) => boolean): void {
		for (let piece = this.#count - 1; piece >= 0; piece--) {
			// Before it looks whether it is to end: the caller says so before he looks whether this is at work.
			Atomics.store(this.words, AT_WORK, 1);
			const isOver =
				Atomics.load(this.words, ENDED) === 1 || !this.#claim(piece);
			if (!isOver) this.#tell(FIRST + piece, isEqual(piece) ? SAME : OTHER);
			this.#tell(AT_WORK, 0);
			if (isOver) return;
		}
	}

	#claim(piece: number): boolean {
		const at = FIRST + piece;
		return Atomics.compareExchange(this.words, at, FREE, CLAIMED) === FREE;
	}

	#tell(at: number, word: number): void {
		Atomics.store(this.words, at, word);
		Atomics.notify(this.words, at);
	}
}
