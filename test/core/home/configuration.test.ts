import { describe, expect, it } from "vitest";
import {
	formOf,
	parseConfiguration,
	scalarAt,
} from "../../../src/core/home/configuration.ts";

const KEY = "sk-or-v1-0123456789abcdef0123";
type Form = Parameters<typeof parseConfiguration>[0];

describe("a configuration", () => {
	it.each([
		["config.yaml", "YAML"],
		["a/b.yml", "YAML"],
		["openclaw.json", "JSON"],
		["opencode.jsonc", "JSON"],
		["config.toml", "TOML"],
		["history.jsonl", undefined],
		["json", undefined],
		["state.db", undefined],
		["SOUL.md", undefined],
		[".env", undefined],
	])("%s is %s", (path, form) => {
		expect(formOf(path)).toBe(form);
	});

	it.each<[Form, text: string, value: unknown]>([
		["JSON", '{"a": [1]}', { a: [1] }],
		["JSON", "{a: 1, // as OpenClaw's\n}", { a: 1 }],
		["JSON", '\uFEFF{ /* mine */ "a": 1 }', { a: 1 }],
		["YAML", "a: &x 1\nb: *x\n", { a: 1, b: 1 }],
		["YAML", "a: 1\na: 2\n", { a: 2 }],
		["YAML", "secret: !vault abc\n", { secret: "abc" }],
		["YAML", "a: 1\n---\nb: 2\n", [{ a: 1 }, { b: 2 }]],
		["YAML", "", null],
		["TOML", 'model = "a"\n[b]\nc = 1\n', { model: "a", b: { c: 1 } }],
	])("in %s: %j", async (form, text, value) => {
		expect(await parseConfiguration(form, text)).toEqual({ value });
	});

	it.each<[Form, text: string, why: string]>([
		["JSON", "", "is empty"],
		["JSON", `{"key": "${KEY}"\n"b"`, "is not JSON (line 2)"],
		["JSON", "\0\0\0", "is not JSON (line 1)"],
		["JSON", "[".repeat(200_000), "is not JSON"],
		["JSON", nested(100_000), "is nested too deep"],
		["YAML", `a: 1\nkey: "${KEY}\n`, "is not YAML"],
		["YAML", `a: [1\nb: ${KEY}\n`, "is not YAML"],
		["YAML", "a: 1\n\tb: 2\n", "is not YAML (line 2)"],
		["YAML", "[".repeat(200_000), "is not YAML"],
		["YAML", "a: *nowhere\n", "is not YAML"],
		["YAML", "a: &a [*a]\n", "is nested too deep"],
		["YAML", bomb(), "is not YAML"],
		["TOML", `a = 1\nkey = ${KEY}\n`, "is not TOML (line 2)"],
		["TOML", `a = ${"[".repeat(200_000)}`, "is not TOML"],
	])("in %s is none, and its text is not told: %.20j", async (form, text, why) => {
		const parsed = await parseConfiguration(form, text);
		const said = "why" in parsed ? parsed.why : "";
		expect(said).toContain(why);
		expect(said).not.toContain(KEY);
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

function nested(levels: number): string {
	return `${"[".repeat(levels)}${"]".repeat(levels)}`;
}

/** Ten of ten of ten …: a few lines that would fill the memory. */
function bomb(): string {
	const lines = Array.from({ length: 9 }, (_, level) => {
		const one = level === 0 ? "x" : `*a${level - 1}`;
		return `a${level}: &a${level} [${Array(10).fill(one).join(", ")}]`;
	});
	return lines.join("\n");
}
