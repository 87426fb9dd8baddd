import type { Disk } from "../../system/system.ts";
import { reading } from "../files/copy.ts";
import { readFully } from "../files/durable.ts";
import { isSoundTree, isTreeType } from "./tree-page.ts";

/*
 * What changed since a database was last searched for damage is looked at page by page (sqlite.org/fileformat2.html): the
 * whole search of 500 MB takes 0.4 s, and nearly all of it was searched before. What is strange here is not yet damage.
 */

const HEADER = 100;
/** Where they begin, in bytes. */
const LOCK_BYTES = 2 ** 30;

/** A page of the database, counted from 1; false where it cannot be read whole. */
type ReadPage = (page: number, into: Buffer) => boolean;

/** The pages that have changed since all were last searched. */
export class ChangedPages {
	readonly #pageSize: number;
	readonly #pages: number;
	readonly #usable: number;
	/** It has pages that say to whom the others belong. */
	readonly #hasPointerMap: boolean;
	readonly #firstTrunk: number;
	/** Those that hold nothing. */
	readonly #blank = new Set<number>();
	#isStrange = false;

	/** @param first the first page, or what begins with it @param bytes of the whole database */
	constructor(first: Uint8Array, bytes: number) {
		const header = Buffer.from(first.buffer, first.byteOffset, HEADER);
		const size = header.readUInt16BE(16);
		this.#pageSize = size === 1 ? 65_536 : size;
		this.#pages = bytes / this.#pageSize;
		this.#usable = this.#pageSize - (header[20] ?? 0);
		this.#hasPointerMap = header.readUInt32BE(52) !== 0;
		this.#firstTrunk = header.readUInt32BE(32);
	}

	/**
	 * Where `before` has the same bytes in a page, that was looked at before.
	 * @param start where the bytes begin in the database, in bytes
	 */
	look(bytes: Uint8Array, before: Uint8Array | undefined, start: number): void {
		const now = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
		const size = this.#pageSize;
		for (let at = 0; at + size <= now.length && !this.#isStrange; at += size) {
			const end = at + size;
			if (before && now.compare(before, at, end, at, end) === 0) continue;
			const page = now.subarray(at, end);
			const number = (start + at) / size + 1;
			if (page.every((byte) => byte === 0)) this.#blank.add(number);
			else this.#isStrange = this.#looksStrange(page, number === 1);
		}
	}

	/**
	 * Whether one of them looks like none that SQLite would write. One that holds nothing may be free: such pages were never
	 * written to, where a large value came and went within one transaction, as every merge of a full-text index does.
	 */
	isStrange(read: ReadPage): boolean {
		if (this.#isStrange || this.#blank.has(1)) return true;
		// Where SQLite takes its locks, there is never anything.
		this.#blank.delete(Math.floor(LOCK_BYTES / this.#pageSize) + 1);
		const trunk = Buffer.alloc(this.#pageSize);
		// One that is damaged may lead in a circle.
		for (
			let next = this.#firstTrunk, left = this.#pages;
			next > 0 && left > 0 && this.#blank.size > 0;
			left--
		) {
			if (next > this.#pages || !read(next, trunk)) return true;
			this.#blank.delete(next);
			for (const leaf of leavesOf(trunk)) this.#blank.delete(leaf);
			next = trunk.readUInt32BE(0);
		}
		return this.#blank.size > 0;
	}

	#looksStrange(page: Buffer, isFirst: boolean): boolean {
		const type = page[isFirst ? HEADER : 0] ?? 0;
		// It may begin as a page of a tree does.
		if (this.#hasPointerMap && isPointerMap(page)) return false;
		if (isTreeType(type))
			return !isSoundTree(page, isFirst ? HEADER : 0, {
				usable: this.#usable,
				pages: this.#pages,
			});
		if (isFirst) return true;
		// A page of a long value, or a free one: it begins with the number of another page, or with none.
		return page.readUInt32BE(0) > this.#pages;
	}
}

/** The free pages that a page of the list of free pages names: sqlite.org/fileformat2.html#the_freelist */
function* leavesOf(trunk: Buffer): Generator<number> {
	const most = trunk.length / 4 - 2;
	const count = Math.min(trunk.readUInt32BE(4), most);
	for (let leaf = 0; leaf < count; leaf++)
		yield trunk.readUInt32BE(8 + 4 * leaf);
}

/** The same of two files, of which the second was looked at before. @throws Unreadable for that one */
export function hasStrangeChange(
	disk: Disk,
	now: string,
	before: string,
	pause: () => void,
): boolean {
	const file = disk.open(now, "read");
	try {
		const other = reading(() => disk.open(before, "read"));
		try {
			return hasStrangeIn(disk, file, other, pause);
		} finally {
			disk.close(other);
		}
	} finally {
		disk.close(file);
	}
}

function hasStrangeIn(
	disk: Disk,
	file: number,
	other: number,
	pause: () => void,
): boolean {
	const bytes = disk.statOpen(file).size;
	const [chunk, old] = [Buffer.alloc(CHUNK), Buffer.alloc(CHUNK)];
	let changed: ChangedPages | undefined;
	for (let at = 0; at < bytes; at += CHUNK) {
		pause();
		const read = chunk.subarray(0, readFully(disk, file, chunk));
		const was = old.subarray(
			0,
			reading(() => readFully(disk, other, old)),
		);
		changed ??= new ChangedPages(read, bytes);
		if (read.equals(was)) continue;
		changed.look(read, was.length === read.length ? was : undefined, at);
	}
	const read = (page: number, into: Buffer) =>
		disk.read(file, into, (page - 1) * into.length) === into.length;
	return changed?.isStrange(read) ?? false;
}

const CHUNK = 1024 * 1024;

/** Five bytes for each page: what it is, and whose. */
function isPointerMap(page: Buffer): boolean {
	for (let at = 0; at + 5 <= page.length; at += 5)
		if ((page[at] ?? 0) > 5) return false;
	return page[0] !== 0;
}
