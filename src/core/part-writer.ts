import type { Disk, StoredPiece } from "../system/system.ts";
import { type Base, isOfBase } from "./base.ts";
import { sha256Aside, sha256Of } from "./content-hash.ts";
import { reading, Unreadable } from "./copy.ts";
import { makeDirectories, readFully, writeNew } from "./durable.ts";
import type { FileEntry } from "./entry.ts";
import type { PartTags } from "./part-tags.ts";
import { type Parts, partLength, partName, partSizeFor } from "./parts.ts";
import { giveSecondName } from "./second-name.ts";
import { isUntouched } from "./stored-file.ts";

export interface PartsOptions {
	/** The folder of the parts, which must not be there. */
	readonly to: string;
	/** Of the whole file. */
	readonly bytes: number;
	/** The snapshot before, and the file there if it is kept in parts. */
	readonly base: Base | undefined;
	readonly before: FileEntry | undefined;
	/** Called before so many bytes are written; throws when the disk would become too full. */
	readonly beforeWrite: (bytes: number) => void;
	readonly pause: () => void;
	/** By which parts are told where they are known; else by their hashes. */
	readonly tags?: PartTags | undefined;
	/** Other processors hash what is written: `parts` is known when `hashed` has been waited for. */
	readonly isHashedAside?: boolean;
}

/** Written out while the next ones are read, in bytes. */
const BATCH = 64 * 1024 * 1024;

/** So much may wait to be hashed, of which there is a copy in memory: in bytes. */
const PENDING = 8 * 1024 * 1024;

/** Until so much is written it takes longer to begin to hash aside than to hash: in bytes. */
const ASIDE_FROM = 16 * 1024 * 1024;

/** What is known of a part that is written. */
interface Known {
	readonly sha256: string | undefined;
	readonly tag: string | undefined;
}

/** What became of one part. */
export interface Placed {
	readonly isNew: boolean;
	/** What stood there in the snapshot before, if it was of the same length; to be asked before the next part is placed. */
	readonly before: () => Uint8Array | undefined;
}

/**
 * Writes a large file as parts. One that says what it said in the snapshot before gets a second name there and is not
 * written. It is told by its tag or its hash: to compare it byte for byte the snapshot before would have to be read, which
 * nobody has done since, and a disk is slower than a hash. Once a day it is read all the same, for what has rotted.
 */
export class PartWriter {
	readonly partSize: number;
	/** Bytes that were written, and not taken over. */
	written = 0;
	readonly #disk: Disk;
	readonly #options: PartsOptions;
	readonly #hashes: string[] = [];
	/** Those that come into their places there. */
	readonly #pending: Promise<void>[] = [];
	readonly #before: Parts | undefined;
	/** For the part of the snapshot before. */
	#other: Buffer | undefined;

	constructor(disk: Disk, options: PartsOptions) {
		const { base, bytes, before, to } = options;
		this.#disk = disk;
		this.#options = options;
		this.partSize = partSizeFor(bytes, before?.parts?.size);
		const isThere = base && before && isOfBase(disk, base, before);
		this.#before =
			isThere && before.parts?.size === this.partSize
				? before.parts
				: undefined;
		makeDirectories(disk, to.slice(0, to.lastIndexOf("/")), to);
	}

	get parts(): Parts {
		return { size: this.partSize, sha256: this.#hashes };
	}

	/** Waits until no more than some megabytes are still to be hashed, or with 0 none. */
	async hashed(most = PENDING): Promise<void> {
		while (this.#pending.length * this.partSize > most)
			await this.#pending.shift();
	}

	/** The next part. */
	put(bytes: Uint8Array): Placed {
		const index = this.#hashes.length;
		const known = this.#before?.sha256[index];
		const tag = this.#options.tags?.of(bytes);
		const sha256 = known && this.#hashOf(bytes, tag, known);
		if (known !== undefined && sha256 === known)
			if (this.#isAsItWas(index, bytes) && this.#link(index, known))
				return { isNew: false, before: () => undefined };
		this.#write(index, bytes, { sha256, tag });
		return { isNew: true, before: () => this.#partBefore(index, bytes.length) };
	}

	/** @param known a hash that it may have */
	#hashOf(bytes: Uint8Array, tag: string | undefined, known: string): string {
		const { tags } = this.#options;
		if (tag !== undefined && tags?.get(known) === tag) return known;
		const sha256 = sha256Of(bytes);
		if (tag !== undefined) tags?.learn(sha256, tag);
		return sha256;
	}

	/** What has rotted in the snapshot before may be in the original by now, by the hand of a person who put it back. */
	#isAsItWas(index: number, bytes: Uint8Array): boolean {
		if (this.#options.base?.isFresh) return this.#isUntouched(index);
		const before = this.#partBefore(index, bytes.length);
		return before !== undefined && Buffer.compare(before, bytes) === 0;
	}

	/** The part of the snapshot before is of the length that the next one has, and nobody has written to it. */
	#isUntouched(index: number): boolean {
		const { base, before, bytes } = this.#options;
		if (!base?.isFresh || before === undefined) return false;
		const length = partLength(bytes, this.partSize, index);
		if (length !== partLength(before.size, this.partSize, index)) return false;
		const stat = this.#disk.glance(this.#pathBefore(index));
		return isUntouched(stat, length, base.sealed);
	}

	/** The parts of the snapshot before that may be taken over unread and have a tag, as pieces of the file. */
	*storedBefore(): Generator<StoredPiece> {
		const { base, before, bytes, tags } = this.#options;
		if (!base?.isFresh || before === undefined) return;
		for (const index of this.#before?.sha256.keys() ?? []) {
			const offset = index * this.partSize;
			const length = partLength(bytes, this.partSize, index);
			const tag = tags?.get(this.#before?.sha256[index] ?? "");
			if (tag && length === partLength(before.size, this.partSize, index))
				yield { offset, length, tag };
		}
	}

	/** The next part, which is what it was, as somebody knows or has found. False: in the snapshot before it is not. */
	keep(): boolean {
		const index = this.#hashes.length;
		const known = this.#before?.sha256[index];
		return (
			known !== undefined &&
			this.#isUntouched(index) &&
			this.#link(index, known)
		);
	}

	#link(index: number, sha256: string): boolean {
		const { pause, to } = this.#options;
		const from = this.#pathBefore(index);
		const name = `${to}/${partName(index)}`;
		if (giveSecondName(this.#disk, from, name, sha256, pause) === undefined)
			return false;
		this.#hashes.push(sha256);
		return true;
	}

	#pathBefore(index: number): string {
		const { base, before } = this.#options;
		return `${base?.folder}/${before?.path}/${partName(index)}`;
	}

	/** Undefined: it was of another length, or cannot be read. */
	#partBefore(index: number, length: number): Uint8Array | undefined {
		if (this.#before?.sha256[index] === undefined) return undefined;
		this.#other ??= Buffer.allocUnsafe(this.partSize + 1);
		const path = this.#pathBefore(index);
		try {
			return readExactly(this.#disk, path, this.#other, length);
		} catch (error) {
			if (!(error instanceof Unreadable)) throw error;
			return undefined;
		}
	}

	#write(index: number, bytes: Uint8Array, { sha256, tag }: Known): void {
		this.#options.beforeWrite(bytes.length);
		const to = `${this.#options.to}/${partName(index)}`;
		writeNew(this.#disk, to, bytes, 0o400);
		const before = this.written;
		this.written += bytes.length;
		// Memory takes 500 MB at once, and the barrier at the end would wait for all of them.
		if (Math.floor(before / BATCH) < Math.floor(this.written / BATCH))
			this.#disk.startWritingOut(this.#options.to);
		const isAside = this.#options.isHashedAside && this.written > ASIDE_FROM;
		if (sha256 === undefined && isAside) this.#hashAside(bytes, tag);
		else this.#keepHash(this.#hashes.length, sha256 ?? sha256Of(bytes), tag);
	}

	#keepHash(index: number, sha256: string, tag: string | undefined): void {
		this.#hashes[index] = sha256;
		if (tag !== undefined) this.#options.tags?.learn(sha256, tag);
	}

	#hashAside(bytes: Uint8Array, tag: string | undefined): void {
		const index = this.#hashes.push("") - 1;
		const hashing = async () => {
			this.#keepHash(index, await sha256Aside(bytes), tag);
		};
		this.#pending.push(hashing());
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
