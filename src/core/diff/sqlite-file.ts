import { DatabaseHeader } from "../files/database-header.ts";
import { Malformed } from "./sqlite-record.ts";

/** Where the bytes of a database are. */
export interface PageSource {
	/** Bytes. */
	readonly size: number;
	/** Its first 100 bytes, or all that there is. */
	readonly beginning: Buffer;
	/** Fills it with what stands from `offset` on, both multiples of the page size. @throws when there is less */
	read(offset: number, into: Uint8Array): void;
}

export type Encoding = "utf8" | "utf16le" | "utf16be";

const HEADER = 100;
const ENCODINGS: readonly Encoding[] = ["utf8", "utf8", "utf16le", "utf16be"];
/** SQLite keeps its locks there: sqlite.org/fileformat2.html#the_lock_byte_page. */
const LOCKS_AT = 0x4000_0000;

/** A database, page by page. */
export class SqliteFile {
	readonly pageSize: number;
	/** Of a page, what is used. */
	readonly usable: number;
	/** How many. */
	readonly pages: number;
	readonly encoding: Encoding;
	readonly source: PageSource;
	readonly #first: Buffer;

	/** @throws Malformed */
	constructor(source: PageSource) {
		this.source = source;
		const beginning = source.beginning;
		const header = new DatabaseHeader(beginning);
		const isEmpty = source.size === 0;
		if (!isEmpty && (!header.isSqlite || beginning.length < HEADER))
			throw new Malformed("it is no SQLite database");
		this.pageSize = isEmpty ? 4096 : header.pageSize;
		this.usable = this.pageSize - (beginning[20] ?? 0);
		if (!isPageSize(this.pageSize) || this.usable < 480)
			throw new Malformed("its pages have a size that there is not");
		this.pages = Math.floor(source.size / this.pageSize);
		if (!isEmpty && this.pages === 0)
			throw new Malformed("it ends within its first page");
		this.#first = isEmpty ? beginning : this.#read(1);
		const encoding = isEmpty ? "utf8" : ENCODINGS[this.#first.readUInt32BE(56)];
		if (encoding === undefined)
			throw new Malformed("its texts have an encoding that there is not");
		this.encoding = encoding;
	}

	/** @throws Malformed when there is none of that number, from 1 */
	page(number: number): Buffer {
		if (!this.has(number)) throw new Malformed(`it has no page ${number}`);
		return number === 1 ? this.#first : this.#read(number);
	}

	has(number: number): boolean {
		return Number.isInteger(number) && number > 0 && number <= this.pages;
	}

	/** The number of the first page of the list of those that are free; 0: there is none. */
	get firstFree(): number {
		return this.pages === 0 ? 0 : this.#first.readUInt32BE(32);
	}

	/** Pages that are neither of a table or index nor free: locks, and where others come from (auto-vacuum). */
	isBookkeeping(number: number): boolean {
		if (number === Math.floor(LOCKS_AT / this.pageSize) + 1) return true;
		if (this.pages === 0 || this.#first.readUInt32BE(52) === 0) return false;
		const each = Math.floor(this.usable / 5) + 1;
		return (number - 2) % each === 0;
	}

	#read(number: number): Buffer {
		const page = Buffer.allocUnsafe(this.pageSize);
		this.source.read((number - 1) * this.pageSize, page);
		return page;
	}
}

function isPageSize(size: number): boolean {
	return size >= 512 && size <= 65_536 && Number.isInteger(Math.log2(size));
}
