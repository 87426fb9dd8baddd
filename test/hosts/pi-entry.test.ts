import { expect, it } from "vitest";
import { fold, renderEntry } from "../../src/hosts/pi/entry.ts";

it.each([
	["fits", 10, ["fits"]],
	["abcdefgh", 4, ["abcd", "efgh"]],
	["日本語", 4, ["日本", "語"]],
	["日", 1, ["日"]],
	["", 4, [""]],
])("%j in %i columns is %j", (line, width, lines) => {
	expect(fold(line, width)).toEqual(lines);
});

it("an answer shows what was typed, and no line is wider than the terminal", () => {
	const data = { typed: "/snapshot list", text: "one\ntwo and a half" };
	const lines = renderEntry({ data })?.render(10) ?? [];
	expect(lines.join("").replaceAll(" ", "")).toBe(
		">/snapshotlistonetwoandahalf",
	);
	expect(lines.every((line) => line.length <= 10)).toBe(true);
});

it("of several pasted lines each has one of its own, and none moves the cursor", () => {
	const typed = "/snapshot create one\ntwo\tthree\r\nfour\u001b[2J";
	expect(renderEntry({ data: { typed, text: "done" } })?.render(80)).toEqual([
		"",
		" > /snapshot create one",
		"   two\\tthree",
		"   four\\u001b[2J",
		" done",
	]);
});

it.each([
	undefined,
	null,
	"text",
	{ text: 1 },
])("an entry that is not ours is left out: %j", (data) => {
	expect(renderEntry({ data })).toBeUndefined();
});
