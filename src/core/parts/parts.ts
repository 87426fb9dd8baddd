/** A large file as it lies in the store: a folder of parts, put together by `cat`. */
export interface Parts {
	/** Bytes of each but the last: a power of two, so that no page of a database lies in two. */
	readonly size: number;
	/** Of each, hex. */
	readonly sha256: readonly string[];
}

const KIB = 1024;
/** 256 KiB served best up to 1 GB: after 50 messages 8 MB of 500 MB differ. */
const SMALLEST = 256 * KIB;
/** At most so many at first: the price of a part is a link, which is some microseconds. */
const MANY = 4096;

/**
 * The size of the parts of a file of so many bytes. One that was cut before keeps its size while that is not far off: cut
 * anew, no part would be equal to an old one.
 */
export function partSizeFor(bytes: number, before?: number): number {
	if (before !== undefined && isPowerOfTwo(before)) {
		const parts = bytes / before;
		if (parts <= 2 * MANY && (before <= SMALLEST || parts >= MANY / 8))
			return before;
	}
	let size = SMALLEST;
	while (bytes / size > MANY) size *= 4;
	return size;
}

function isPowerOfTwo(size: number): boolean {
	return size >= 64 * KIB && Number.isInteger(Math.log2(size));
}

export function partCount(bytes: number, partSize: number): number {
	return Math.max(1, Math.ceil(bytes / partSize));
}

/** Cuts what comes in chunks of any length. `end` must be called when all has come; there is one part at least. */
export function cutInto(
	size: number,
	put: (part: Uint8Array) => void,
): {
	readonly use: (chunk: Uint8Array) => void;
	readonly end: () => void;
} {
	const part = Buffer.allocUnsafe(size);
	let filled = 0;
	let isEmpty = true;
	const done = () => {
		put(part.subarray(0, filled));
		isEmpty = false;
		filled = 0;
	};
	return {
		use(chunk) {
			for (let rest = chunk; rest.length > 0; ) {
				const taken = rest.subarray(0, size - filled);
				part.set(taken, filled);
				filled += taken.length;
				rest = rest.subarray(taken.length);
				if (filled === size) done();
			}
		},
		end() {
			if (filled > 0 || isEmpty) done();
		},
	};
}

/** "000000": in the order of their names they are in order. */
export function partName(index: number): string {
	return String(index).padStart(6, "0");
}

/** Bytes of one part. */
export function partLength(
	bytes: number,
	partSize: number,
	index: number,
): number {
	return Math.min(partSize, bytes - index * partSize);
}
