import { Readable } from "node:stream";
import type { Disk } from "../system/system.ts";
import type { Archive } from "./archive.ts";
import { contentOf, refuseOther } from "./zip-content.ts";
import { type Header, listed, nameOfHeader } from "./zip-entry.ts";
import { notWhole } from "./zip-faults.ts";
import { readTable, type Table } from "./zip-table.ts";

/** An open file, for a package that knows no disk but Node's. */
interface OpenFile {
	readonly disk: Disk;
	readonly file: number;
	readonly size: number;
}

const PIECE = 256 * 1024;

/**
 * @param name of the file, for people
 * @param pause lets others in, Ctrl-C among them; may throw to end it
 * @throws SnapshotError `damaged`, `failed`
 */
export async function openZip(
	{ disk, file, size }: OpenFile,
	name: string,
	pause: () => Promise<void>,
): Promise<Archive> {
	const yauzl = await import("yauzl");
	class Reader extends yauzl.RandomAccessReader {
		/** Where what was last read ends. */
		readUpTo = 0;

		override _readStreamForRange(start: number, end: number): Readable {
			return Readable.from(range({ disk, file, size }, start, end), {
				objectMode: false,
			});
		}

		/** Its own makes two streams for every entry of the table of contents. */
		override read(
			buffer: Buffer,
			offset: number,
			length: number,
			position: number,
			done: (error: Error | null) => void,
		): void {
			const into = buffer.subarray(offset, offset + length);
			const error = unlessFull(disk, file, into, position);
			this.readUpTo = position + length;
			queueMicrotask(() => done(error));
		}
	}
	const reader = new Reader();
	const zip = await yauzl
		.fromRandomAccessReaderPromise(reader, size, {
			// Names are looked at here, and not believed there.
			decodeStrings: false,
			autoClose: false,
		})
		.catch((error: unknown) => {
			throw notWhole(name, error);
		});
	const nameOf = (header: Header) => nameOfHeader(yauzl, header);
	const opened = { zip, name, nameOf };
	const behind = () => signatureAt(disk, file, reader.readUpTo);
	let known: Table | undefined;
	const table = async () => {
		known ??= await readTable({ zip, name, nameOf, pause, behind });
		return known;
	};
	return {
		form: "zip",
		packed: size,
		count: zip.entryCount,
		comment: Buffer.from(zip.comment).toString("utf8"),
		async list() {
			const { entries } = await table();
			return entries.map((entry) => listed(entry, nameOf(entry)));
		},
		async pour(use) {
			const { entries, ends } = await table();
			for (const entry of entries) {
				const member = listed(entry, nameOf(entry));
				const end = ends.get(entry) ?? size;
				if (member.kind === "file")
					await use(member, contentOf(opened, entry, end));
				else await refuseOther(opened, entry);
			}
		},
		close: () => disk.close(file),
	};
}

/** What keeps it from being filled from there on; null: it is. */
function unlessFull(
	disk: Disk,
	file: number,
	into: Uint8Array,
	position: number,
): Error | null {
	try {
		for (let filled = 0; filled < into.length; ) {
			const rest = into.subarray(filled);
			const read = disk.read(file, rest, position + filled);
			if (read === 0) return new Error("it ends too early");
			filled += read;
		}
		return null;
	} catch (error) {
		return error instanceof Error ? error : new Error(String(error));
	}
}

function signatureAt(disk: Disk, file: number, position: number): string {
	const signature = Buffer.alloc(4);
	disk.read(file, signature, position);
	return signature.toString("latin1");
}

/** Bytes of the file, from `start` up to `end`. */
function* range(
	{ disk, file }: OpenFile,
	start: number,
	end: number,
): Generator<Uint8Array> {
	for (let at = start; at < end; ) {
		const piece = Buffer.allocUnsafe(Math.min(PIECE, end - at));
		const read = disk.read(file, piece, at);
		if (read === 0) return;
		at += read;
		yield piece.subarray(0, read);
	}
}
