import type { Patience } from "./system.ts";

/** How rows of several tables belong together: one row of its own, and those that name it. */
export interface Belonging {
	/** Where each of them is one row. */
	readonly table: string;
	/** The column of it that names it. */
	readonly key: string;
	/** A column of it that names the one it goes on from. */
	readonly parent?: string;
	/** Columns of it, for people. */
	readonly title?: string;
	readonly time?: string;
	readonly parts: readonly BelongingPart[];
}

export interface BelongingPart {
	readonly table: string;
	/** Says to which one a row belongs. */
	readonly column: string;
	/** Says when it came. */
	readonly time?: string;
}

/** As SQLite has it; whole numbers are `bigint`. */
export type Value = string | number | bigint | Uint8Array | null;

/** One of them, by its own row. */
export interface Head {
	readonly key: Value;
	readonly title: Value;
	readonly time: Value;
}

/** What a copy of ours has and a live database has not; see `Sqlite.beginTransfer`. */
export interface Transfer {
	/** Those that are in the copy only, the newest first. */
	missing(belonging: Belonging): Head[];
	/** What would come of one; undefined: the copy has none of that key. */
	plan(belonging: Belonging, key: string): TransferPlan | undefined;
	/** Puts it into the live database, where nobody sees it yet. Throws SQLite's errors. */
	insert(plan: TransferPlan): void;
	/** Durable once this resolves. */
	commit(): Promise<void>;
	/** Takes back what has not been committed, and lets go of both. */
	end(): void;
}

export interface TransferRequest {
	/** A database of our own, without a write-ahead log. */
	readonly copy: string;
	readonly live: string;
	/** To write takes the live database's write lock at once. */
	readonly to: "look" | "write";
	/** How long it is waited for, in milliseconds. */
	readonly wait: number;
	readonly patience: Patience;
}

export interface TransferPlan {
	/** The one that is wanted, and behind it those that it goes on from, as far as they are missing. */
	readonly heads: readonly Head[];
	/** In the order in which they go in. */
	readonly tables: readonly TableTransfer[];
	/** Why it cannot be done, in words. */
	readonly obstacles: readonly string[];
}

export interface TableTransfer {
	readonly table: string;
	/** Of both databases. */
	readonly columns: readonly string[];
	/** The columns that tell a row of the copy from all others, … */
	readonly place: readonly string[];
	/** … and what they hold in each of those that come. */
	readonly rows: readonly (readonly Value[])[];
	/** How many are there already and say something else: they stay. */
	readonly kept: number;
	/** When the first and the last of those that come were made; null where nobody knows. */
	readonly first: Value;
	readonly last: Value;
	/** They get other numbers than they had, because those are taken. */
	readonly isRenumbered: boolean;
	/** Columns that the live database has no more, and that said something. */
	readonly dropped: readonly string[];
}
