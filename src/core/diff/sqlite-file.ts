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
/** Bytes that are read at once where pages follow each other: a multiple of every page size. */
const AHEAD = 128 * 1024;
/** Between them there may be some of another tree. */
const NEAR = 8;
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
	/** What was read last, from that page on. */
	#block: Buffer = Buffer.alloc(0);
	#from = 0;
	/** The page that was asked for last. */
	#last = 0;

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

	/** What its header says that is no content, by the names of SQLite's pragmas; of an empty one nothing. */
	get settings(): ReadonlyMap<string, string> {
		if (this.pages === 0) return new Map();
		const at = (offset: number) => this.#first.readInt32BE(offset);
		const vacuum =
			at(52) === 0 ? "none" : at(64) === 0 ? "full" : "incremental";
		return new Map([
			["user_version", String(at(60))],
			["application_id", String(at(68))],
			["encoding", this.encoding],
			["page_size", String(this.pageSize)],
			["auto_vacuum", vacuum],
		]);
	}

	/** Pages that are neither of a table or index nor free: locks, and where others come from (auto-vacuum). */
	isBookkeeping(number: number): boolean {
		if (number === Math.floor(LOCKS_AT / this.pageSize) + 1) return true;
		if (this.pages === 0 || this.#first.readUInt32BE(52) === 0) return false;
		const each = Math.floor(this.usable / 5) + 1;
		return (number - 2) % each === 0;
	}

	/** The leaves of a tree lie behind each other, mostly: where one follows the last, those behind it are read with it. */
	#read(number: number): Buffer {
		const { pageSize } = this;
		const known = number - this.#from;
		const isNear = number > this.#last && number <= this.#last + NEAR;
		this.#last = number;
		if (known < 0 || (known + 1) * pageSize > this.#block.length) {
			const wanted = isNear ? Math.max(1, AHEAD / pageSize) : 1;
			const pages = Math.min(wanted, this.pages - number + 1);
			// A new one: what was taken from the last is still in use.
			this.#block = Buffer.allocUnsafeSlow(pages * pageSize);
			this.#from = number;
			this.source.read((number - 1) * pageSize, this.#block);
		}
		const at = (number - this.#from) * pageSize;
		return this.#block.subarray(at, at + pageSize);
	}
}

function isPageSize(size: number): boolean {
	return size >= 512 && size <= 65_536 && Number.isInteger(Math.log2(size));
}
