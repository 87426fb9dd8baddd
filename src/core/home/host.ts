import type { Belonging } from "../../system/system.ts";
import type { Installation } from "./installation.ts";

/** What the core knows of an agent: data only, one `hosts/<name>/host.ts` each. */
export interface Host {
	/** As in `--host NAME` and in manifests. */
	readonly name: string;
	/** As people write it. */
	readonly title: string;
	/** Its home, in which its snapshots are kept. */
	readonly home: Root;
	/** Other directories that hold some of its state, by the names that `StateItem.root` uses. */
	readonly roots?: Readonly<Record<string, OtherRoot>>;
	/** Variables that move some of it to where nothing is looked for, and what they move: "its database". */
	readonly movedBy?: Readonly<Record<string, string>>;
	/** What a snapshot takes. */
	readonly critical: readonly StateItem[];
	/** Directories that are homes of their own inside this one ("profiles/*"): the same items are taken there. */
	readonly nestedHomes: readonly string[];
	/** Never taken, wherever it lies: patterns as in `StateItem.path`. */
	readonly except: readonly string[];
	/** How its processes are called, which tells that it is running. */
	readonly processes: readonly string[];
	/**
	 * What can be had again, such as caches and logs: patterns below each of its directories. All else in those is the full set:
	 * what is critical, the history, and what nobody has named, where `doctor` looks for what should have been critical.
	 */
	readonly rebuildable: readonly string[];
	/** What belongs to the full set only: a person's, but it can be gigabytes, and nothing stops working without it. */
	readonly history: readonly HistoryItem[];
	/**
	 * Of `critical`, what other software's directories hold under the same name: by these alone no archive is known to be this
	 * agent's.
	 */
	readonly common: readonly string[];
	/** Directories of other programs, right in the user's own home, that hold what is the agent's: only a full archive takes them. */
	readonly external?: readonly string[];
	/** How people type our command in its chat, where that is not `/snapshot`. */
	readonly typedAs?: string;
	/** How the commands are called in a terminal, if not `agent-snapshot`: by a command of the agent's own. */
	readonly terminal?: string;
	/**
	 * Patterns of what comes and goes by itself, or what an update takes over into another place: that such a file or database is
	 * gone or empty afterwards is no fault.
	 */
	readonly passing?: readonly string[];
	/** Of what passes, what may only be emptied once its database knows as many of them. */
	readonly imported?: readonly Imported[];
	/** What people would miss. How much of it there is stands in every manifest, and is told before and after all that may change it. */
	readonly counted?: readonly Counted[];
	/** What can be put back one by one, into a database that has gone on since. */
	readonly conversations?: readonly Conversations[];
	/** What a person has to do after a restore. */
	readonly afterRestore: string;
	/** And on a machine where it never was. */
	readonly afterImport?: readonly string[];
	readonly installation: Installation;
}

/** A file of JSON whose entries an update takes over. */
export interface Imported {
	/** A pattern below the home. */
	readonly path: string;
	/** The database: a pattern with the same names for "*". */
	readonly into: string;
	/** As these are counted there. */
	readonly what: string;
}

export interface Root {
	/** The environment variable that moves it. */
	readonly variable: string;
	/** Where it is otherwise, below the user's own home directory; "" is that itself. */
	readonly place: string;
	/** Its place below what the variable names, and below `place`. */
	readonly below?: string;
}

/** Without a place it is the home itself, unless its variable says otherwise. */
export type OtherRoot = Omit<Root, "place"> & Partial<Pick<Root, "place">>;

export interface StateItem {
	/** The directory that it lies in, if that is not the home. */
	readonly root?: string;
	/** Below the home, "/" between names; "*" stands for anything within a name. A directory is taken with all below it. */
	readonly path: string;
	/** A configuration in JSON or JSON5 that names others under this key: they are taken, too. */
	readonly includes?: string;
	/** A SQLite database by right: when its header says otherwise it is damaged. Others are recognised by their header. */
	readonly database?: true;
	/** The agent does not start on a database of a newer `user_version` than its own: one is not put back. */
	readonly refusesNewer?: true;
	/**
	 * Tables of a database that are saved without rows: leases and locks of processes at work. Stale the moment they are saved,
	 * they would keep the process that they are put back under from taking its own.
	 */
	readonly cleared?: readonly string[];
	/**
	 * Tables of a database with what waits to be sent: a snapshot has none of their rows, because a restore would have them
	 * sent a second time. What an undo goes back to, a moment ago, has them.
	 */
	readonly unsent?: readonly string[];
	/** Its content must never be shown. */
	readonly secret?: true;
	/**
	 * `if-missing-or-broken`: refresh tokens are single-use, and putting an old one back makes the provider revoke
	 * the whole login (hermes-agent #15099). `never`: state of running processes, stale the moment it is saved.
	 */
	readonly putBack?: "if-missing-or-broken" | "never";
	/** It is the key of this file beside it: one does not change without the other. */
	readonly opens?: string;
	/** Of a configuration, what a person has chosen in it: no update may change that. */
	readonly chosen?: readonly Chosen[];
}

export interface Chosen {
	/** "model" */
	readonly what: string;
	/** The keys that lead to it; of several places the first where a text, a number or the like stands. */
	readonly at: readonly (readonly string[])[];
}

/** Rows of a table, or entries of a list or an object in a file of JSON. */
export interface Counted {
	/** One of them, of which more have an "s": "message". Several places may hold the same, and are added up. */
	readonly what: string;
	/** As in `StateItem`. */
	readonly root?: string;
	/** The database or file, as in `StateItem`: in the home and in nested ones. */
	readonly path: string;
	readonly table?: {
		readonly name: string;
		/** A column that says when a row came, in seconds or milliseconds since 1970, or as a text. The newest has the highest rowid. */
		readonly time?: string;
		/** What it is a part of, and the column that says of which: "18 messages in 2 sessions". */
		readonly within?: { readonly what: string; readonly column: string };
	};
	/** A column, or a key of an entry, by which a person knows one of them. */
	readonly title?: string;
	/** The star of its path says what it is of, which is all that is told of one: "telegram:…". */
	readonly from?: "path";
	/** Of a file of JSON, the keys that lead there; none is its top. */
	readonly at?: readonly string[];
	/** None of it goes by itself: less of it after an update is a fault of the update. */
	readonly stays?: true;
}

/** Conversations that are kept in a database. */
export interface Conversations {
	/** One of them, of which more have an "s": "session". */
	readonly what: string;
	/** The database, as in `StateItem`: in the home and in nested ones. */
	readonly path: string;
	/** What one is made of. Leases, and what waits to be sent, are no part of it: they would do harm. */
	readonly rows: Belonging;
	/** What the rows of some of its tables are, of which more have an "s", too: "message". */
	readonly called: Readonly<Record<string, string>>;
}

export interface HistoryItem {
	/** As in `StateItem`; what an item of that speaks of within it is critical all the same. */
	readonly root?: string;
	readonly path: string;
	/** What it is, for people: "chats". */
	readonly what: string;
	/** It is made of databases, none of which is worth a word of its own. Any other that lies in it is named by `doctor`. */
	readonly ownDatabases?: true;
}

export type PutBack = "always" | "if-missing-or-broken" | "never";
