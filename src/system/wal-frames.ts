import fs from "node:fs";
import { notAsPinned } from "./not-as-pinned.ts";
import { readPageNumbers, type WalState } from "./wal-index.ts";

const LOG_HEADER = 32;
const FRAME_HEADER = 24;
/** Bytes of the log read at once, at most: several frames of the largest page. */
const AT_ONCE = 512 * 1024;

/** Of all logs: only one is read at a time, and many may be pinned. */
let buffer: Buffer | undefined;

/** The pages that the frames of a pinned log put in the place of the database's. */
export class WalFrames {
	readonly #log: number;
	readonly #state: WalState;
	/** Ascending page × `#base` + its last frame: 8 bytes a page, where a map has 40. */
	readonly #last: Float64Array;
	readonly #base: number;

	/** @param log descriptor of the `-wal` @param index of the `-shm` */
	constructor(log: number, index: number, state: WalState) {
		this.#log = log;
		this.#state = state;
		this.#base = state.frames + 1;
		this.#last = lastFrames(index, state, this.#base);
		this.#refuseOtherEnd();
	}

	/**
	 * Puts the pages of the log that lie from `offset` on over those in `into`, whose first `there` bytes the database file had.
	 * Both are multiples of the page size.
	 */
	overlay(offset: number, into: Uint8Array, there: number): void {
		const { pageSize } = this.#state;
		const first = offset / pageSize + 1;
		const end = first + into.length / pageSize;
		// A page that the file does not have yet stands in the log.
		let missing = end - first - Math.floor(there / pageSize);
		for (let at = this.#indexOf(first); ; ) {
			const run = this.#run(at, end);
			if (run.length === 0) break;
			const pages = into.subarray((run.page - first) * pageSize);
			this.#readRun(run, pages);
			for (let page = run.page; page < run.page + run.length; page++)
				if ((page - first + 1) * pageSize > there) missing--;
			at += run.length;
		}
		if (missing > 0) throw notAsPinned("the file is shorter than its pages");
	}

	/** See `RawContent`: the last frame, and the checksum of all up to it. */
	get mark(): string {
		const { frames, checksum, salts } = this.#state;
		return `${frames}:${checksum.join(":")}:${salts.toString("hex")}`;
	}

	/**
	 * See `RawContent`. A power cut takes frames back that were not synced, and others come in their place: only where the
	 * checksum of all frames up to the mark is what it was are they the same.
	 */
	since(
		mark: string,
	): ((offset: number, length: number) => boolean) | undefined {
		const frame = mark === "-" ? 0 : Number(mark.split(":")[0]);
		if (frame > 0 && this.#markAt(frame) !== mark) return undefined;
		return (offset, length) => this.#touches(offset, length, frame);
	}

	/** Undefined: the log does not go so far. */
	#markAt(frame: number): string | undefined {
		if (!(frame <= this.#state.frames)) return undefined;
		const header = Buffer.alloc(FRAME_HEADER);
		fs.readSync(this.#log, header, 0, FRAME_HEADER, this.#placeOf(frame));
		const checksum = [header.readUInt32BE(16), header.readUInt32BE(20)];
		const salts = header.subarray(8, 16).toString("hex");
		return `${frame}:${checksum.join(":")}:${salts}`;
	}

	/** Whether a later frame than this holds a page of these bytes. */
	#touches(offset: number, length: number, after: number): boolean {
		const { pageSize } = this.#state;
		const end = Math.ceil((offset + length) / pageSize);
		let at = this.#indexOf(Math.floor(offset / pageSize) + 1);
		for (; ; at++) {
			const key = this.#last[at] ?? Infinity;
			if (Math.floor(key / this.#base) > end) return false;
			if (key % this.#base > after) return true;
		}
	}

	/** The log has not been begun anew, nor has it lost an end that was read. */
	isStill(): boolean {
		const header = Buffer.alloc(LOG_HEADER);
		const got = fs.readSync(this.#log, header, 0, LOG_HEADER, 0);
		const { salts, frames } = this.#state;
		return (
			got === LOG_HEADER &&
			header.subarray(16, 24).equals(salts) &&
			fs.fstatSync(this.#log).size >= this.#placeOf(frames + 1)
		);
	}

	/** Where the first of our pages from this one on is in `#last`. */
	#indexOf(page: number): number {
		let [low, high] = [0, this.#last.length];
		while (low < high) {
			const middle = (low + high) >>> 1;
			if ((this.#last[middle] ?? 0) < page * this.#base) low = middle + 1;
			else high = middle;
		}
		return low;
	}

	/** Pages below `end` that follow each other in the database as well as in the log: read at once. */
	#run(at: number, end: number): Run {
		const key = this.#last[at] ?? Number.POSITIVE_INFINITY;
		const page = Math.floor(key / this.#base);
		if (page >= end) return { page, frame: 0, length: 0 };
		const most = Math.floor(AT_ONCE / (FRAME_HEADER + this.#state.pageSize));
		let length = 1;
		while (
			length < most &&
			page + length < end &&
			this.#last[at + length] === key + length * (this.#base + 1)
		)
			length++;
		return { page, frame: key % this.#base, length };
	}

	#readRun({ page, frame, length }: Run, into: Uint8Array): void {
		const { pageSize, salts } = this.#state;
		const one = FRAME_HEADER + pageSize;
		buffer ??= Buffer.allocUnsafe(AT_ONCE);
		const from = this.#placeOf(frame);
		const got = fs.readSync(this.#log, buffer, 0, length * one, from);
		if (got < length * one) throw notAsPinned("the log lost its end");
		for (let at = 0; at < length; at++) {
			const here = buffer.subarray(at * one, (at + 1) * one);
			if (
				here.readUInt32BE(0) !== page + at ||
				!here.subarray(8, 16).equals(salts)
			)
				throw notAsPinned("the log was begun anew");
			into.set(here.subarray(FRAME_HEADER), at * pageSize);
		}
	}

	/** The last frame says the size of the database and the checksum of all frames, as the index does. */
	#refuseOtherEnd(): void {
		const { frames, pages, checksum, salts } = this.#state;
		const end = Buffer.alloc(FRAME_HEADER);
		fs.readSync(this.#log, end, 0, FRAME_HEADER, this.#placeOf(frames));
		if (
			end.readUInt32BE(4) !== pages ||
			!end.subarray(8, 16).equals(salts) ||
			end.readUInt32BE(16) !== checksum[0] ||
			end.readUInt32BE(20) !== checksum[1]
		)
			throw notAsPinned("the log does not end as its index says");
	}

	#placeOf(frame: number): number {
		return LOG_HEADER + (frame - 1) * (FRAME_HEADER + this.#state.pageSize);
	}
}

interface Run {
	readonly page: number;
	readonly frame: number;
	readonly length: number;
}

/** Sorted, of each page of the database the last frame. */
function lastFrames(
	index: number,
	{ frames, pages }: WalState,
	base: number,
): Float64Array {
	const numbers = readPageNumbers(index, frames);
	if (numbers === undefined) throw notAsPinned("the index of the log is short");
	if (pages * base > Number.MAX_SAFE_INTEGER)
		throw notAsPinned("the log is too long");
	const all = Float64Array.from(
		numbers,
		(page, at) => page * base + at + 1,
	).sort();
	let count = 0;
	for (let at = 0; at < all.length; at++) {
		const page = Math.floor((all[at] ?? 0) / base);
		const isLast = page < Math.floor((all[at + 1] ?? Infinity) / base);
		// The database may have become shorter since that frame.
		if (isLast && page <= pages) all[count++] = all[at] ?? 0;
	}
	return all.slice(0, count);
}
