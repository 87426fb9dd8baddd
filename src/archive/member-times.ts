/** Milliseconds since 1970, of ext4: from 1901 to 2446. */
const EARLIEST = -(2 ** 31) * 1000;
const LATEST = (2 ** 34 - 2 ** 31 - 1) * 1000;

/**
 * What an archive says of a time, as a disk can keep it: what it makes of another would differ from that with each import.
 * @param mtime milliseconds since 1970; also none that there is
 */
export function timeOnDisks(mtime: number): number {
	if (Number.isNaN(mtime)) return 0;
	return Math.min(Math.max(mtime, EARLIEST), LATEST);
}
