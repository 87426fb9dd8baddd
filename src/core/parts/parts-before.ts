import type { Disk, StoredPiece } from "../../system/system.ts";
import { type Base, isOfBase } from "../capture/base.ts";
import type { FileEntry } from "../capture/entry.ts";
import { reading, Unreadable } from "../files/copy.ts";
import { readFully } from "../files/durable.ts";
import type { PartTags } from "./part-tags.ts";
import { partLength, partName } from "./parts.ts";
import { isUntouched } from "./stored-file.ts";

/** The same file in the snapshot before, where it is kept in parts of the same size. */
export class PartsBefore {
	readonly #disk: Disk;
	readonly #base: Base;
	readonly #entry: FileEntry;
	readonly #partSize: number;
	readonly #hashes: readonly string[];
	/** For the content of one. */
	#room: Buffer | undefined;

	private constructor(
		disk: Disk,
		base: Base,
		entry: FileEntry,
		partSize: number,
	) {
		this.#disk = disk;
		this.#base = base;
		this.#entry = entry;
		this.#partSize = partSize;
		this.#hashes = entry.parts?.sha256 ?? [];
	}

	/** Undefined: there is none. */
	static of(
		disk: Disk,
		base: Base | undefined,
		entry: FileEntry | undefined,
		partSize: number,
	): PartsBefore | undefined {
		if (base === undefined || entry === undefined) return undefined;
		if (entry.parts?.size !== partSize || !isOfBase(disk, base, entry))
			return undefined;
		return new PartsBefore(disk, base, entry, partSize);
	}

	/** Undefined: it has no such part. */
	hash(index: number): string | undefined {
		return this.#hashes[index];
	}

	pathOf(index: number): string {
		return `${this.#base.folder}/${this.#entry.path}/${partName(index)}`;
	}

	/**
	 * What is to be in that place now is what its hash says, as somebody knows. True: it may be shared.
	 * @param bytes undefined: they were not read
	 */
	isAsItWas(index: number, length: number, bytes?: Uint8Array): boolean {
		if (this.#base.isFresh) return this.#isUntouched(index, length);
		if (bytes === undefined) return false;
		// What has rotted there may be in the original by now, by the hand of a person who put it back.
		const before = this.read(index, length);
		return before !== undefined && Buffer.compare(before, bytes) === 0;
	}

	/** It is of the length that the next one has, and nobody has written to it. */
	#isUntouched(index: number, length: number): boolean {
		if (length !== partLength(this.#entry.size, this.#partSize, index))
			return false;
		const stat = this.#disk.glance(this.pathOf(index));
		return isUntouched(stat, length, this.#base.sealed);
	}

	/**
	 * Those that may be taken over unread and have a tag, as pieces of the file.
	 * @param bytes of the file now
	 */
	*pieces(bytes: number, tags: PartTags | undefined): Generator<StoredPiece> {
		if (!this.#base.isFresh) return;
		for (const [index, sha256] of this.#hashes.entries()) {
			const offset = index * this.#partSize;
			const length = partLength(bytes, this.#partSize, index);
			const isOfLength =
				length === partLength(this.#entry.size, this.#partSize, index);
			const tag = tags?.get(sha256);
			if (tag && isOfLength) yield { offset, length, tag };
		}
	}

	/** Undefined: there is none, it was of another length, or cannot be read. To be used before the next is read. */
	read(index: number, length: number): Uint8Array | undefined {
		if (this.#hashes[index] === undefined) return undefined;
		this.#room ??= Buffer.allocUnsafe(this.#partSize + 1);
		try {
			return readExactly(this.#disk, this.pathOf(index), this.#room, length);
		} catch (error) {
			if (!(error instanceof Unreadable)) throw error;
			return undefined;
		}
	}
}

/** Undefined: the file is of another length. @param into one byte longer than the longest file that counts */
function readExactly(
	disk: Disk,
	path: string,
	into: Buffer,
	length: number,
): Uint8Array | undefined {
	const file = reading(() => disk.open(path, "read"));
	try {
		const wanted = into.subarray(0, length + 1);
		const filled = reading(() => readFully(disk, file, wanted));
		return filled === length ? into.subarray(0, length) : undefined;
	} finally {
		disk.close(file);
	}
}
