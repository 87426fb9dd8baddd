import type { Entry } from "../capture/entry.ts";
import type { Missed } from "../manifest/manifest.ts";
import type { Parts } from "../parts/parts.ts";
import type { PageSource } from "./sqlite-file.ts";

/** One of the two states that are compared: a snapshot, or the home as it is now. */
export interface Side {
	/** By path. */
	readonly items: ReadonlyMap<string, Item>;
	/** There, and could not be read. */
	readonly missed: readonly Missed[];
	/** Of one that it does not have it is known that it was not there. */
	wasAbsent(path: string): boolean;
	/** Of one that somebody has been at since it was captured: why it is not what was captured. */
	whyDamaged?(item: Item): Promise<Unseen | undefined>;
	/** Hex, SHA-256 of a plain file. @throws Unseen */
	hashOf(item: Item): Promise<string>;
	/** Of a plain file; undefined: it has more bytes than this. @throws Unseen */
	contentOf(item: Item, limit: number): Promise<Buffer | undefined>;
	/** @throws Unseen */
	openDatabase(item: Item, isCopied: boolean): Promise<OpenDatabase>;
}

/** It cannot be compared: a sentence in which it is "it". */
export class Unseen extends Error {
	readonly why: string;

	constructor(why: string, cause?: unknown) {
		super(why, { cause });
		this.why = why;
	}
}

/** As an entry of a manifest, as far as it is known without reading it. */
export interface Item {
	readonly path: string;
	readonly kind: Entry["kind"];
	/** Bytes; of a live database those of its file. */
	readonly size: number;
	readonly mode: number | undefined;
	/** Of a link. */
	readonly target: string | undefined;
	/** Two with the same say the same. */
	readonly known: string | undefined;
	/** Of a database that is kept in parts. */
	readonly parts: Parts | undefined;
}

export function directoryAt(path: string): Item {
	const nothing = { mode: undefined, target: undefined, known: undefined };
	return { path, kind: "directory", size: 0, ...nothing, parts: undefined };
}

export interface OpenDatabase {
	readonly source: PageSource;
	/** Of a piece of its content, so many bytes from this offset on: what the other side has is the same. */
	readonly isAsIn?: (offset: number, length: number) => boolean;
	/** All was read. @throws Unseen when it is not what it should be: of these pieces it was found that they differ */
	confirm(differing: readonly number[] | undefined): Promise<void>;
	close(): void;
}
