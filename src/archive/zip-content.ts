import type { Readable } from "node:stream";
import { crc32 } from "node:zlib";
import type { Entry, ZipFile } from "yauzl";
import type { Header } from "./zip-entry.ts";
import { notWhole, unreadForm } from "./zip-faults.ts";
import { contentStart } from "./zip-local.ts";

/** A zip that is open, and how its names are read. */
export interface OpenedZip {
	readonly zip: ZipFile;
	/** Of the file, for people. */
	readonly name: string;
	/** Of an entry, or of what stands before its content. */
	readonly nameOf: (header: Header) => string;
}

/**
 * Of a file, unpacked. At its end it is known whether it is what was packed: what was made of it until then is worth nothing
 * if this throws.
 * @param end where at the latest its content ends in the archive: what lies behind is another's
 * @throws SnapshotError `damaged`, `failed`
 */
export async function* contentOf(
	opened: OpenedZip,
	entry: Entry,
	end: number,
): AsyncGenerator<Uint8Array> {
	const member = opened.nameOf(entry);
	const what = `${opened.name}: ${member}`;
	refuseForm(entry, what);
	let sum = 0;
	try {
		for await (const chunk of await streamOf(opened, entry, end)) {
			sum = crc32(chunk, sum);
			yield chunk;
		}
	} catch (error) {
		throw notWhole(what, error);
	}
	// The package compares sizes only.
	if (sum !== entry.crc32)
		throw notWhole(what, "its bytes are not those that were packed");
}

/** What has no content might be another thing where one would lie. @throws SnapshotError `damaged` */
export async function refuseOther(
	opened: OpenedZip,
	directory: Entry,
): Promise<void> {
	try {
		await contentStart(opened, directory);
	} catch (error) {
		throw notWhole(`${opened.name}: ${opened.nameOf(directory)}`, error);
	}
}

/** Methods of the zip's specification, 4.4.5. */
const STORED = 0;
const DEFLATED = 8;
const METHODS: ReadonlyMap<number, string> = new Map([
	[9, "Deflate64"],
	[12, "bzip2"],
	[14, "LZMA"],
	[93, "Zstandard"],
	[95, "xz"],
]);

function refuseForm(entry: Entry, what: string): void {
	const method = entry.compressionMethod;
	if (entry.isEncrypted())
		throw unreadForm(
			what,
			"is encrypted by the zip itself",
			"with your password",
		);
	if (method === STORED || method === DEFLATED) return;
	const called = METHODS.get(method) ?? `method ${method}`;
	throw unreadForm(what, `is packed by ${called}`);
}

async function streamOf(
	opened: OpenedZip,
	entry: Entry,
	end: number,
): Promise<Readable> {
	const start = await contentStart(opened, entry);
	const { compressedSize, uncompressedSize } = entry;
	if (start + compressedSize > end)
		throw new Error("its end lies in another file");
	const isPacked = entry.compressionMethod === DEFLATED;
	return new Promise((resolve, reject) => {
		// Its own promise of this calls another function.
		opened.zip.openReadStreamLowLevel(
			start,
			compressedSize,
			0,
			compressedSize,
			isPacked,
			uncompressedSize,
			(error, stream) => (error === null ? resolve(stream) : reject(error)),
		);
	});
}
