import type { Network } from "./network-interface.ts";
import type { Programs } from "./programs-interface.ts";
import type { Progress } from "./progress.ts";
import type { Sqlite } from "./sqlite-interface.ts";

export type * from "./database-facts.ts";
export type * from "./network-interface.ts";
export type * from "./programs-interface.ts";
export type * from "./progress.ts";
export type * from "./sqlite-interface.ts";
export type * from "./transfer.ts";

/**
 * The outside world as the core sees it: disk, clock, SQLite, processes and the network are arguments, so that
 * every rule can be tried on a disk in memory, at any time of day, dying at any step.
 *
 * Paths are strings in which a byte that is not UTF-8 stands as a lone surrogate U+DC80-U+DCFF
 * (Python's "surrogateescape", PEP 383): any name a disk can hold survives JSON, and Hermes reads it back.
 */
export interface System {
	readonly disk: Disk;
	readonly sqlite: Sqlite;
	readonly clock: Clock;
	readonly processes: Processes;
	readonly programs: Programs;
	readonly network: Network;
}

export interface Clock {
	now(): Date;
	/** Milliseconds from an arbitrary start; never goes back. */
	monotonic(): number;
	sleep(milliseconds: number): Promise<void>;
}

export type FileKind = "file" | "directory" | "link" | "special";

export interface FileStat {
	readonly kind: FileKind;
	/** For `special`: "FIFO", "socket" or "device". */
	readonly what: string;
	/** Bytes. */
	readonly size: number;
	/** Permission bits, 0o7777. */
	readonly mode: number;
	/** Milliseconds since 1970, to the microsecond. */
	readonly mtime: number;
	readonly uid: number;
	readonly gid: number;
	/**
	 * Changes whenever the content may have changed: inode, size and mtime in nanoseconds. Not ctime: readers move it. Of a file
	 * that was written to within the last clock tick no two are the same. */
	readonly signature: string;
	/** It was not written to within the last seconds: days later, another write shows in its time. */
	readonly isSettled: boolean;
	/**
	 * To be compared days later: the signature with ctime, which nobody can set back. Undefined when it was written to or
	 * changed within the last seconds, so that another change may not show (the "racily clean" files of git's index).
	 */
	readonly look: string | undefined;
	readonly inode: string;
	/** How many names a file has: more than one after `ln` or `cp -l`. */
	readonly links: number;
	/** The filesystem it lies on: nothing can be renamed from one to another. */
	readonly device: string;
}

/** What a quick look tells: see `Disk.glance`. */
export interface Glimpse
	extends Pick<FileStat, "kind" | "size" | "uid" | "gid" | "links" | "inode"> {
	/** Milliseconds since 1970, rounded another way than in `FileStat`: to be compared with that of another glance only. */
	readonly mtime: number;
	/** As `mtime`: when anything of it last changed, its name included. Nobody can set it. */
	readonly ctime: number;
}

/** Every call is synchronous (a loop of them is the fastest way through 5,000 files) and throws Node's errors. */
export interface Disk {
	/** Does not follow a link. Undefined when there is nothing. */
	stat(path: string): FileStat | undefined;
	/** As `stat`, in half the time: for files of our own, of which there are thousands. */
	glance(path: string): Glimpse | undefined;
	/** No call takes this path, or one of its names, for its length, whether or not something is there. */
	isTooLong(path: string): boolean;
	/** Names, sorted. */
	names(directory: string): string[];
	/** Names of the directories in it, sorted; links are none. */
	directories(directory: string): string[];
	readLink(path: string): string;
	realPath(path: string): string;
	/** `read` never follows a link and never waits for a FIFO; `create` fails when the file exists. */
	open(
		path: string,
		how: "read" | "create" | "directory",
		mode?: number,
	): number;
	statOpen(file: number): FileStat;
	/** Where an open file really lies, all links resolved; undefined where the system does not tell. */
	pathOf(file: number): string | undefined;
	/** Bytes read; 0 at the end. @param place in bytes; without it, where the last one ended */
	read(file: number, into: Uint8Array, place?: number): number;
	/** Bytes written, which may be fewer than asked for. */
	write(file: number, from: Uint8Array): number;
	/** Writes over bytes of a file that is there. */
	overwrite(path: string, at: number, bytes: Uint8Array): void;
	sync(file: number): void;
	/**
	 * Makes all that was written to the filesystem of a directory survive a power cut, at once. False: that cannot be had,
	 * or did not come to a good end, and nothing is known: each file has to be synced then.
	 */
	syncAll(directory: string): boolean;
	/** Makes a new file that shares the blocks of an open one until either is written to. False: a copy has to be made. */
	clone(file: number, to: string, mode: number): boolean;
	/** Has the kernel begin to write out what was written there: a later sync finds less to do. Promises nothing. */
	startWritingOut(directory: string): void;
	close(file: number): void;
	makeDirectory(path: string, mode: number): void;
	rename(from: string, to: string): void;
	unlink(path: string): void;
	removeDirectory(path: string): void;
	/** Removes a whole tree, following no link; nothing there is fine. */
	removeTree(path: string): void;
	link(target: string, path: string): void;
	/** A second name for a file. Unlike a rename it fails when something is there. */
	hardLink(from: string, to: string): void;
	setMode(path: string, mode: number): void;
	/** Sets the time of a file or directory, to the microsecond. */
	setTime(path: string, mtime: number): void;
	/** Does not follow a link. */
	setOwner(path: string, uid: number, gid: number): void;
	/** This user may read it, by its mode. */
	mayRead(path: string): boolean;
	/** This user may write to it, by its mode. */
	mayWrite(path: string): boolean;
	/** This user may make, replace and remove what is in this directory, by its mode. */
	mayChangeIn(directory: string): boolean;
	/** Nobody may change it, whatever its mode: it is immutable, or its disk read-only. */
	isFixed(path: string): boolean;
	/**
	 * The kernel lets nobody move, replace or remove it: it, or its directory, is append-only or immutable.
	 * Asked by a move that cannot be done, whatever it is by then: onto a directory on the same disk that is not empty and
	 * not above it. False where the system does not tell.
	 */
	isKept(path: string, fullDirectory: string): boolean;
	/** Bytes free for this user; undefined where the system does not say. */
	freeBytes(path: string): number | undefined;
}

export interface Processes {
	/** This process. */
	readonly pid: number;
	/** Whose files it may set modes and times of; undefined where nobody asks. */
	readonly userId: number | undefined;
	/** True when this process may give files to another owner. */
	readonly canSetOwner: boolean;
	readonly toolVersion: string;
	/** As it calls itself in a network. */
	readonly machineName: string;
	/**
	 * Another one on every machine, the same after every start, derived from the system's own, which is not to be handed out
	 * (machine-id(5)); undefined where it has none. Machines made of one image may share it.
	 */
	readonly machineId: string | undefined;
	/** Another one after every start of the machine; undefined where the system does not tell. */
	readonly boot: string | undefined;
	/** Where other filesystems, or other parts of this one, are mounted; none where the system does not tell. */
	mountPoints(): string[];
	/**
	 * The other processes that hold these files open, deleted files included, by path.
	 * Undefined where the system does not tell, which is not the same as "nobody".
	 */
	holders(
		paths: readonly string[],
	): ReadonlyMap<string, readonly Holder[]> | undefined;
	/** The files below these directories (links resolved) that other processes hold open, deleted ones included; as `holders`. */
	openBelow(directories: readonly string[]): readonly string[] | undefined;
}

export interface Holder {
	readonly pid: number;
	/** The program's name, without its arguments: those may hold secrets. */
	readonly command: string;
	/** What it has open was deleted or renamed over: what it writes is lost. */
	readonly isGone: boolean;
}

/** How much time is left, and whether the person wants it ended. */
export interface Patience {
	readonly signal: AbortSignal;
	/** On `Clock.monotonic`; undefined = no limit. */
	readonly deadline: number | undefined;
	/** Undefined: nobody wants to know how far it is. */
	readonly progress?: Progress | undefined;
}
