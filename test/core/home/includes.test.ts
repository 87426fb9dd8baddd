import { describe, expect, it } from "vitest";
import { includedBy } from "../../../src/core/home/includes.ts";
import { HOME, plainMachine, put } from "../../support/plain-agent.ts";

function included(files: Record<string, string>): string[] {
	const on = plainMachine();
	for (const [path, text] of Object.entries(files)) put(on, path, text);
	return includedBy(on.system.disk, HOME, "conf/main.json", "$include");
}

describe("the files that a configuration includes", () => {
	it("are found wherever they are named, in JSON5, one or several, there or not", () => {
		expect(
			included({
				"conf/main.json": `{
					// by hand
					agents: { $include: './agents.json5' },
					list: [{ "$include": ["a/one.json", "gone.json",] }],
				}`,
			}),
		).toEqual(["conf/a/one.json", "conf/gone.json", "conf/agents.json5"]);
	});

	it("are followed, relative to the file that names them, and in a circle no further", () => {
		expect(
			included({
				"conf/main.json": '{"$include": "a/one.json"}',
				"conf/a/one.json": '{"x": {"$include": "two.json"}}',
				"conf/a/two.json": '{"y": {"$include": "../main.json"}}',
			}),
		).toEqual(["conf/a/one.json", "conf/a/two.json"]);
	});

	it.each([
		["one named by its whole path", `${HOME}/conf/one.json`, ["conf/one.json"]],
		["one elsewhere", "/etc/passwd", []],
		["one above the configuration's own directory", "../letters/bob.txt", []],
		["one above all", "../../../../../etc/passwd", []],
		["the directory itself", ".", []],
		["a directory in it", "inner", []],
		["none", "", []],
		["a name with a NUL", "a\0b", []],
	])("%s", (_, named, expected) => {
		const text = JSON.stringify({ $include: named });
		const files = { "conf/main.json": text, "conf/inner/notes.txt": "x" };
		expect(included(files)).toEqual(expected);
	});

	it.each([
		["broken", "{ $include: "],
		["nested ten thousand deep", `${"[".repeat(10_000)}${"]".repeat(10_000)}`],
		[
			"larger than any",
			`{"$include": "a.json", "x": "${"x".repeat(3_000_000)}"}`,
		],
		["of another kind", '{"$include": {"a": 1}}'],
		["empty", ""],
	])("are none when it is %s", (_, text) => {
		expect(included({ "conf/main.json": text })).toEqual([]);
	});

	it("are none when it is not there", () => {
		expect(included({})).toEqual([]);
	});
});
