import type { Disk, StoredPiece } from "../system/system.ts";
import { type Base, isOfBase } from "./base.ts";
import { sha256Aside, sha256Of } from "./content-hash.ts";
import { reading, Unreadable } from "./copy.ts";
import { makeDirectories, readFully, writeNew } from "./durable.ts";
import type { FileEntry } from "./entry.ts";
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
	/** Other processors hash what is written: `parts` is known when `hashed` has been waited for. */
	readonly isHashedAside?: boolean;
}

/** Written out while the next ones are read, in bytes. */
const BATCH = 64 * 1024 * 1024;

/** So much may wait to be hashed, of which there is a copy in memory: in bytes. */
const PENDING = 8 * 1024 * 1024;

/** Until so much is written it takes longer to begin to hash aside than to hash: in bytes. */
const ASIDE_FROM = 16 * 1024 * 1024;

/** What became of one part. */
export interface Placed {
	readonly isNew: boolean;
	/** What stood there in the snapshot before, if it was of the same length; until the next part is placed. */
	readonly before: Uint8Array | undefined;
}

/**
 * Writes a large file as parts. One that says what it said in the snapshot before gets a second name there and is neither
 * written nor hashed: it is compared byte for byte, which is quicker, and finds what has rotted since.
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
	readonly #other: Buffer;

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
		this.#other = Buffer.allocUnsafe(
			this.#before === undefined ? 0 : this.partSize + 1,
		);
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
		const to = `${this.#options.to}/${partName(index)}`;
		const before = this.#partBefore(index, bytes.length);
		const known = this.#before?.sha256[index];
		const isSame =
			before !== undefined &&
			Buffer.compare(before, bytes) === 0 &&
			this.#isWhatItWas(bytes, known);
		if (isSame && known !== undefined && this.#link(index, to, known)) {
			this.#hashes.push(known);
			return { isNew: false, before };
		}
		this.#write(to, bytes);
		return { isNew: true, before };
	}

	/** By its hash, once a day: what has rotted may be in the original by now, by the hand of a person who put it back. */
	#isWhatItWas(bytes: Uint8Array, known: string | undefined): boolean {
		return this.#options.base?.isFresh === true || sha256Of(bytes) === known;
	}

	/** The parts of the snapshot before that may be taken over unread, as pieces of the file. */
	*storedBefore(): Generator<StoredPiece> {
		const { base, before, bytes } = this.#options;
		if (!base?.isFresh || before === undefined) return;
		for (const index of this.#before?.sha256.keys() ?? []) {
			const offset = index * this.partSize;
			const length = partLength(bytes, this.partSize, index);
			const path = this.#pathBefore(index);
			if (length === partLength(before.size, this.partSize, index))
				yield { offset, length, path };
		}
	}

	/** The next part, of which it is known that nobody has written to it. False: it is not there any more as it was. */
	keep(): boolean {
		const { base, before, bytes } = this.#options;
		const index = this.#hashes.length;
		if (base === undefined || before === undefined) return false;
		const length = partLength(bytes, this.partSize, index);
		const stat = this.#disk.glance(this.#pathBefore(index));
		if (length !== partLength(before.size, this.partSize, index)) return false;
		if (!base.isFresh || !isUntouched(stat, length, base.sealed)) return false;
		return this.keepEqual();
	}

	/** The next part, which was compared with what `storedBefore` says of it, byte for byte. False: it cannot be taken over. */
	keepEqual(): boolean {
		const index = this.#hashes.length;
		const known = this.#before?.sha256[index];
		if (known === undefined) return false;
		const to = `${this.#options.to}/${partName(index)}`;
		if (!this.#link(index, to, known)) return false;
		this.#hashes.push(known);
		return true;
	}

	#link(index: number, to: string, sha256: string): boolean {
		const { pause } = this.#options;
		const from = this.#pathBefore(index);
		return giveSecondName(this.#disk, from, to, sha256, pause) !== undefined;
	}

	#pathBefore(index: number): string {
		const { base, before } = this.#options;
		return `${base?.folder}/${before?.path}/${partName(index)}`;
	}

	/** Undefined: it was of another length, or cannot be read. */
	#partBefore(index: number, length: number): Uint8Array | undefined {
		if (this.#before?.sha256[index] === undefined) return undefined;
		try {
			return readExactly(
				this.#disk,
				this.#pathBefore(index),
				this.#other,
				length,
			);
		} catch (error) {
			if (!(error instanceof Unreadable)) throw error;
			return undefined;
		}
	}

	#write(to: string, bytes: Uint8Array): void {
		this.#options.beforeWrite(bytes.length);
		writeNew(this.#disk, to, bytes, 0o400);
		const before = this.written;
		this.written += bytes.length;
		// Memory takes 500 MB at once, and the barrier at the end would wait for all of them.
		if (Math.floor(before / BATCH) < Math.floor(this.written / BATCH))
			this.#disk.startWritingOut(this.#options.to);
		if (this.#options.isHashedAside && this.written > ASIDE_FROM)
			this.#hashAside(bytes);
		else this.#hashes.push(sha256Of(bytes));
	}

	#hashAside(bytes: Uint8Array): void {
		const index = this.#hashes.push("") - 1;
		const hashing = async () => {
			this.#hashes[index] = await sha256Aside(bytes);
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
