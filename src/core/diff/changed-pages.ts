import type { IsKnown } from "../../system/system.ts";
import type { Work } from "../work.ts";
import type { SqliteFile } from "./sqlite-file.ts";

/** Bytes that are read at once: a multiple of every page size. */
const AT_ONCE = 256 * 1024;

/** Where nearly all of so many pieces differ it is not worth it to look for the few pages that do not. */
const TRIED = 48;
const NEARLY = 0.95;

/** Whether a page says the same in both. */
export type IsSamePage = (page: number) => boolean;

/** Which bytes of a side were read and found to differ: where its parts can be compared with their hashes. */
export interface Found {
	readonly isSame: IsSamePage;
	/** Where pieces begin in which something differs. */
	readonly differing: readonly number[];
}

/** Nothing is known to be the same. */
export const NOTHING_SAME: Found = { isSame: () => false, differing: [] };

/** As after a `VACUUM`: found out by some pieces of it, from its beginning to its end. */
export function areAllOther(
	left: SqliteFile,
	right: SqliteFile,
	isKnown: IsKnown,
): boolean {
	const { pageSize } = left;
	const pieces = Math.floor(
		(Math.min(left.pages, right.pages) * pageSize) / AT_ONCE,
	);
	if (pieces < TRIED) return false;
	const [one, other] = [Buffer.alloc(AT_ONCE), Buffer.alloc(AT_ONCE)];
	let different = 0;
	for (let tried = 0; tried < TRIED; tried++) {
		const offset = Math.floor((pieces * tried) / TRIED) * AT_ONCE;
		if (isKnown(offset, AT_ONCE)) return false;
		left.source.read(offset, one);
		right.source.read(offset, other);
		for (let at = 0; at < AT_ONCE; at += pageSize)
			if (one.compare(other, at, at + pageSize, at, at + pageSize) !== 0)
				different += pageSize;
	}
	return different >= NEARLY * TRIED * AT_ONCE;
}

/**
 * Compares two databases with pages of one size.
 * @param isKnown these bytes are the same, and need not be read
 */
export function* comparingPages(
	left: SqliteFile,
	right: SqliteFile,
	isKnown: IsKnown,
): Work<Found> {
	const { pageSize } = left;
	const both = Math.min(left.pages, right.pages);
	const changed = new Uint8Array(both + 1);
	const [one, other] = [Buffer.alloc(AT_ONCE), Buffer.alloc(AT_ONCE)];
	const differing: number[] = [];
	const end = both * pageSize;
	for (let offset = 0; offset < end; offset += AT_ONCE) {
		const length = Math.min(AT_ONCE, end - offset);
		if (!isKnown(offset, length)) {
			const here = one.subarray(0, length);
			const there = other.subarray(0, length);
			left.source.read(offset, here);
			right.source.read(offset, there);
			if (!here.equals(there)) {
				differing.push(offset);
				for (let at = 0; at < length; at += pageSize)
					if (here.compare(there, at, at + pageSize, at, at + pageSize) !== 0)
						changed[(offset + at) / pageSize + 1] = 1;
			}
		}
		yield length;
	}
	for (
		let offset = end;
		offset < Math.max(left.source.size, right.source.size);
		offset += AT_ONCE
	)
		differing.push(offset);
	return { isSame: (page) => page <= both && changed[page] === 0, differing };
}
