import type { Disk } from "../../system/system.ts";
import { Unseen } from "./side.ts";
import type { PageSource } from "./sqlite-file.ts";

/** A database of our own, in one file or cut into many, that nobody has open. */
export class FilePages implements PageSource {
	readonly size: number;
	readonly beginning: Buffer;
	readonly #disk: Disk;
	readonly #files: readonly string[];
	/** Bytes of each file but the last. */
	readonly #each: number;
	#open: { readonly index: number; readonly file: number } | undefined;

	private constructor(disk: Disk, files: readonly string[], each: number) {
		this.#disk = disk;
		this.#files = files;
		this.#each = Math.max(each, 1);
		const last = disk.stat(files.at(-1) ?? "");
		if (last?.kind !== "file") throw new Unseen("is missing");
		this.size = this.#each * (files.length - 1) + last.size;
		this.beginning = Buffer.alloc(Math.min(100, this.size));
		this.read(0, this.beginning);
	}

	/** @param each bytes of each file but the last */
	static open(disk: Disk, files: readonly string[], each: number): FilePages {
		return new FilePages(disk, files, each);
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
			if (some === 0) throw new Unseen("is shorter than it was");
			got += some;
		}
	}

	close(): void {
		if (this.#open) this.#disk.close(this.#open.file);
		this.#open = undefined;
	}

	#fileOf(index: number): number {
		if (this.#open?.index === index) return this.#open.file;
		this.close();
		const path = this.#files[index] ?? "";
		if (this.#disk.stat(path)?.kind !== "file")
			throw new Unseen("is missing, or a part of it is");
		const file = this.#disk.open(path, "read");
		this.#open = { index, file };
		return file;
	}
}
