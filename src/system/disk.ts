import { errorCode } from "../errors.ts";
import { describe, glimpseOf } from "./file-stat.ts";
import { fromNative, toNative } from "./native-path.ts";
import { listed, removeTree } from "./remove-tree.ts";
import type { Disk } from "./system.ts";

/** What a `Disk` needs of `node:fs`; memfs in tests. */
export type FileSystem = Pick<
	typeof import("node:fs"),
	| "lstatSync"
	| "fstatSync"
	| "readdirSync"
	| "readlinkSync"
	| "realpathSync"
	| "openSync"
	| "readSync"
	| "writeSync"
	| "fsyncSync"
	| "closeSync"
	| "mkdirSync"
	| "renameSync"
	| "unlinkSync"
	| "rmdirSync"
	| "symlinkSync"
	| "linkSync"
	| "chmodSync"
	| "utimesSync"
	| "lchownSync"
	| "accessSync"
	| "statfsSync"
	| "constants"
>;

/** Nor can anything be had where the name is longer than the disk takes: see `isTooLong`. */
const NOTHING_THERE: readonly string[] = [
	"ENOENT",
	"ENOTDIR",
	"ENAMETOOLONG",
	"ELOOP", // below a link that leads to itself
];

/**
 * Bytes: for more at once Linux looks for memory in one piece, which a virtual machine has to be given first. 250 MB in files
 * of 256 KiB took 0.3 s this way, and 0.8 to 1.3 s written at once.
 */
const WRITTEN_AT_ONCE = 64 * 1024;

/** What Node has no plain call for. */
type OfKernel = Pick<Disk, "syncAll" | "startWritingOut" | "clone">;

const NOTHING_OF_KERNEL: OfKernel = {
	syncAll: () => false,
	startWritingOut() {},
	clone: () => false,
};

/** @param now milliseconds since 1970, by the clock that gives files their times */
export function createDisk(
	fs: FileSystem,
	now: () => number = Date.now,
	{ syncAll, startWritingOut, clone }: OfKernel = NOTHING_OF_KERNEL,
): Disk {
	const { O_RDONLY, O_WRONLY, O_CREAT, O_EXCL } = fs.constants;
	// Absent on Windows, where links need a privilege and FIFOs are not files.
	const O_NOFOLLOW = fs.constants.O_NOFOLLOW ?? 0;
	const O_NONBLOCK = fs.constants.O_NONBLOCK ?? 0;
	const flags = {
		read: O_RDONLY | O_NOFOLLOW | O_NONBLOCK,
		create: O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW,
		directory: O_RDONLY,
	};

	const { R_OK, W_OK, X_OK } = fs.constants;
	const whyNot = (path: string, access: number): string | undefined => {
		try {
			fs.accessSync(toNative(path), access);
			return undefined;
		} catch (error) {
			return errorCode(error);
		}
	};

	const disk: Disk = {
		stat(path) {
			const options = { bigint: true, throwIfNoEntry: false } as const;
			try {
				const stat = fs.lstatSync(toNative(path), options);
				return stat && describe(stat, now());
			} catch (error) {
				if (NOTHING_THERE.includes(errorCode(error) ?? "")) return undefined;
				throw error;
			}
		},
		glance(path) {
			const options = { throwIfNoEntry: false } as const;
			try {
				const stat = fs.lstatSync(toNative(path), options);
				return stat && glimpseOf(stat);
			} catch (error) {
				if (NOTHING_THERE.includes(errorCode(error) ?? "")) return undefined;
				throw error;
			}
		},
		isTooLong(path) {
			try {
				fs.lstatSync(toNative(path));
				return false;
			} catch (error) {
				return errorCode(error) === "ENAMETOOLONG";
			}
		},
		names(directory) {
			const names = fs.readdirSync(toNative(directory));
			// U+FFFD: Node replaced bytes that are not UTF-8. Ask again for the bytes themselves.
			if (!names.some((name) => name.includes("\ufffd"))) return names.sort();
			const exact = fs.readdirSync(toNative(directory), { encoding: "buffer" });
			return exact.map(fromNative).sort();
		},
		directories: (directory) =>
			listed(fs, disk, directory)
				.filter(({ isDirectory }) => isDirectory)
				.map(({ name }) => name),
		readLink: (path) =>
			fromNative(fs.readlinkSync(toNative(path), { encoding: "buffer" })),
		realPath(path) {
			const native = toNative(path);
			// Of bytes only the native one knows; it knows no path longer than the system's longest.
			return typeof native === "string"
				? fs.realpathSync(native)
				: fromNative(fs.realpathSync.native(native, { encoding: "buffer" }));
		},
		open: (path, how, mode = 0o600) =>
			fs.openSync(toNative(path), flags[how], mode),
		pathOf(file) {
			if (process.platform !== "linux") return undefined;
			try {
				return fromNative(
					fs.readlinkSync(`/proc/self/fd/${file}`, { encoding: "buffer" }),
				);
			} catch (error) {
				if (errorCode(error) === "ENOENT") return undefined; // no /proc, or not a disk of the kernel's
				throw error;
			}
		},
		statOpen: (file) => describe(fs.fstatSync(file, { bigint: true }), now()),
		read: (file, into, place) =>
			fs.readSync(file, into, 0, into.length, place ?? null),
		write: (file, from) =>
			fs.writeSync(file, from, 0, Math.min(from.length, WRITTEN_AT_ONCE), null),
		overwrite(path, at, bytes) {
			const file = fs.openSync(toNative(path), O_WRONLY | O_NOFOLLOW);
			try {
				fs.writeSync(file, bytes, 0, bytes.length, at);
			} finally {
				fs.closeSync(file);
			}
		},
		sync: (file) => fs.fsyncSync(file),
		syncAll,
		startWritingOut,
		clone,
		close: (file) => fs.closeSync(file),
		makeDirectory: (path, mode) => {
			fs.mkdirSync(toNative(path), { mode });
		},
		rename: (from, to) => fs.renameSync(toNative(from), toNative(to)),
		unlink: (path) => fs.unlinkSync(toNative(path)),
		removeDirectory: (path) => fs.rmdirSync(toNative(path)),
		removeTree: (path) => removeTree(fs, disk, path),
		link: (target, path) => fs.symlinkSync(toNative(target), toNative(path)),
		hardLink: (from, to) => fs.linkSync(toNative(from), toNative(to)),
		setMode: (path, mode) => fs.chmodSync(toNative(path), mode),
		setTime: (path, mtime) => {
			// Node takes seconds and cuts them off: half a microsecond more, away from 0, gives the microsecond that was meant.
			const half = mtime % 1000 && Math.sign(mtime) / 2e6;
			// Of a number below 0 it makes the present, and of its text what it says.
			const time = `${mtime / 1000 + half}`;
			fs.utimesSync(toNative(path), time, time);
		},
		setOwner: (path, uid, gid) => fs.lchownSync(toNative(path), uid, gid),
		mayRead: (path) => whyNot(path, R_OK) !== "EACCES",
		mayWrite: (path) => whyNot(path, W_OK) !== "EACCES",
		mayChangeIn: (directory) => whyNot(directory, W_OK | X_OK) !== "EACCES",
		isFixed: (path) => ["EPERM", "EROFS"].includes(whyNot(path, W_OK) ?? ""),
		isKept(path, fullDirectory) {
			// Only Linux is known to look at these marks before it looks at what is in the way.
			if (process.platform !== "linux") return false;
			try {
				fs.renameSync(toNative(path), toNative(fullDirectory));
				return false;
			} catch (error) {
				return ["EPERM", "EROFS"].includes(errorCode(error) ?? "");
			}
		},
		freeBytes(path) {
			if (typeof fs.statfsSync !== "function") return undefined;
			const { bavail, bsize } = fs.statfsSync(path);
			return bavail * bsize;
		},
	};
	return disk;
}
