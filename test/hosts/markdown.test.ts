import { describe, expect, it } from "vitest";
import { asMarkdown } from "../../src/hosts/markdown.ts";

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
