import { Readable } from "node:stream";
import type { Entry, ZipFile } from "yauzl";
import { errorMessage, SnapshotError } from "../errors.ts";
import type { Disk } from "../system/system.ts";
import type { Archive, Listed } from "./archive.ts";
import { nameInOneForm } from "./member-names.ts";

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
 * @throws SnapshotError `damaged`
 */
export async function openZip(
	{ disk, file, size }: OpenFile,
	name: string,
	pause: () => Promise<void>,
): Promise<Archive> {
	const yauzl = await import("yauzl");
	class Reader extends yauzl.RandomAccessReader {
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
			queueMicrotask(() => done(error));
		}
	}
	const damaged = (error: unknown) => notWhole(name, error);
	const zip = await yauzl
		.fromRandomAccessReaderPromise(new Reader(), size, {
			// Names are looked at here, and not believed there.
			decodeStrings: false,
			autoClose: false,
		})
		.catch((error: unknown) => {
			throw damaged(error);
		});
	const nameOf = (entry: Entry) =>
		yauzl.getFileNameLowLevel(
			entry.generalPurposeBitFlag,
			entry.fileNameRaw,
			entry.extraFields,
			false,
		);
	let entries: readonly Entry[] | undefined;
	const all = async () => {
		entries ??= await allOf(zip, pause, damaged);
		return entries;
	};
	return {
		form: "zip",
		packed: size,
		count: zip.entryCount,
		comment: Buffer.from(zip.comment).toString("utf8"),
		async list() {
			return (await all()).map((entry) => listed(entry, nameOf(entry)));
		},
		async pour(use) {
			for (const entry of await all()) {
				const member = listed(entry, nameOf(entry));
				if (member.kind === "file")
					await use(member, contentOf(zip, entry, `${name}: ${member.name}`));
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

async function allOf(
	zip: ZipFile,
	pause: () => Promise<void>,
	damaged: (error: unknown) => unknown,
): Promise<Entry[]> {
	const entries: Entry[] = [];
	try {
		for await (const entry of zip.eachEntry()) {
			entries.push(entry);
			await pause();
		}
	} catch (error) {
		throw damaged(error);
	}
	return entries;
}

/** Bits of a mode: sys/stat.h. */
const TYPE = 0o170000;
const TYPES: ReadonlyMap<number, Listed["kind"]> = new Map([
	[0, "file"], // made where there are none
	[0o100000, "file"],
	[0o040000, "directory"],
	[0o120000, "link"],
]);
const UNIX = 3;

function listed(entry: Entry, name: string): Listed {
	const attributes = entry.externalFileAttributes >>> 16;
	const isUnix = entry.versionMadeBy >>> 8 === UNIX;
	const kind = isUnix ? (TYPES.get(attributes & TYPE) ?? "device") : "file";
	return {
		name: nameInOneForm(name),
		kind: name.endsWith("/") && kind === "file" ? "directory" : kind,
		size: entry.uncompressedSize,
		mode: isUnix && attributes !== 0 ? attributes & 0o777 : undefined,
		mtime: entry.getLastModDate().getTime(),
	};
}

async function* contentOf(
	zip: ZipFile,
	entry: Entry,
	what: string,
): AsyncGenerator<Uint8Array> {
	if (entry.isEncrypted())
		throw new SnapshotError(
			"failed",
			`${what} is encrypted by the zip itself, which is not supported. Nothing was changed.`,
			{ hint: "Unpack it with your password, and zip it again without." },
		);
	try {
		yield* await zip.openReadStreamPromise(entry);
	} catch (error) {
		throw notWhole(what, error);
	}
}

function notWhole(what: string, error: unknown): unknown {
	if (error instanceof SnapshotError) return error;
	return new SnapshotError(
		"damaged",
		`${what} is damaged, or not whole: ${errorMessage(error)}. Nothing was changed.`,
		{ hint: "Take another copy of it.", cause: error },
	);
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
