import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { Worker } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ComparedPieces } from "../../src/system/compared-pieces.ts";
import { startComparing } from "../../src/system/comparing.ts";
import { workerUrl } from "../../src/system/worker-url.ts";
import { tagOf } from "../../src/tag.ts";

const LENGTH = 4096;
const KEY = Buffer.alloc(16, 7);
let folder: string;
let file: number;

beforeEach(() => {
	folder = fs.mkdtempSync(path.join(os.tmpdir(), "comparing-"));
	const content = Buffer.concat(
		[1, 2, 3, 4, 5, 6].map((byte) => Buffer.alloc(LENGTH, byte)),
	);
	fs.writeFileSync(path.join(folder, "content"), content.subarray(0, -1000));
	file = fs.openSync(path.join(folder, "content"), "r");
});

afterEach(() => {
	fs.closeSync(file);
	fs.rmSync(folder, { recursive: true });
});

describe("the second thread", () => {
	it("finds the pieces that have their tags", async () => {
		expect(await compared(pieces(5))).toEqual([true, true, true, true, true]);
		expect(await compared(pieces(6, { other: 2 }))).toEqual([
			true,
			true,
			false,
			true,
			true,
			false, // it ends before
		]);
	});

	it("finds a last piece that is shorter than the others", async () => {
		const length = LENGTH - 1000;
		const tag = tagOf(KEY, Buffer.alloc(length, 6));
		const last = { offset: 5 * LENGTH, length, tag };
		expect(await compared([last])).toEqual([true]);
	});

	it("leaves the database open, whose locks the process would lose", async () => {
		await compared(pieces(1));
		expect(fs.readSync(file, Buffer.alloc(1))).toBe(1);
	});

	it("is not begun for what is compared as quickly without it", () => {
		expect(startComparing(file, pieces(6), KEY)).toBeUndefined();
	});
});

describe("the pieces", () => {
	it("are the caller's when he comes first, and the other one stops there", () => {
		const shared = ComparedPieces.of(4);
		expect(shared.isSame(1)).toBe(false);
		const seen: number[] = [];
		shared.compareEach((piece) => {
			seen.push(piece);
			return true;
		});
		expect(seen).toEqual([3, 2]);
		expect([2, 3].map((piece) => shared.isSame(piece))).toEqual([true, true]);
		expect([0, 1].map((piece) => shared.isSame(piece))).toEqual([false, false]);
	});

	it("are no more looked at when the caller has ended", () => {
		const shared = ComparedPieces.of(2);
		shared.end();
		shared.compareEach(() => {
			throw new Error("looked at");
		});
		expect(shared.isSame(1)).toBe(false);
	});
});

/** What the thread says of each when it had all of the time. */
async function compared(
	order: readonly { offset: number; length: number; tag: string }[],
): Promise<boolean[]> {
	const shared = ComparedPieces.of(order.length);
	const workerData = { file, pieces: order, key: KEY, words: shared.words };
	const thread = new Worker(workerUrl("compare-worker"), { workerData });
	await new Promise((resolve, reject) => {
		thread.on("exit", resolve);
		thread.on("error", reject);
	});
	return order.map((_, piece) => shared.isSame(piece));
}

function pieces(count: number, { other }: { other?: number } = {}) {
	return Array.from({ length: count }, (_, piece) => ({
		offset: piece * LENGTH,
		length: LENGTH,
		tag: tagOf(KEY, Buffer.alloc(LENGTH, piece === other ? 0 : piece + 1)),
	}));
}
