import fs from "node:fs";
import { setImmediate as turn } from "node:timers/promises";
import type { RawContent } from "./sqlite-interface.ts";

/** Bytes compared at once: a multiple of every page size. */
const AT_ONCE = 1024 * 1024;
/** After so many of these others have their turn. */
const A_TURN = 16;

/** A database of our own in one file, page by page. Of SQLite's locks it knows nothing: no connection has it open. */
export class Pages {
	readonly #file: number;
	readonly #size: number;
	readonly pageSize: number;

	constructor(path: string, pageSize: number) {
		this.#file = fs.openSync(path, "r");
		this.#size = fs.fstatSync(this.#file).size;
		this.pageSize = pageSize;
	}

	get count(): number {
		return this.#size / this.pageSize;
	}

	/** With its header. */
	get first(): Buffer {
		const page = Buffer.alloc(this.pageSize);
		this.#read(0, page);
		return page;
	}

	/** It has pages of the size that was given, and only whole ones. */
	get isOfThatSize(): boolean {
		const said = this.first.readUInt16BE(16);
		const size = said === 1 ? 65_536 : said;
		return size === this.pageSize && this.#size % size === 0 && this.#size > 0;
	}

	/** @param use gets each page but the first that is not in the other at the same place; its bytes last until it returns */
	async compare(
		other: Pick<RawContent, "read"> | "nothing",
		use: (page: number, content: Uint8Array) => void,
	): Promise<void> {
		const [ours, theirs] = [Buffer.alloc(AT_ONCE), Buffer.alloc(AT_ONCE)];
		for (let offset = 0, turns = 0; offset < this.#size; offset += AT_ONCE) {
			if (++turns % A_TURN === 0) await turn();
			const here = ours.subarray(0, this.#read(offset, ours));
			const got = other === "nothing" ? 0 : other.read(offset, theirs);
			const there = theirs.subarray(0, got);
			if (here.equals(there)) continue;
			for (let at = 0; at < here.length; at += this.pageSize) {
				const page = here.subarray(at, at + this.pageSize);
				const number = (offset + at) / this.pageSize + 1;
				const isSame = page.equals(there.subarray(at, at + this.pageSize));
				if (number > 1 && !isSame) use(number, page);
			}
		}
	}

	close(): void {
		fs.closeSync(this.#file);
	}

	/** @throws EIO when the file has become shorter */
	#read(offset: number, into: Buffer): number {
		const wanted = Math.min(into.length, this.#size - offset);
		for (let got = 0; got < wanted; ) {
			const some = fs.readSync(
				this.#file,
				into,
				got,
				wanted - got,
				offset + got,
			);
			if (some === 0)
				throw Object.assign(new Error("became shorter"), { code: "EIO" });
			got += some;
		}
		return wanted;
	}
}
