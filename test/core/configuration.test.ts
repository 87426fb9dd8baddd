import { describe, expect, it } from "vitest";
import {
	formOf,
	parseConfiguration,
	scalarAt,
} from "../../src/core/configuration.ts";

describe("a configuration", () => {
	it.each([
		["config.yaml", "YAML"],
		["a/b.yml", "YAML"],
		["openclaw.json", "JSON"],
		["opencode.jsonc", "JSON"],
		["history.jsonl", undefined],
		["SOUL.md", undefined],
		[".env", undefined],
	])("%s is %s", (path, form) => {
		expect(formOf(path)).toBe(form);
	});

	it.each<["JSON" | "YAML", text: string, value: unknown]>([
		["JSON", '{"a": [1]}', { a: [1] }],
		["JSON", "{a: 1, // as OpenClaw's\n}", { a: 1 }],
		["YAML", "a: &x 1\nb: *x\n", { a: 1, b: 1 }],
		["YAML", "a: 1\na: 2\n", { a: 2 }],
		["YAML", "secret: !vault abc\n", { secret: "abc" }],
	])("in %s: %j", async (form, text, value) => {
		expect(await parseConfiguration(form, text)).toEqual({ value });
	});

	it.each<["JSON" | "YAML", text: string]>([
		["JSON", '{"a": '],
		["JSON", ""],
		["JSON", "\0\0\0"],
		["JSON", "[".repeat(100_000)],
		["YAML", "a: [1\n"],
		["YAML", "a: 1\n\tb: 2\n"],
		["YAML", "[".repeat(20_000)],
		["YAML", bomb()],
	])("in %s is none: %.20j", async (form, text) => {
		expect(await parseConfiguration(form, text)).toBeUndefined();
	});

	it("tells a text, a number or the like by its keys, and nothing else", () => {
		const value = { model: { default: "a", depth: 3, on: false, list: [] } };
		expect(scalarAt(value, ["model", "default"])).toBe("a");
		expect(scalarAt(value, ["model", "depth"])).toBe("3");
		expect(scalarAt(value, ["model", "on"])).toBe("false");
		for (const keys of [["model"], ["model", "list"], ["constructor", "name"]])
			expect(scalarAt(value, keys)).toBeUndefined();
		expect(scalarAt(null, ["model"])).toBeUndefined();
	});
});

/** Ten of ten of ten …: a few lines that would fill the memory. */
function bomb(): string {
	const lines = Array.from({ length: 9 }, (_, level) => {
		const one = level === 0 ? "x" : `*a${level - 1}`;
		return `a${level}: &a${level} [${Array(10).fill(one).join(", ")}]`;
	});
	return lines.join("\n");
}
