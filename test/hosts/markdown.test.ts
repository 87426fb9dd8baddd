import { describe, expect, it } from "vitest";
import { asInline, asMarkdown } from "../../src/hosts/markdown.ts";

describe("plain text as Markdown", () => {
	it.each([
		["Snapshot 1 created: done.", "Snapshot 1 created: done."],
		["one\ntwo", "one  \ntwo"],
		[
			"Put one back with: /snapshot restore <number>",
			"Put one back with: /snapshot restore `<number>`",
		],
		["Label: *bold* [x](y) @all", "Label: `*bold*` `[x](y)` `@all`"],
		["see https://example.org now", "see `https://example.org` now"],
		["# head", "`#` head"],
		["1. first", "`1.` first"],
		["with `tick", "with `` `tick ``"],
		["a -- b - c", "a -- b - c"],
		[
			"Kept:\n#  When   Label\n1  today  `x`\nDone.",
			"Kept:\n```\n#  When   Label\n1  today  `x`\n```\nDone.",
		],
		["  a ```` b", "`````\n  a ```` b\n`````"],
	])("%j", (text, markdown) => {
		expect(asMarkdown(text)).toBe(markdown);
	});
});

describe("plain text where marks within a line are taken for markup", () => {
	it.each([
		["Put one back with: restore <number>", undefined],
		["#  When   Label\n1  today  snake_case [pinned]", undefined],
		["Label: *two words* **b**", "Label: `*two` `words*` `**b**`"],
		["a ~~b~~ [x](y) <u>z</u>", "a `~~b~~` `[x](y)` `<u>z</u>`"],
		["with `tick", "with `` `tick ``"],
	])("%j", (text, inline) => {
		expect(asInline(text)).toBe(inline ?? text);
	});
});
