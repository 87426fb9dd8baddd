import { describe, expect, it } from "vitest";
import type { DatabaseEntry } from "../../../src/core/capture/entry.ts";
import { sameParts } from "../../../src/core/parts/same-parts.ts";

const SIZE = 65_536;

function entry(hashes: string, changes: Partial<DatabaseEntry> = {}) {
	const sha256 = [...hashes].map((letter) => letter.repeat(64));
	return {
		path: "state.db",
		kind: "database",
		size: SIZE * sha256.length,
		parts: { size: SIZE, sha256 },
		content: "0".repeat(64),
		journalMode: "wal",
		checked: true,
		...changes,
	} satisfies DatabaseEntry;
}

describe("parts that need not be read", () => {
	it("are those that the present has, but for the first", () => {
		expect([...sameParts(entry("aacd"), entry("aabd"))]).toEqual([1, 3]);
	});

	it("are none of a database whose copy lacks rows that it has itself", () => {
		const cleared = entry("aacd", { cleared: ["state_leases"] });
		expect([...sameParts(cleared, entry("aabd"))]).toEqual([]);
	});

	it.each<[string, DatabaseEntry | undefined]>([
		["is not there", undefined],
		[
			"is in parts of another size",
			entry("aab", {
				parts: { size: 2 * SIZE, sha256: ["a".repeat(64), "a".repeat(64)] },
				size: 3 * SIZE,
			}),
		],
		["ends within that part", entry("aab", { size: SIZE * 2 + 4096 })],
	])("are none, or fewer, where the present %s", (_, present) => {
		expect(sameParts(present, entry("aab")).has(2)).toBe(false);
	});
});
