import type { BigIntStats, Stats } from "node:fs";
import type { FileKind, FileStat, Glimpse } from "./system.ts";

/**
 * How long a file's time may stand still, in milliseconds: kernels before 6.13 give it by a clock that ticks every 1 to
 * 10 ms, …
 */
const TICK = 20;
/** … and some filesystems keep whole seconds, or every second one: ext4 with small inodes, FAT, old network disks. */
const COARSE_TICK = 2500;

/** Where a file was written to a moment ago, the next write may not show in its time: this look equals no other. */
let looks = 0;

export function describe(stat: BigIntStats, now: number): FileStat {
	const tick = stat.mtimeNs % 1_000_000_000n === 0n ? COARSE_TICK : TICK;
	const isFresh = Math.abs(now - Number(stat.mtimeMs)) < tick;
	const isSettled = (time: bigint) =>
		Math.abs(now - Number(time)) >= COARSE_TICK;
	// Numbers are written sooner than these: of a file of so many bytes, its size is one.
	const [size, inode] = [Number(stat.size), String(stat.ino)];
	const written = `${inode}:${size}:${stat.mtimeNs}`;
	return {
		kind: kindOf(stat),
		what: stat.isFIFO() ? "FIFO" : stat.isSocket() ? "socket" : "device",
		size,
		mode: Number(stat.mode & 0o7777n),
		mtime: Number(stat.mtimeNs / 1000n) / 1000,
		uid: Number(stat.uid),
		gid: Number(stat.gid),
		signature: isFresh ? `${written}:look ${++looks}` : written,
		isSettled: isSettled(stat.mtimeMs),
		look:
			isSettled(stat.mtimeMs) && isSettled(stat.ctimeMs)
				? `${written}:${stat.ctimeNs}`
				: undefined,
		inode,
		links: Number(stat.nlink),
		device: String(stat.dev),
	};
}

/** See `Disk.glance`. */
export function glimpseOf(stat: Stats): Glimpse {
	const { size, mtimeMs: mtime, ctimeMs: ctime } = stat;
	const { uid, gid, nlink: links } = stat;
	const [kind, inode] = [kindOf(stat), String(stat.ino)];
	return { kind, size, mtime, ctime, uid, gid, links, inode };
}

function kindOf(stat: BigIntStats | Stats): FileKind {
	if (stat.isFile()) return "file";
	if (stat.isDirectory()) return "directory";
	if (stat.isSymbolicLink()) return "link";
	return "special";
}
