import stringWidth from "string-width";
import { expect, it } from "vitest";
import { columns } from "../../../src/commands/text/text.ts";
import {
	fitted,
	padded,
	shortened,
	widthOf,
} from "../../../src/commands/text/width.ts";

/** Columns that a terminal gives them: one by one from wcwidth of Unicode 16, and by eye for what is joined. */
it.each([
	["plain", 5],
	["café", 4],
	["cafe\u0301", 4],
	["今天", 4],
	["🚀", 2],
	["👩‍👩‍👧", 2],
	["🇮🇹", 2],
	["ﾊﾛｰ", 3],
	["한국", 4],
	["a\u200bb", 2],
])("%s takes %i columns", (text, width) => {
	expect(widthOf(text)).toBe(width);
});

it("says of every character alone what string-width says, which takes longer", () => {
	const other: string[] = [];
	for (let code = 0xa0; code < 0xd800; code++) {
		const text = `a${String.fromCodePoint(code)}b`;
		if (widthOf(text) !== stringWidth(text)) other.push(code.toString(16));
	}
	expect(other).toEqual([]);
});

it.each([
	["before the upgrade", 10, "before th…"],
	["今天服务器", 6, "今天…"],
	["今天服务器", 7, "今天服…"],
	["👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧", 5, "👩‍👩‍👧👩‍👩‍👧…"],
	["cafe\u0301s in Rome", 5, "cafe\u0301…"],
	["fits", 4, "fits"],
])("cuts %s to %i columns, and no character in two", (text, width, cut) => {
	expect(shortened(text, width)).toBe(cut);
	expect(widthOf(cut)).toBeLessThanOrEqual(width);
});

it("aligns what stands behind wide and combined characters", () => {
	const lines = columns([
		["今天", "1 B"],
		["cafe\u0301", "2 B"],
		["👩‍👩‍👧", "3 B"],
		["plain", "4 B"],
	]);
	const before = lines.map((line) => widthOf(line.replace(/\d B$/, "")));
	expect(new Set(before)).toEqual(new Set([7]));
});

it("fits a table by shortening its widest column", () => {
	const rows = [
		["memories/a-very-long-name-of-a-file.md", "12 KB", "alone 1 KB"],
		["x", "1 B", "alone 1 B"],
	];
	for (const line of columns(rows, 40))
		expect(widthOf(line)).toBeLessThanOrEqual(40);
	expect(columns(rows, 40)[0]).toContain("12 KB  alone 1 KB");
	expect(fitted(rows, undefined)).toBe(rows);
	expect(fitted(rows, 200)).toBe(rows);
});

it("pads to a width on either side, and cuts nothing", () => {
	expect(padded("今", 4)).toBe("今  ");
	expect(padded("今", 4, "right")).toBe("  今");
	expect(padded("今天", 3)).toBe("今天");
});
