import fs from "node:fs";
import { writeAt } from "./at-place.ts";
import { checksumOf, type WalState } from "./wal-index.ts";

const LOG_HEADER = 32;
const FRAME_HEADER = 24;
/** Of a log whose checksums are made of words in the byte order of this machine, as SQLite writes it. */
const IS_LITTLE = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;
const MAGIC = IS_LITTLE ? 0x377f0682 : 0x377f0683;
const VERSION = 3_007_000;
/** Bytes that are written at once, about. */
const AT_ONCE = 1024 * 1024;

/**
 * New frames at the end of a log, in the form of sqlite.org/fileformat2.html#the_write_ahead_log. Whoever adds them holds the
 * write lock. Nobody sees them before the index says so, and a power cut before `end` has returned may leave all or none.
 */
export class WalTail {
	readonly #log: number;
	readonly #pageSize: number;
	/** Of a log that is begun anew, until it is written. */
	#header: Buffer | undefined;
	readonly #salts: Buffer;
	/** Of all frames before ours. */
	readonly #before: readonly [number, number];
	#checksum: readonly [number, number];
	readonly #start: number;
	#place: number;
	readonly #sizeBefore: number;
	readonly #frames: Buffer;
	#filled = 0;

	private constructor(
		log: number,
		pageSize: number,
		{ header, salts, checksum, start }: Beginning,
	) {
		const frame = FRAME_HEADER + pageSize;
		this.#header = header;
		this.#log = log;
		this.#pageSize = pageSize;
		this.#salts = salts;
		this.#before = checksum;
		this.#checksum = checksum;
		this.#start = start;
		this.#place = start;
		this.#sizeBefore = fs.fstatSync(log).size;
		// Both sizes are multiples of eight, so that the words of every frame can be summed up where they stand.
		this.#frames = Buffer.from(
			new ArrayBuffer(Math.max(1, Math.floor(AT_ONCE / frame)) * frame),
		);
	}

	/** Undefined: the log is none that we can go on with. @param log a descriptor to write with */
	static of(
		log: number,
		state: WalState,
		pageSize: number,
	): WalTail | undefined {
		const header = Buffer.alloc(LOG_HEADER);
		const got = fs.readSync(log, header, 0, LOG_HEADER, 0);
		if (state.frames === 0)
			return new WalTail(log, pageSize, begunAnew(header, pageSize));
		const isOurs =
			got === LOG_HEADER &&
			header.readUInt32BE(0) === MAGIC &&
			header.readUInt32BE(4) === VERSION &&
			header.readUInt32BE(8) === pageSize &&
			header.subarray(16, 24).equals(state.salts);
		const start = LOG_HEADER + state.frames * (FRAME_HEADER + pageSize);
		const { salts, checksum } = state;
		return isOurs
			? new WalTail(log, pageSize, { salts, checksum, start })
			: undefined;
	}

	/** @param content of one page */
	add(page: number, content: Uint8Array): void {
		this.#put(page, content, 0);
		if (this.#filled === this.#frames.length) this.#write();
	}

	/** The last page, which makes a commit of them all, of a database of so many pages. Durable once this returns. */
	end(page: number, content: Uint8Array, pages: number): void {
		this.#write();
		// The commit must not be on the disk before what it commits.
		fs.fsyncSync(this.#log);
		this.#put(page, content, pages);
		this.#write();
		fs.fsyncSync(this.#log);
		this.#refuseOther();
	}

	/** SQLite passes over frames without a word when one checksum is wrong, and nothing would have been put in. */
	#refuseOther(): void {
		const length = FRAME_HEADER + this.#pageSize;
		let checksum = this.#before;
		for (let at = this.#start; at < this.#place; at += this.#frames.length) {
			const some = this.#frames.subarray(
				0,
				Math.min(this.#frames.length, this.#place - at),
			);
			const got = fs.readSync(this.#log, some, 0, some.length, at);
			for (let from = 0; from < some.length; from += length) {
				const frame = some.subarray(from, from + length);
				checksum = checksumOfFrame(frame, checksum);
				const isOurs =
					got === some.length &&
					frame.subarray(8, 16).equals(this.#salts) &&
					frame.readUInt32BE(16) === checksum[0] &&
					frame.readUInt32BE(20) === checksum[1];
				if (isOurs) continue;
				const error = new Error("the log does not hold what was written");
				throw Object.assign(error, { code: "EIO" });
			}
		}
	}

	/** As if nothing had been added, and its room is free again. Others may be added then. */
	takeBack(): void {
		this.#filled = 0;
		this.#place = this.#start;
		this.#checksum = this.#before;
		if (fs.fstatSync(this.#log).size <= this.#start) return;
		fs.writeSync(this.#log, Buffer.alloc(FRAME_HEADER), 0, null, this.#start);
		fs.ftruncateSync(this.#log, Math.max(this.#sizeBefore, this.#start));
		// A power cut must not bring the commit back.
		fs.fsyncSync(this.#log);
	}

	#put(page: number, content: Uint8Array, pages: number): void {
		const length = FRAME_HEADER + this.#pageSize;
		const frame = this.#frames.subarray(this.#filled, this.#filled + length);
		frame.writeUInt32BE(page, 0);
		frame.writeUInt32BE(pages, 4);
		frame.set(this.#salts, 8);
		frame.set(content, FRAME_HEADER);
		this.#checksum = checksumOfFrame(frame, this.#checksum);
		frame.writeUInt32BE(this.#checksum[0], 16);
		frame.writeUInt32BE(this.#checksum[1], 20);
		this.#filled += length;
	}

	#write(): void {
		if (this.#header) writeAt(this.#log, this.#header, 0);
		this.#header = undefined;
		writeAt(this.#log, this.#frames.subarray(0, this.#filled), this.#place);
		this.#place += this.#filled;
		this.#filled = 0;
	}
}

interface Beginning {
	readonly header?: Buffer;
	readonly salts: Buffer;
	readonly checksum: readonly [number, number];
	/** Of the first new frame, in bytes. */
	readonly start: number;
}

/**
 * As SQLite does behind a checkpoint of the whole log: with other salts, so that no frame that still stands there counts.
 * @param old header of the log, or zeros
 */
function begunAnew(old: Buffer, pageSize: number): Beginning {
	const header = Buffer.from(new ArrayBuffer(LOG_HEADER));
	header.writeUInt32BE(MAGIC, 0);
	header.writeUInt32BE(VERSION, 4);
	header.writeUInt32BE(pageSize, 8);
	header.writeUInt32BE((old.readUInt32BE(12) + 1) >>> 0, 12);
	header.writeUInt32BE((old.readUInt32BE(16) + 1) >>> 0, 16);
	header.writeUInt32BE(Math.floor(Math.random() * 2 ** 32), 20);
	const checksum = checksumOf(wordsOf(header.subarray(0, 24)));
	header.writeUInt32BE(checksum[0], 24);
	header.writeUInt32BE(checksum[1], 28);
	const salts = header.subarray(16, 24);
	return { header, salts, checksum, start: LOG_HEADER };
}

/** Of what its header says of the page, and of the page. */
function checksumOfFrame(
	frame: Buffer,
	before: readonly [number, number],
): readonly [number, number] {
	const begun = checksumOf(wordsOf(frame.subarray(0, 8)), before);
	return checksumOf(wordsOf(frame.subarray(FRAME_HEADER)), begun);
}

function wordsOf({ buffer, byteOffset, length }: Buffer): Uint32Array {
	return new Uint32Array(buffer, byteOffset, length / 4);
}
