import { Readable } from "node:stream";
import { hasControls } from "./member-names.ts";

/** A file as it stands in an archive. */
export interface ZipMember {
	/** "/" between names. */
	readonly name: string;
	/** Permission bits. */
	readonly mode: number;
	/** Milliseconds since 1970. */
	readonly mtime: number;
	/** Read when its turn comes, one after the other. */
	readonly read: () => AsyncIterable<Uint8Array>;
}

const REGULAR = 0o100000;

/** What a zip can say of a time: before 1980 it has none, and some programs break off there. */
const EARLIEST = Date.UTC(1980, 0, 2);
const LATEST = Date.UTC(2107, 11, 30);

/** What no name of a member can hold so that every program reads the same in it. */
export function fitsZip(name: string): boolean {
	const isPlain = name.isWellFormed() && !hasControls(name);
	return isPlain && !/\\|^[A-Za-z]:/.test(name);
}

/** A zip of them, as it is read. It needs no more memory than a piece of each. */
export async function* zipped(
	members: readonly ZipMember[],
	comment: string,
): AsyncGenerator<Uint8Array> {
	const { ZipFile } = await import("yazl");
	const zip = new ZipFile();
	// A stream of Node's, whatever its type says.
	const output = zip.outputStream as Readable;
	const fail = (error: Error) => output.destroy(error);
	// Nobody else listens when what is read is not wanted any more.
	output.on("error", () => {});
	zip.on("error", fail);
	for (const { name, mode, mtime, read } of members) {
		const time = Math.min(Math.max(mtime, EARLIEST), LATEST);
		const options = { mode: REGULAR | (mode & 0o777), mtime: new Date(time) };
		zip.addReadStreamLazy(name, options, (take) => {
			const content = Readable.from(read(), { objectMode: false });
			// It pipes them on, and lets errors pass by.
			content.on("error", fail);
			take(null, content);
		});
	}
	// What it would say of other letters hangs on who reads it.
	const plain = comment.replace(/[^ -~]/g, "?");
	zip.end({ comment: plain, forceZip64Format: false });
	try {
		yield* output;
	} finally {
		output.destroy();
	}
}
