import { createFsFromVolume, type IFs, Volume } from "memfs";
import type { FileSystem } from "../../src/system/disk.ts";

/** A disk in memory, as it is; use it to look and to play the agent. */
export type Volumes = IFs;

/**
 * Called before each call that changes the disk; may throw, as a disk does that is full or a process that dies.
 * `tear` does half of a write, as a crash may.
 */
export type BeforeChange = (call: string, tear: () => void) => void;

export function newVolume(): Volumes {
	const volume = createFsFromVolume(new Volume());
	const { writeFileSync, truncateSync } = volume;
	// As root does, and whoever gives himself the right first.
	const mayWrite = (path: string) => {
		if (volume.existsSync(path) && !isLink(volume, path))
			volume.chmodSync(path, Number(volume.statSync(path).mode) | 0o200);
	};
	volume.writeFileSync = (file, data, options) => {
		mayWrite(String(file));
		writeFileSync(file, data);
		const mode = typeof options === "object" ? options?.mode : undefined;
		if (mode !== undefined) volume.chmodSync(String(file), mode);
	};
	volume.truncateSync = (file, length) => {
		mayWrite(String(file));
		truncateSync(file, length);
	};
	return volume;
}

function isLink(volume: Volumes, path: string): boolean {
	return volume.lstatSync(path).isSymbolicLink();
}

/** The same disk once more, inode numbers and all. */
export function copyOf(volume: Volumes): Volumes {
	const copy = newVolume();
	const copies = (inodes.get(volume)?.copies ?? 0) + 1;
	inodes.set(copy, { known: new Map(), copies });
	copyBelow(volume, copy, "/");
	return copy;
}

/** memfs numbers files as they are made: those of a copy are known by the numbers of the original. */
interface Inodes {
	readonly known: Map<number, number>;
	/** A file that is made later gets a number that no original has. */
	readonly copies: number;
}
const inodes = new WeakMap<Volumes, Inodes>();

function inodeOf(volume: Volumes, number: number): number {
	const { known, copies } = inodes.get(volume) ?? {};
	return known?.get(number) ?? number + (copies ?? 0) * 1_000_000;
}

function copyBelow(from: Volumes, to: Volumes, directory: string): void {
	for (const name of from.readdirSync(directory).map(String)) {
		const path = `${directory}${name}`;
		const stat = from.lstatSync(path);
		const keepInode = () => {
			const made = Number(to.lstatSync(path).ino);
			inodes.get(to)?.known.set(made, inodeOf(from, Number(stat.ino)));
		};
		if (stat.isSymbolicLink()) {
			to.symlinkSync(String(from.readlinkSync(path)), path);
			keepInode();
			to.lutimesSync(
				path,
				Number(stat.atimeMs) / 1000,
				Number(stat.mtimeMs) / 1000,
			);
			continue;
		}
		if (stat.isDirectory()) {
			to.mkdirSync(path);
			keepInode();
			copyBelow(from, to, `${path}/`);
		} else {
			to.writeFileSync(path, from.readFileSync(path));
			keepInode();
		}
		to.chmodSync(path, Number(stat.mode) & 0o7777);
		// Last: memfs moves the time with the mode.
		to.utimesSync(
			path,
			Number(stat.atimeMs) / 1000,
			Number(stat.mtimeMs) / 1000,
		);
	}
}

/** What the product sees of a volume: memfs, made to behave like Linux where it does not, with `before` in front. */
export function memoryFiles(volume: Volumes, before: BeforeChange): FileSystem {
	const real = volume as unknown as FileSystem;
	const nothing = () => {};
	const changing =
		<Arguments extends unknown[], Result>(
			name: string,
			call: (...args: Arguments) => Result,
		) =>
		(...args: Arguments): Result => {
			before(`${name} ${String(args[0])}`, nothing);
			return call(...args);
		};
	const { O_CREAT } = real.constants;
	const paths = new Map<number, string>();
	const open = (...args: Parameters<FileSystem["openSync"]>) => {
		const path = String(args[0]);
		if ((Number(args[1]) & O_CREAT) !== 0) before(`create ${path}`, nothing);
		const [name, flags, mode] = args;
		// memfs asks the mode of the file that it makes here whether it may be written to.
		const file = real.openSync(name, flags, mode && Number(mode) | 0o200);
		if ((Number(flags) & O_CREAT) !== 0 && mode !== undefined)
			real.chmodSync(name, mode ?? 0o666);
		paths.set(file, path);
		return file;
	};
	const sync = (file: number) => {
		before(`sync ${paths.get(file)}`, nothing);
		real.fsyncSync(file);
	};
	const write = (
		file: number,
		from: Uint8Array,
		at: number,
		length: number,
		position: number | null = null,
	) => {
		const half = Math.floor(length / 2);
		before(`write ${paths.get(file)}`, () => {
			real.writeSync(file, from, at, half, position);
		});
		return real.writeSync(file, from, at, length, position);
	};
	const numbered = <Stat>(stat: Stat): Stat => {
		const found = stat as { ino?: bigint | number } | undefined;
		if (found?.ino === undefined) return stat;
		const inode = inodeOf(volume, Number(found.ino));
		found.ino = typeof found.ino === "bigint" ? BigInt(inode) : inode;
		return stat;
	};
	return {
		...real,
		lstatSync: ((...args: Parameters<FileSystem["lstatSync"]>) =>
			numbered(real.lstatSync(...args))) as FileSystem["lstatSync"],
		fstatSync: ((...args: Parameters<FileSystem["fstatSync"]>) =>
			numbered(real.fstatSync(...args))) as FileSystem["fstatSync"],
		constants: real.constants,
		openSync: open,
		writeSync: write as FileSystem["writeSync"],
		fsyncSync: sync,
		mkdirSync: changing("mkdir", real.mkdirSync) as FileSystem["mkdirSync"],
		unlinkSync: changing("unlink", real.unlinkSync),
		rmdirSync: changing("rmdir", real.rmdirSync),
		symlinkSync: changing("symlink", real.symlinkSync),
		linkSync: changing("link", real.linkSync),
		chmodSync: changing("chmod", real.chmodSync),
		utimesSync: changing("utimes", real.utimesSync),
		lchownSync: changing("lchown", real.lchownSync),
		renameSync: changing("rename", (from, to) => {
			refuseAsLinux(real, String(from), String(to));
			if (real.lstatSync(from).isSymbolicLink())
				renameLink(real, String(from), String(to));
			else renameFile(real, String(from), String(to));
		}),
	};
}

/** memfs would count the name twice, and not remove its directory any more. */
function renameFile(files: FileSystem, from: string, to: string): void {
	const [moved, gone] = [from, to].map((path) =>
		files.lstatSync(path, { throwIfNoEntry: false }),
	);
	const isOver = gone !== undefined && !gone.isDirectory();
	if (isOver && from !== to && gone.ino !== moved?.ino) files.unlinkSync(to);
	files.renameSync(from, to);
}

/** memfs would rename what the link points at. */
function renameLink(files: FileSystem, from: string, to: string): void {
	const target = files.readlinkSync(from);
	if (files.lstatSync(to, { throwIfNoEntry: false })) files.unlinkSync(to);
	files.symlinkSync(target, to);
	files.unlinkSync(from);
}

/** memfs lets a rename take the place of a directory, whatever is in it. */
function refuseAsLinux(files: FileSystem, from: string, to: string): void {
	const target = files.lstatSync(to, { throwIfNoEntry: false });
	if (target === undefined || !target.isDirectory()) return;
	const directory = files.lstatSync(from).isDirectory();
	const code = directory ? "ENOTEMPTY" : "EISDIR";
	if (!directory || files.readdirSync(to).length > 0)
		throw Object.assign(new Error(`${code}: rename '${from}' -> '${to}'`), {
			code,
			path: from,
		});
}
