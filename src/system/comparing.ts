import os from "node:os";
import { Worker } from "node:worker_threads";
import { errorCode } from "../errors.ts";
import { ComparedPieces } from "./compared-pieces.ts";
import type { Comparing, StoredPiece } from "./sqlite-interface.ts";
import { workerUrl } from "./worker-url.ts";

/** To compare less takes as long as a thread needs to begin, in bytes. */
const WORTH_IT = 192 * 1024 * 1024;

/** What the thread is told. */
export interface CompareOrder {
	/** A descriptor, which stays ours. */
	readonly file: number;
	readonly pieces: readonly StoredPiece[];
	readonly key: Uint8Array;
	readonly words: Int32Array<SharedArrayBuffer>;
}

/**
 * Most of the time of a large database is to read it and to compare it with the snapshot before, by tags, half of which
 * another processor can do: see `RawContent.comparing`. The thread only reads.
 * @param file a descriptor, which must stay open until `end` @param pieces of what stands in the file itself
 */
export function startComparing(
	file: number,
	pieces: readonly StoredPiece[],
	key: Uint8Array,
): Comparing | undefined {
	const bytes = pieces.reduce((sum, { length }) => sum + length, 0);
	if (bytes < WORTH_IT || os.availableParallelism() < 2) return undefined;
	const shared = ComparedPieces.of(pieces.length);
	const order: CompareOrder = { file, pieces, key, words: shared.words };
	if (!startThread(order)) return undefined;
	const places = new Map(pieces.map(({ offset }, index) => [offset, index]));
	return {
		isSame(offset) {
			const piece = places.get(offset);
			return piece !== undefined && shared.isSame(piece);
		},
		end: () => shared.end(),
	};
}

function startThread(order: CompareOrder): boolean {
	try {
		const thread = new Worker(workerUrl("compare-worker"), {
			workerData: order,
		});
		// Too many threads, no memory for one: what it does not compare, its caller does.
		thread.on("error", () => {});
		thread.unref();
		return true;
	} catch (error) {
		if (errorCode(error) !== "ERR_WORKER_INIT_FAILED") throw error;
		return false;
	}
}
