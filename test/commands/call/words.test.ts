import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { joinWords, splitWords } from "../../../src/commands/call/words.ts";

describe("what was typed", () => {
	it.each<[text: string, words: string[]]>([
		["", []],
		["   \t\n ", []],
		["create before upgrade", ["create", "before", "upgrade"]],
		["  create   x  ", ["create", "x"]],
		['create "before the upgrade"', ["create", "before the upgrade"]],
		["create 'before the upgrade'", ["create", "before the upgrade"]],
		['create a"b c"d', ["create", "ab cd"]],
		['create "a \\"b\\" \\\\c"', ["create", 'a "b" \\c']],
		["create don't", ["create", "don't"]],
		[
			"create John's and Mary's box",
			["create", "John's", "and", "Mary's", "box"],
		],
		['create 5" disk', ["create", '5"', "disk"]],
		["create C:\\temp", ["create", "C:\\temp"]],
		['create ""', ["create", ""]],
		["create\nnext line", ["create", "next", "line"]],
		["create 😀 é", ["create", "😀", "é"]],
		["restore -- -x", ["restore", "--", "-x"]],
		[
			"create $(rm -rf ~) `x` ; && |",
			["create", "$(rm", "-rf", "~)", "`x`", ";", "&&", "|"],
		],
	])("%j is the words %j", (text, words) => {
		expect(splitWords(text)).toEqual(words);
	});

	it("is never an error, whatever it is", () => {
		fc.assert(
			fc.property(fc.string({ unit: "binary" }), (text) => {
				for (const word of splitWords(text)) expect(typeof word).toBe("string");
			}),
		);
	});

	it("comes back as it was when every word is quoted", () => {
		const quoted = (word: string) => `"${word.replace(/["\\]/g, "\\$&")}"`;
		fc.assert(
			fc.property(fc.array(fc.string({ unit: "binary" })), (words) => {
				expect(splitWords(words.map(quoted).join(" "))).toEqual(words);
			}),
		);
	});
});

it("words that are joined are split into the same again", () => {
	fc.assert(
		fc.property(fc.array(fc.string({ unit: "binary" })), (words) => {
			expect(splitWords(joinWords(words))).toEqual(words);
		}),
	);
	const tricky = ["", "'", '"', "\\", 'a"b\\', "it's", "a b", "--x='y z'"];
	expect(splitWords(joinWords(tricky))).toEqual(tricky);
});
