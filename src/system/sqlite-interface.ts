import type {
	CheckResult,
	DatabaseFill,
	DatabaseSchema,
	ExaminedDatabase,
	ExamineOptions,
	Holdings,
	StoredColumn,
} from "./database-facts.ts";
import type { Patience } from "./system.ts";
import type { Transfer, TransferRequest } from "./transfer.ts";

/** SQLite as the core sees it. See `System`. */
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
	/**
	 * Searches a database of our own, which must not have a write-ahead log that anybody writes to, for all that can be
	 * wrong with it, until the budget (milliseconds) is used up or the signal comes.
	 */
	examine(
		path: string,
		budget: number,
		options?: ExamineOptions,
	): Promise<ExaminedDatabase>;
	/** The tables and columns of a database of our own, which must not have a write-ahead log. */
	schema(path: string): DatabaseSchema;
	/**
	 * How much each table, column and full-text index of a database of our own says, which must not have a write-ahead log.
	 * Every table is walked through. Undefined: it cannot be asked, being damaged.
	 */
	fill(path: string): DatabaseFill | undefined;
	/**
	 * What a database of our own holds, which must not have a write-ahead log.
	 * Undefined: it cannot be read, being damaged or sorted in a way of its owner's.
	 */
	holdings(path: string): Holdings | undefined;
	/** What statements that made tables say of their columns, without a database; undefined of one that cannot be understood. */
	columnsOf(
		statements: readonly string[],
	): (readonly StoredColumn[] | undefined)[];
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
	 * Takes the write lock of a live database, ready to replace its whole content.
	 * @param patience ends the wait; without it nothing does
	 */
	beginReplace(
		content: NewContent,
		live: string,
		waitMilliseconds: number,
		patience?: Patience,
	): Promise<Replacement>;
	/** Opens a live database and a copy of ours side by side, to bring rows from one into the other. To be ended. */
	beginTransfer(request: TransferRequest): Promise<Transfer>;
	/**
	 * Takes a lock that the kernel releases with the process. Undefined when somebody has it. Any number may share it, and
	 * nobody else has it then; to be shared it has to be there.
	 */
	tryLock(path: string, isShared?: boolean): (() => void) | undefined;
}

export interface PinnedDatabase {
	/** "wal", "delete", … */
	readonly journalMode: string;
	/** Bytes. */
	readonly size: number;
	/** Bytes. */
	readonly pageSize: number;
	/** The faster way to the same content. Undefined where it cannot be known to be right: `copyTo` always is. */
	readonly raw: RawContent | undefined;
	/** Whether any of these tables has rows; those that are not there have none. */
	hasRows(tables: readonly string[]): boolean;
	schema(): DatabaseSchema;
	/** Of each of these tables; undefined of one that cannot be asked. */
	countRows(wanted: readonly RowsWanted[]): (TableRows | undefined)[];
	/** Copies the pinned content to a new file. May be followed by `release`, once or more often. */
	copyTo(path: string, patience: Patience): Promise<void>;
	release(): void;
}

export interface RowsWanted {
	/** Of the table. */
	readonly name: string;
	/** A column, whose value in the row with the highest rowid is wanted, too. */
	readonly time?: string;
}

export interface TableRows {
	readonly count: number;
	readonly newest?: unknown;
}

/**
 * The pinned content, read from the files past SQLite. Both throw `NOT_AS_PINNED` when what was read cannot be relied on:
 * then none of it can, and the pin, which is still good, is copied by `copyTo`. No writer of SQLite's brings that about.
 */
export interface RawContent {
	/**
	 * Fills `into` with what stands from `offset` on, both multiples of the page size. Returns how many bytes it has filled: less
	 * than its length only at the end. The first page of a database with a log says so: see `asSingleFile`.
	 */
	read(offset: number, into: Uint8Array): number;
	/** To be called when all has been read, before anything is made of it. */
	confirm(): void;
	/** How far into its log the content goes, for `since`, some other day: "-" is the file alone. */
	readonly mark: string;
	/**
	 * What may differ from the content of that mark, where nobody has written to the database file itself since: asked with
	 * bytes of the content. Undefined: that mark says nothing any more.
	 */
	since(
		mark: string,
	): ((offset: number, length: number) => boolean) | undefined;
	/**
	 * Has a second thread compare pieces with what they are said to be, while the caller goes through the content himself.
	 * Undefined: it would not be worth it, or there is none to be had.
	 * @param key of their tags
	 */
	comparing(
		pieces: readonly StoredPiece[],
		key: Uint8Array,
	): Comparing | undefined;
}

/** A piece of a content, and a file of which it may be known whether it says the same. */
export interface StoredPiece {
	/** Bytes, of the content; a multiple of the page size. */
	readonly offset: number;
	readonly length: number;
	/** See `tagOf`. */
	readonly tag: string;
}

/** Goes from the last piece to the first, and so meets who comes from the first. */
export interface Comparing {
	/** Whether the piece at that offset has that hash. False: that is not known, nor will it be. */
	isSame(offset: number): boolean;
	/** Nobody asks any more. To be called before the content is let go. */
	end(): void;
}

/** A database of our own that nobody has open. */
export interface NewContent {
	/** In one file, or cut into many of the same size but for the last. */
	readonly files: readonly string[];
	/** Puts it together, if it has to be. Returns where it lies. */
	readonly whole: () => Promise<string>;
}

/** Of bytes at a place of a database. One that is cut into files is asked for pieces of one of them. */
export type IsKnown = (offset: number, length: number) => boolean;

/** The live database's write lock is held until one of the two is called. */
export interface Replacement {
	/**
	 * Resolves when the new content is committed. True: all of it has been read back.
	 * @param isKnown the database has these bytes of the new content already, which need not be looked at
	 */
	commit(isKnown?: IsKnown): Promise<boolean>;
	abort(): Promise<void>;
}
