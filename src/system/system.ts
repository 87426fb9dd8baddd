/**
 * The outside world as the core sees it: disk, clock, SQLite and processes are arguments, so that
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
	readonly inode: string;
	/** How many names a file has: more than one after `ln` or `cp -l`. */
	readonly links: number;
	/** The filesystem it lies on: nothing can be renamed from one to another. */
	readonly device: string;
}

/** Every call is synchronous (a loop of them is the fastest way through 5,000 files) and throws Node's errors. */
export interface Disk {
	/** Does not follow a link. Undefined when there is nothing. */
	stat(path: string): FileStat | undefined;
	/** Names, sorted. */
	names(directory: string): string[];
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
	/** Bytes read; 0 at the end. */
	read(file: number, into: Uint8Array): number;
	/** Bytes written, which may be fewer than asked for. */
	write(file: number, from: Uint8Array): number;
	sync(file: number): void;
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
	/** Where other filesystems, or other parts of this one, are mounted; none where the system does not tell. */
	mountPoints(): string[];
	/**
	 * The other processes that hold these files open, deleted files included, by path.
	 * Undefined where the system does not tell, which is not the same as "nobody".
	 */
	holders(
		paths: readonly string[],
	): ReadonlyMap<string, readonly Holder[]> | undefined;
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
}

export interface Sqlite {
	readonly version: string;
	/** Opens a live database read-only and begins a read transaction, so that no later commit shows. */
	pin(path: string, patience: Patience): Promise<PinnedDatabase>;
	/** Makes a database of our own a single file: no write-ahead log, no sidecars. */
	makePlain(path: string): void;
	/** Deletes all rows of these tables of a database of our own, as far as it has them. It stays a single file. */
	clear(path: string, tables: readonly string[]): void;
	/** Puts a database of our own into the journal mode it was captured in. */
	setJournalMode(path: string, mode: string): void;
	/** Looks for damage in a database of our own, until the budget (milliseconds) is used up or the signal comes. */
	check(
		path: string,
		budget: number,
		signal?: AbortSignal,
	): Promise<CheckResult>;
	/** The tables and columns of a database of our own, which must not have a write-ahead log. */
	schema(path: string): DatabaseSchema;
	/** Opens and closes a live database as its owner would: the last one to close takes its log in. Never throws SQLite's errors. */
	tidy(path: string): void;
	/** True when no other connection has this live database open, as far as its locks tell. */
	isFree(path: string): boolean;
	/**
	 * Keeps everybody from writing to a live database without a write-ahead log, while it can be read. Undefined when
	 * somebody writes now. The function that is returned lets them write again.
	 */
	reserve(path: string): (() => void) | undefined;
	/**
	 * Takes the write lock of a live database, ready to replace its whole content by that of `from`.
	 * @param patience ends the wait; without it nothing does
	 */
	beginReplace(
		from: string,
		live: string,
		waitMilliseconds: number,
		patience?: Patience,
	): Promise<Replacement>;
	/** Takes an exclusive lock that the kernel releases with the process. Undefined when somebody has it. */
	tryLock(path: string): (() => void) | undefined;
}

export interface PinnedDatabase {
	/** "wal", "delete", … */
	readonly journalMode: string;
	/** Bytes. */
	readonly size: number;
	/** Copies the pinned content to a new file. May be followed by `release`, once or more often. */
	copyTo(path: string, patience: Patience): Promise<void>;
	release(): void;
}

export type CheckResult =
	| { readonly verdict: "ok" }
	/** There was no answer in time, or none at all. */
	| { readonly verdict: "unfinished" }
	| { readonly verdict: "damaged"; readonly details: string };

export interface ColumnSchema {
	/** It may not be empty, and nothing fills it by itself. */
	readonly required: boolean;
	/** Type, place in the primary key, whether it is generated: as SQLite says it. */
	readonly form: string;
	/** A row that does not name it gets a value. */
	readonly hasDefault: boolean;
}

export interface TableSchema {
	/** Of an ordinary table. */
	readonly columns: ReadonlyMap<string, ColumnSchema>;
	/**
	 * The statement that made it, of a view or a virtual table: their columns cannot be asked for without its module.
	 * Of an ordinary table what stands behind its columns: "strict, without rowid".
	 */
	readonly definition: string;
	/** The columns of each unique index, "name, session_id": what `ON CONFLICT` needs, and what rows are refused for. */
	readonly uniqueKeys: ReadonlySet<string>;
	/** The statements that made them, by name. */
	readonly triggers: ReadonlyMap<string, string>;
}

/** What the owner of a database relies on. */
export interface DatabaseSchema {
	/** `PRAGMA user_version`, which owners count their migrations in. */
	readonly userVersion: number;
	/** "UTF-8", "UTF-16le" or "UTF-16be" */
	readonly encoding: string;
	/** Tables and views by name, SQLite's own left out. */
	readonly tables: ReadonlyMap<string, TableSchema>;
}

/** The live database's write lock is held until one of the two is called. */
export interface Replacement {
	/** Resolves when the new content is committed. */
	commit(): Promise<void>;
	abort(): Promise<void>;
}
