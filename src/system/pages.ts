import fs from "node:fs";
import { setImmediate as turn } from "node:timers/promises";
import type { IsKnown, RawContent } from "./sqlite-interface.ts";

/** Bytes compared at once: a multiple of every page size. */
const AT_ONCE = 1024 * 1024;
/** After so many of these others have their turn. */
const A_TURN = 16;

/** A database of our own, in one file or cut into many, page by page. No connection has any of them open. */
export class Pages {
	readonly #files: readonly string[];
	readonly #size: number;
	/** Bytes of each file but the last. */
	readonly #each: number;
	readonly pageSize: number;
	#open: { readonly index: number; readonly descriptor: number } | undefined;

	constructor(files: readonly string[], pageSize: number) {
		this.#files = files;
		this.pageSize = pageSize;
		this.#each = sizeOf(files.at(0));
		this.#size = this.#each * (files.length - 1) + sizeOf(files.at(-1));
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
		return size === this.pageSize && this.#size % size === 0;
	}

	/**
	 * @param use gets each page but the first that is not in the other at the same place; its bytes last until it returns
	 * @param isKnown these bytes are, and are not read
	 * @param tell of the bytes that are done
	 */
	async compare(
		other: Pick<RawContent, "read"> | "nothing",
		use: (page: number, content: Uint8Array) => void,
		isKnown: IsKnown = () => false,
		tell: (bytes: number) => void = () => {},
	): Promise<void> {
		const step = this.#step;
		const [ours, theirs] = [Buffer.alloc(step), Buffer.alloc(step)];
		for (let offset = 0, turns = 0; offset < this.#size; offset += step) {
			if (++turns % A_TURN === 0) await turn();
			const length = Math.min(step, this.#size - offset);
			tell(length);
			if (isKnown(offset, length)) continue;
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
		if (this.#open) fs.closeSync(this.#open.descriptor);
		this.#open = undefined;
	}

	/** Bytes that are compared at once: of one file only, where they can be, so that nothing of one that is known is read. */
	get #step(): number {
		const each = this.#each;
		return AT_ONCE % each === 0 && each % this.pageSize === 0 ? each : AT_ONCE;
	}

	/** @throws EIO when a file has become shorter */
	#read(offset: number, into: Buffer): number {
		const wanted = Math.min(into.length, this.#size - offset);
		for (let got = 0; got < wanted; ) {
			const index = Math.floor((offset + got) / this.#each);
			const place = offset + got - index * this.#each;
			const here = Math.min(wanted - got, this.#each - place);
			const file = this.#descriptorOf(index);
			const some = fs.readSync(file, into, got, here, place);
			if (some === 0)
				throw Object.assign(new Error("became shorter"), { code: "EIO" });
			got += some;
		}
		return wanted;
	}

	#descriptorOf(index: number): number {
		if (this.#open?.index === index) return this.#open.descriptor;
		this.close();
		const { O_RDONLY, O_NOFOLLOW } = fs.constants;
		const path = this.#files[index] ?? "";
		const descriptor = fs.openSync(path, O_RDONLY | O_NOFOLLOW);
		this.#open = { index, descriptor };
		return descriptor;
	}
}

function sizeOf(path = ""): number {
	return fs.lstatSync(path).size;
}
