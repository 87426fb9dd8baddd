const MAGIC = Buffer.from("SQLite format 3\0");

/** The first 100 bytes of a SQLite database (sqlite.org/fileformat2.html#the_database_header). */
export class DatabaseHeader {
	readonly #bytes: Buffer;

	constructor(bytes: Buffer) {
		this.#bytes = bytes;
	}

	get isSqlite(): boolean {
		return this.#bytes.subarray(0, MAGIC.length).equals(MAGIC);
	}

	get isZeros(): boolean {
		return this.#bytes.every((byte) => byte === 0);
	}

	/** What a connection finds it in: "wal" when both file format versions are 2. */
	get journalMode(): "wal" | "delete" {
		return this.#bytes[18] === 2 && this.#bytes[19] === 2 ? "wal" : "delete";
	}

	/** Bytes a page; 1 stands for 65,536. */
	get pageSize(): number {
		const size = this.#bytes.length >= 18 ? this.#bytes.readUInt16BE(16) : 0;
		return size === 1 ? 65_536 : size;
	}
}

/** Where a database says in which journal mode it is, and what it says there. */
export const JOURNAL_MODE_AT = 18;
export function journalModeBytes(mode: string): Uint8Array {
	return new Uint8Array(2).fill(mode === "wal" ? 2 : 1);
}

/**
 * Makes the first page of a database that has a write-ahead log say that it has none: then its pages are a database in one file,
 * in journal mode "delete".
 */
export function asSingleFile(firstPage: Uint8Array): void {
	firstPage.fill(1, 18, 20);
}
