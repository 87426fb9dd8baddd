export type CheckResult =
	| { readonly verdict: "ok" }
	/** There was no answer in time, or none at all. */
	| { readonly verdict: "unfinished" }
	| { readonly verdict: "damaged"; readonly details: string };

export interface ExaminedDatabase {
	/** False: there was no time to look at all of it. */
	readonly isFinished: boolean;
	readonly found: readonly DatabaseFinding[];
}

export interface ExamineOptions {
	/** Ends it. */
	readonly signal?: AbortSignal | undefined;
	/** Nobody else has it, and it goes afterwards: its full-text indexes are compared with their texts whatever its size. */
	readonly isScratch?: boolean;
}

export interface DatabaseFinding {
	/**
	 * `damage`: rows are lost, or an index is wrong. `index`: a full-text index is, which can be made anew.
	 * `references`: foreign keys that lead nowhere. `unchecked`: nobody can tell. `note`: no fault, and yet to be known.
	 */
	readonly kind: "damage" | "index" | "references" | "unchecked" | "note";
	readonly what: string;
}

/** What of a database people look at. */
export interface Holdings {
	/** `PRAGMA user_version` */
	readonly userVersion: number;
	/** By name, without SQLite's own and without those in which virtual tables keep theirs. */
	readonly tables: readonly HeldTable[];
}

export interface HeldTable {
	readonly name: string;
	/** "table", "view", or of a virtual one its module: "fts5". */
	readonly kind: string;
	/** Undefined: of a view, or where they cannot be counted without a module or collation of the owner's. */
	readonly rows: number | undefined;
}

/** How much a database says, which of two of its states can be compared without their rows. */
export interface DatabaseFill {
	/** Plain ones by name, without those in which virtual tables keep theirs. */
	readonly tables: ReadonlyMap<string, TableFill>;
	/** Full-text indexes by name. */
	readonly searches: ReadonlyMap<string, SearchFill>;
	/** Foreign keys by table and columns: "messages.session_id". What nobody could tell in time is left out. */
	readonly references: ReadonlyMap<string, ReferenceFill>;
}

export interface SearchFill {
	/** The statement that made it. */
	readonly definition: string;
	/** How many texts it knows. */
	readonly rows: number;
	/** The table whose texts it finds; undefined: its owner puts them in by itself. */
	readonly of: string | undefined;
	/** A trigger puts new rows of that table in. */
	readonly isFed: boolean;
}

export interface ReferenceFill {
	readonly table: string;
	/** The table that its rows name others of. */
	readonly parent: string;
	/** Rows that name what is not there. */
	readonly lost: number;
}

export interface TableFill {
	readonly rows: number;
	readonly columns: ReadonlyMap<string, ColumnFill>;
}

export interface ColumnFill {
	/** In so many rows it says something: no NULL, no 0, no empty text, list or object. */
	readonly filled: number;
	/** Of its texts and blobs. */
	readonly bytes: number;
}

export interface ColumnSchema {
	/** It may not be empty, and nothing fills it by itself. */
	readonly required: boolean;
	/** Type, place in the primary key, whether it is generated: as SQLite says it. */
	readonly form: string;
	/** A row that does not name it gets a value. */
	readonly hasDefault: boolean;
}

/** A column, as far as it has to be known to read the rows of its table from the pages. */
export interface StoredColumn {
	readonly name: string;
	/** Its place in the primary key, from 1; 0: it is not of it. */
	readonly key: number;
	/** Another name of the rowid: what its rows say there is nothing. */
	readonly isRowid: boolean;
	/** False: it is generated when it is read. */
	readonly isStored: boolean;
	/** What was said of it besides: "TEXT NOT NULL DEFAULT 'x'". */
	readonly declared: string;
	/** What rows say that were written before it was added. */
	readonly initial: null | number | bigint | string | Uint8Array;
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
