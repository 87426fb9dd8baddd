import type { Disk } from "../system/system.ts";
import { reading } from "./copy.ts";
import { readFully } from "./durable.ts";

/*
 * What changed since a database was last searched for damage is looked at page by page (sqlite.org/fileformat2.html): the
 * whole search of 500 MB takes 0.4 s, and nearly all of it was searched before. What is strange here is not yet damage.
 */

/** Of the whole database. */
export interface PageFacts {
	readonly pageSize: number;
	readonly pages: number;
	/** It has pages that say to whom the others belong. */
	readonly hasPointerMap: boolean;
}

const HEADER = 100;

/** From its first page. */
export function pageFactsOf(first: Uint8Array, bytes: number): PageFacts {
	const header = Buffer.from(first.buffer, first.byteOffset, HEADER);
	const size = header.readUInt16BE(16);
	const pageSize = size === 1 ? 65_536 : size;
	return {
		pageSize,
		pages: bytes / pageSize,
		hasPointerMap: header.readUInt32BE(52) !== 0,
	};
}

/**
 * Whether a page of these bytes looks like none that SQLite would write. Where `before` has the same bytes in a page, that
 * was looked at before.
 * @param start where the bytes begin in the database, in bytes
 */
export function hasStrangePage(
	bytes: Uint8Array,
	before: Uint8Array | undefined,
	start: number,
	facts: PageFacts,
): boolean {
	const { pageSize } = facts;
	const now = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
	for (let at = 0; at + pageSize <= now.length; at += pageSize) {
		const end = at + pageSize;
		if (before && now.compare(before, at, end, at, end) === 0) continue;
		if (isStrange(now.subarray(at, end), start + at === 0, facts)) return true;
	}
	return false;
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
	let facts: PageFacts | undefined;
	for (let at = 0; at < bytes; at += CHUNK) {
		pause();
		const read = chunk.subarray(0, readFully(disk, file, chunk));
		const was = old.subarray(
			0,
			reading(() => readFully(disk, other, old)),
		);
		facts ??= pageFactsOf(read, bytes);
		if (read.equals(was)) continue;
		const known = was.length === read.length ? was : undefined;
		if (hasStrangePage(read, known, at, facts)) return true;
	}
	return false;
}

const CHUNK = 1024 * 1024;

const INTERIOR = [2, 5];
const LEAF = [10, 13];

function isStrange(page: Buffer, isFirst: boolean, facts: PageFacts): boolean {
	const type = page[isFirst ? HEADER : 0] ?? 0;
	if ([...INTERIOR, ...LEAF].includes(type))
		return !isTreePage(page, isFirst ? HEADER : 0, INTERIOR.includes(type));
	if (isFirst) return true;
	if (facts.hasPointerMap && isPointerMap(page)) return false;
	// A page of a long value, or a free one: it begins with the number of another page, or with none.
	return page.readUInt32BE(0) > facts.pages || page.every((byte) => byte === 0);
}

/** Its cells lie where they can. */
function isTreePage(page: Buffer, at: number, isInterior: boolean): boolean {
	const cells = page.readUInt16BE(at + 3);
	const content = page.readUInt16BE(at + 5) || 65_536;
	const pointers = at + (isInterior ? 12 : 8);
	if (pointers + 2 * cells > content || content > page.length) return false;
	for (let cell = 0; cell < cells; cell++) {
		const place = page.readUInt16BE(pointers + 2 * cell);
		if (place < content || place > page.length - 4) return false;
	}
	return true;
}

/** Five bytes for each page: what it is, and whose. */
function isPointerMap(page: Buffer): boolean {
	for (let at = 0; at + 5 <= page.length; at += 5)
		if ((page[at] ?? 0) > 5) return false;
	return page[0] !== 0;
}
