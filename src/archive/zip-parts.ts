import type { Disk } from "../system/system.ts";

/** Bytes of the record at the end of a zip without its comment, and the longest comment. */
const END = 22;
const LONGEST = 0xffff;
/** Stands there for numbers that are in the larger record: the specification, 4.4.1.4. */
const ELSEWHERE = 0xffff;

/**
 * What the end of a file says of how many files a zip lies in.
 * @returns undefined: it is no end of a zip
 */
export function partsAtEnd(
	disk: Disk,
	file: number,
	size: number,
): "one" | "several" | undefined {
	const tail = Buffer.alloc(Math.min(size, LOCATOR + END + LONGEST));
	const read = disk.read(file, tail, size - tail.length);
	if (read < tail.length) return undefined;
	for (let at = tail.length; at > 0; ) {
		at = tail.lastIndexOf("PK\x05\x06", at - 1, "latin1");
		if (at === -1) return undefined;
		const comment = tail.length - at - END;
		if (comment >= 0 && tail.readUInt16LE(at + 20) === comment)
			return isLastOfSeveral(tail, at) ? "several" : "one";
	}
	return undefined;
}

/** Bytes of what stands before the end of a large one: 4.3.15. */
const LOCATOR = 20;

function isLastOfSeveral(tail: Buffer, end: number): boolean {
	const number = tail.readUInt16LE(end + 4);
	if (number !== ELSEWHERE) return number !== 0;
	const at = end - LOCATOR;
	const isThere =
		at >= 0 && tail.toString("latin1", at, at + 4) === "PK\x06\x07";
	return isThere && tail.readUInt32LE(at + 16) > 1;
}
