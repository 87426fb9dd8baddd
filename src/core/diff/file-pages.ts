import { errorCode } from "../../errors.ts";
import type { Disk } from "../../system/system.ts";
import { whyUnreadable } from "../reasons.ts";
import { Unseen } from "./side.ts";
import type { PageSource } from "./sqlite-file.ts";

/** Of its files, so many at once. */
const MOST_OPEN = 128;

interface Whose {
	/** Bytes of each file but the last. */
	readonly each: number;
	/** For sentences: "in 20261121-011402". */
	readonly where: string;
}

/** A database of our own, in one file or cut into many, that nobody has open. */
export class FilePages implements PageSource {
	readonly size: number;
	readonly beginning: Buffer;
	readonly #disk: Disk;
	readonly #where: string;
	readonly #files: readonly string[];
	/** Bytes of each file but the last. */
	readonly #each: number;
	/** Descriptors by the numbers of their files, the one that was opened last at the end. */
	readonly #open = new Map<number, number>();

	private constructor(disk: Disk, files: readonly string[], of: Whose) {
		this.#disk = disk;
		this.#files = files;
		this.#where = of.where;
		this.#each = Math.max(of.each, 1);
		const last = disk.stat(files.at(-1) ?? "");
		if (last?.kind !== "file") throw new Unseen(`${of.where} it is missing`);
		this.size = this.#each * (files.length - 1) + last.size;
		this.beginning = Buffer.alloc(Math.min(100, this.size));
		this.read(0, this.beginning);
	}

	static open(disk: Disk, files: readonly string[], of: Whose): FilePages {
		return new FilePages(disk, files, of);
	}

	read(offset: number, into: Uint8Array): void {
		for (let got = 0; got < into.length; ) {
			const index = Math.min(
				Math.floor((offset + got) / this.#each),
				this.#files.length - 1,
			);
			const place = offset + got - index * this.#each;
			const isLast = index === this.#files.length - 1;
			const here = isLast
				? into.length - got
				: Math.min(into.length - got, this.#each - place);
			const some = this.#disk.read(
				this.#fileOf(index),
				into.subarray(got, got + here),
				place,
			);
			if (some === 0)
				throw new Unseen(`${this.#where} it is shorter than it was`);
			got += some;
		}
	}

	close(): void {
		for (const file of this.#open.values()) this.#disk.close(file);
		this.#open.clear();
	}

	/** Pages of one table lie in many parts. */
	#fileOf(index: number): number {
		const known = this.#open.get(index);
		if (known !== undefined) return known;
		const path = this.#files[index] ?? "";
		if (this.#disk.stat(path)?.kind !== "file")
			throw new Unseen(`${this.#where} it, or a part of it, is missing`);
		for (const [oldest, file] of this.#open) {
			if (this.#open.size < MOST_OPEN) break;
			this.#disk.close(file);
			this.#open.delete(oldest);
		}
		const file = this.#opened(path);
		this.#open.set(index, file);
		return file;
	}

	#opened(path: string): number {
		try {
			return this.#disk.open(path, "read");
		} catch (error) {
			if (errorCode(error) === undefined) throw error;
			throw new Unseen(
				`${this.#where} it cannot be read: ${whyUnreadable(error)}`,
				error,
			);
		}
	}
}
