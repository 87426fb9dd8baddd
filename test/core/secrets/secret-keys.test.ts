import { describe, expect, it } from "vitest";
import { whyNoText } from "../../../src/core/files/content-kind.ts";
import { secretKeysIn } from "../../../src/core/secrets/secret-keys.ts";

describe("of a file of secrets", () => {
	it.each<[text: string, names: string[], others: number]>([
		["A_KEY=x\nexport B=y\n# C=z\n", ["A_KEY", "B"], 0],
		["KEY='first\nNOT_A_KEY=x\nlast'\nB=1", ["KEY", "B"], 0],
		['{"version": 1, "providers": {"a": {}}}', ["version", "providers"], 0],
		["// a comment\n{gateway: {token: 'x'},}", ["gateway"], 0],
		['{"AB2CD9XK": {}, "123456": {}, "ABCDEFGH": {}}', [], 3],
		['{"telegram:1234": {}, "a1b2c3d4e5f6a7b8": {}}', [], 2],
		["model: x\nmcp:\n  token: y\n", ["model", "mcp"], 0],
		["[a]\nname = 1\n", ["name"], 0],
		[JSON.stringify({ [`sk-${"aB3".repeat(12)}`]: 1 }), [], 1],
	])("%s the names are told, and nothing else", (text, names, others) => {
		expect(secretKeysIn(text)).toEqual({ names, others });
	});

	it.each([
		"",
		"just a token\n",
		"-----BEGIN KEY-----\nMIIEpAIBAAKCAQEA7bq8w==\nQIDAQAB==\n-----END KEY-----",
		'{"broken": ',
	])("%s nothing is told where there are no names", (text) => {
		expect(secretKeysIn(text)).toBeUndefined();
	});
});

describe("bytes", () => {
	it.each<[Buffer, boolean, string | undefined]>([
		[Buffer.from("text, ünïcode 今天\n"), true, undefined],
		[Buffer.alloc(0), true, undefined],
		[Buffer.from("今").subarray(0, 2), false, undefined],
		[Buffer.from("今").subarray(0, 2), true, "no text in UTF-8"],
		[Buffer.from("a\0b"), true, "binary"],
		[Buffer.from("SQLite format 3\0"), true, "a SQLite database"],
		[Buffer.from("89504e470d0a1a0a00", "hex"), true, "a PNG picture"],
	])("%s are told apart from text", (bytes, isWhole, what) => {
		expect(whyNoText(bytes, isWhole)).toBe(what);
	});
});
