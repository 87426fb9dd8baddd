/**
 * Compares pieces of an open file with their hashes, on a thread of its own. It closes nothing: closing the database would
 * drop the locks that SQLite has on it in this process.
 */
import { hash } from "node:crypto";
import fs from "node:fs";
import { workerData } from "node:worker_threads";
import { ComparedPieces } from "./compared-pieces.ts";
import type { CompareOrder } from "./comparing.ts";

const { file, pieces, words } = workerData as CompareOrder;
const longest = Math.max(...pieces.map(({ length }) => length));
const bytes = Buffer.allocUnsafe(longest);

new ComparedPieces(words).compareEach((piece) => {
	const { offset = 0, length = 0, sha256 = "" } = pieces[piece] ?? {};
	try {
		const here = bytes.subarray(0, length);
		return (
			readFully(file, here, offset) === length &&
			hash("sha256", here) === sha256
		);
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
