import type { Disk, StoredPiece } from "../../system/system.ts";
import type { Base } from "../capture/base.ts";
import { sha256Aside, sha256Of } from "../capture/content-hash.ts";
import type { FileEntry } from "../capture/entry.ts";
import { makeDirectories, writeNew } from "../files/durable.ts";
import { giveSecondName } from "../files/second-name.ts";
import type { PartTags } from "./part-tags.ts";
import { type Parts, partLength, partName, partSizeFor } from "./parts.ts";
import { PartsBefore } from "./parts-before.ts";

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
	readonly #before: PartsBefore | undefined;

	constructor(disk: Disk, options: PartsOptions) {
		const { base, bytes, before, to } = options;
		this.#disk = disk;
		this.#options = options;
		this.partSize = partSizeFor(bytes, before?.parts?.size);
		this.#before = PartsBefore.of(disk, base, before, this.partSize);
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
		const { length } = bytes;
		const index = this.#hashes.length;
		const before = this.#before;
		const known = before?.hash(index);
		const tag = this.#options.tags?.of(bytes);
		const sha256 = known && this.#hashOf(bytes, tag, known);
		if (before !== undefined && known !== undefined && sha256 === known)
			if (before.isAsItWas(index, length, bytes) && this.#link(index, known))
				return { isNew: false, before: () => undefined };
		this.#write(index, bytes, { sha256, tag });
		return { isNew: true, before: () => before?.read(index, length) };
	}

	/** @param known a hash that it may have */
	#hashOf(bytes: Uint8Array, tag: string | undefined, known: string): string {
		const { tags } = this.#options;
		if (tag !== undefined && tags?.get(known) === tag) return known;
		const sha256 = sha256Of(bytes);
		if (tag !== undefined) tags?.learn(sha256, tag);
		return sha256;
	}

	/** The parts of the snapshot before that may be taken over unread and have a tag, as pieces of the file. */
	storedBefore(): Iterable<StoredPiece> {
		const { bytes, tags } = this.#options;
		return this.#before?.pieces(bytes, tags) ?? [];
	}

	/** The next part, which is what it was, as somebody knows or has found. False: in the snapshot before it is not. */
	keep(): boolean {
		const index = this.#hashes.length;
		const length = partLength(this.#options.bytes, this.partSize, index);
		const known = this.#before?.hash(index);
		return (
			known !== undefined &&
			this.#before?.isAsItWas(index, length) === true &&
			this.#link(index, known)
		);
	}

	#link(index: number, sha256: string): boolean {
		const { pause, to } = this.#options;
		const from = this.#before?.pathOf(index) ?? "";
		const name = `${to}/${partName(index)}`;
		if (giveSecondName(this.#disk, from, name, sha256, pause) === undefined)
			return false;
		this.#hashes.push(sha256);
		return true;
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
