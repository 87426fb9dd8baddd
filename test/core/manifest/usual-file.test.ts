import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { PlainEntry } from "../../../src/core/capture/entry.ts";
import { isUsualFile } from "../../../src/core/manifest/usual-file.ts";

const usual = {
	path: "a/b",
	kind: "file",
	size: 3,
	mode: 0o600,
	mtime: 1763687642123.456,
	sha256: "ab".repeat(32),
	look: "1:2:3:4",
};

describe("an entry that is told by hand", () => {
	it.each([
		["as we write it", usual],
		["without what Hermes does not say", { path: "a", kind: "file", size: 0 }],
		["as large as can be", { ...usual, size: Number.MAX_SAFE_INTEGER }],
		["of long ago", { ...usual, mtime: -1e14 }],
		["with every bit of a mode", { ...usual, mode: 0o7777 }],
	])("is one %s", (_, entry) => {
		expect(isUsualFile(entry)).toBe(true);
		expect(v.parse(PlainEntry, entry)).toEqual(entry);
	});

	const wrong: Record<string, readonly unknown[]> = {
		path: [undefined, null, 1, {}],
		kind: [undefined, "database", "directory", "File", null],
		size: [undefined, null, -1, 1.5, 2 ** 53, "3", Number.POSITIVE_INFINITY],
		mode: [null, -1, 0o10000, 1.5, "600"],
		mtime: [null, 1e15, -1e15, "1", Number.NaN],
		sha256: [null, "", "AB".repeat(32), `${"ab".repeat(32)}\n`, 1, ["a"]],
		look: [null, 1, "x".repeat(501)],
	};

	it("is none with anything that the schema refuses", () => {
		for (const [key, values] of Object.entries(wrong))
			for (const value of values) {
				const entry = { ...usual, [key]: value };
				expect([key, value, isUsualFile(entry)]).toEqual([key, value, false]);
				expect(v.is(PlainEntry, entry)).toBe(false);
			}
	});

	it("is none with a key that is not known here, whatever its name", () => {
		const hostile = JSON.parse(
			'{"path":"a","kind":"file","size":1,"__proto__":{"mode":1}}',
		);
		const others = [
			{ ...usual, parts: {} },
			{ ...usual, constructor: 1 },
		];
		for (const entry of [hostile, ...others, [], null, "file", 1])
			expect(isUsualFile(entry)).toBe(false);
	});
});
