/**
 * Compares pieces of an open file with files, on a thread of its own. It closes nothing that it has not opened: closing the
 * database would drop the locks that SQLite has on it in this process.
 */
import fs from "node:fs";
import { workerData } from "node:worker_threads";
import { ComparedPieces } from "./compared-pieces.ts";
import type { CompareOrder } from "./comparing.ts";

const { file, pieces, words } = workerData as CompareOrder;
const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = fs.constants;
const longest = Math.max(...pieces.map(({ length }) => length));
const ours = Buffer.allocUnsafe(longest);
/** One byte longer: a file that is longer is another. */
const theirs = Buffer.allocUnsafe(longest + 1);

new ComparedPieces(words).compareEach((piece) => {
	const { offset = 0, length = 0, path = "" } = pieces[piece] ?? {};
	try {
		const stored = fs.openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
		try {
			return (
				readFully(stored, theirs.subarray(0, length + 1), 0) === length &&
				readFully(file, ours.subarray(0, length), offset) === length &&
				ours.compare(theirs, 0, length, 0, length) === 0
			);
		} finally {
			fs.closeSync(stored);
		}
	} catch (error) {
		// Whatever it is, whoever asked meets it when he reads it himself.
		if (error instanceof Error) return false;
		throw error;
	}
});

function readFully(file: number, into: Uint8Array, offset: number): number {
	let got = 0;
	while (got < into.length) {
		const some = fs.readSync(file, into, got, into.length - got, offset + got);
		if (some === 0) break;
		got += some;
	}
	return got;
}
