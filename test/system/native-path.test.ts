import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromNative, toNative } from "../../src/system/native-path.ts";

describe("names as strings", () => {
	it.each<[name: string, bytes: number[], text: string]>([
		["plain", [0x61], "a"],
		["UTF-8", [0xc3, 0xa9, 0xf0, 0x9f, 0x98, 0x80], "é😀"],
		["a lone byte", [0x61, 0xff, 0x62], "a\udcffb"],
		["Latin-1", [0x63, 0x61, 0x66, 0xe9], "caf\udce9"],
		["a cut character", [0xf0, 0x9f, 0x98], "\udcf0\udc9f\udc98"],
		["an encoded surrogate", [0xed, 0xb2, 0x80], "\udced\udcb2\udc80"],
		["a byte-order mark", [0xef, 0xbb, 0xbf, 0x61], "\ufeffa"],
		[
			"a character after a broken one",
			[0xe2, 0x82, 0xe2, 0x82, 0xac],
			"\udce2\udc82€",
		],
	])("of %s come and go as Python's surrogateescape has them", (_, bytes, text) => {
		expect(fromNative(Uint8Array.from(bytes))).toBe(text);
		expect(Buffer.from(toNative(text))).toEqual(Buffer.from(bytes));
	});

	it("come back as the bytes that they were, whatever those are", () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
				const back = Buffer.from(toNative(fromNative(bytes)));
				expect(back.equals(bytes)).toBe(true);
			}),
			{ numRuns: 1000 },
		);
	});

	it("are handed over as they are when they are text", () => {
		fc.assert(
			fc.property(fc.string({ unit: "grapheme" }), (text) => {
				expect(toNative(text)).toBe(text);
				expect(fromNative(Buffer.from(text))).toBe(text);
			}),
		);
	});

	it("are all different: no two names of a disk become one string", () => {
		const bytes = fc.uint8Array({ maxLength: 6 });
		fc.assert(
			fc.property(bytes, bytes, (a, b) => {
				expect(fromNative(a) === fromNative(b)).toBe(
					Buffer.compare(a, b) === 0,
				);
			}),
			{ numRuns: 1000 },
		);
	});
});
