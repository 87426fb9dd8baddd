import fs from "node:fs";

/** Bytes of the header, which stands there twice. */
const HEADER = 48;
/** Where the count of changes stands in the header, of 4 bytes. */
const CHANGES = 8;
/** Where the count of frames stands that have been copied into the database. */
const BACKFILLED = 2 * HEADER;
/** Bytes of both headers and what follows them, before the first page number. */
const PREFIX = 136;
/** The index is made of blocks: page numbers of 4 bytes, then a hash table. In the first the prefix has the place of some. */
const BLOCK = 32_768;
const NUMBERS_A_BLOCK = 4096;
const NUMBERS_IN_FIRST = NUMBERS_A_BLOCK - PREFIX / 4;
const VERSION = 3_007_000;

/** What a snapshot of a write-ahead log is: its first `frames` frames (sqlite.org/walformat.html#the_wal_index_header). */
export interface WalState {
	/** The header as it stands there: it is another one after every commit and every reset. */
	readonly bytes: Buffer;
	/** Bytes. */
	readonly pageSize: number;
	readonly frames: number;
	/** Pages of the database; 0 when the log has never had a frame. */
	readonly pages: number;
	/** 8 bytes, as they stand in the log: another pair after every reset. */
	readonly salts: Buffer;
	/** Of the last frame, over it and all before it. */
	readonly checksum: readonly [number, number];
}

/** Undefined while somebody writes the header, and when it is none that we know. @param index a descriptor of the `-shm` */
export function readWalState(index: number): WalState | undefined {
	const both = Buffer.alloc(2 * HEADER);
	if (fs.readSync(index, both, 0, both.length, 0) < both.length)
		return undefined;
	const bytes = both.subarray(0, HEADER);
	if (!bytes.equals(both.subarray(HEADER))) return undefined;
	// In the byte order of the machine, but for the salts.
	const words = new Uint32Array(new Uint8Array(bytes).buffer);
	const word = (at: number) => words[at] ?? 0;
	const [isInit, size = 0] = [bytes[12], word(3) >>> 16];
	const [first, second] = checksumOf(words.subarray(0, 10));
	if (word(0) !== VERSION || isInit !== 1) return undefined;
	if (word(10) !== first || word(11) !== second) return undefined;
	return {
		bytes,
		pageSize: size === 1 ? 65_536 : size,
		frames: word(4),
		pages: word(5),
		checksum: [word(6), word(7)],
		salts: bytes.subarray(32, 40),
	};
}

/** How many frames, counted from the first, stand in the database file as well. */
export function readBackfilled(index: number): number | undefined {
	const count = new Uint32Array(1);
	const got = fs.readSync(index, count, 0, 4, BACKFILLED);
	return got === 4 ? count[0] : undefined;
}

/**
 * Leaves the index as a writer does who died while it told of its commit: whoever begins to read, or wants to write, finds
 * the two headers different, and SQLite makes the index anew from the log. The write lock must be held.
 */
export function spoilIndex(index: number, { bytes }: WalState): void {
	const changes = Buffer.from(bytes.subarray(CHANGES, CHANGES + 4));
	changes[0] = (changes[0] ?? 0) ^ 0xff;
	// The first: a reader that goes on to write compares what it has seen with that one only.
	fs.writeSync(index, changes, 0, changes.length, CHANGES);
}

/** The page number of each of the first frames: [0] is that of frame 1. Undefined when the index is too short. */
export function readPageNumbers(
	index: number,
	frames: number,
): Uint32Array | undefined {
	const numbers = new Uint32Array(frames);
	for (let at = 0; at < frames; ) {
		const block = at === 0 ? 0 : 1 + (at - NUMBERS_IN_FIRST) / NUMBERS_A_BLOCK;
		const room = at === 0 ? NUMBERS_IN_FIRST : NUMBERS_A_BLOCK;
		const some = numbers.subarray(at, at + Math.min(room, frames - at));
		const from = block * BLOCK + (at === 0 ? PREFIX : 0);
		const got = fs.readSync(index, some, 0, some.byteLength, from);
		if (got < some.byteLength) return undefined;
		at += some.length;
	}
	return numbers;
}

/** SQLite's own (sqlite.org/fileformat2.html#checksum_algorithm), over an even count of words. @param before of what precedes them */
export function checksumOf(
	words: Uint32Array,
	before: readonly [number, number] = [0, 0],
): [number, number] {
	let [first, second] = before;
	for (let at = 0; at < words.length; at += 2) {
		first = (first + (words[at] ?? 0) + second) >>> 0;
		second = (second + (words[at + 1] ?? 0) + first) >>> 0;
	}
	return [first, second];
}
