/**
 * Compares pieces of an open file with their tags, on a thread of its own. It closes nothing: closing the database would
 * drop the locks that SQLite has on it in this process.
 */
import { workerData } from "node:worker_threads";
import { tagOf } from "../tag.ts";
import { readAt } from "./at-place.ts";
import { ComparedPieces } from "./compared-pieces.ts";
import type { CompareOrder } from "./comparing.ts";

const { file, pieces, key, words } = workerData as CompareOrder;
const longest = Math.max(...pieces.map(({ length }) => length));
const bytes = Buffer.allocUnsafe(longest);

new ComparedPieces(words).compareEach((piece) => {
	const { offset = 0, length = 0, tag = "" } = pieces[piece] ?? {};
	try {
		const here = bytes.subarray(0, length);
		return readAt(file, here, offset) === length && tagOf(key, here) === tag;
	} catch (error) {
		// Whatever it is, whoever asked meets it when he reads it himself.
		if (error instanceof Error) return false;
		throw error;
	}
});
