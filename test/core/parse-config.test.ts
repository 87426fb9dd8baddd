import { describe, expect, it } from "vitest";
import { parserOf } from "../../src/core/parse-config.ts";

const KEY = "sk-or-v1-0123456789abcdef0123";

describe("a configuration", () => {
	it.each([
		["a.json", '{"a": [1, 2]}'],
		["a.json", '// mine\n{"a": 1,}'],
		["a.jsonc", '{ /* mine */ "a": 1 }'],
		["a.json5", "{a: 'b'}"],
		["config.yaml", "model:\n  default: a\n---\nb: 2\n"],
		["config.yml", ""],
		["config.yaml", "a: !custom b\n"],
		["config.toml", 'model = "a"\n[b]\nc = 1979-05-27\n'],
	])("%s parses: %j", async (path, text) => {
		expect(await parserOf(path)?.(text)).toBeUndefined();
	});

	it.each([
		["a.json", "", "is empty"],
		["a.json", `{"key": "${KEY}"\n"b"`, "is not JSON (line 2)"],
		["a.yaml", `a: 1\nkey: "${KEY}\n`, "is not YAML"],
		["a.yaml", `a: [1\nb: ${KEY}\n`, "is not YAML"],
		["a.toml", `a = 1\nkey = ${KEY}\n`, "is not TOML (line 2)"],
	])("%s does not, and its text is not told: %j", async (path, text, says) => {
		const why = await parserOf(path)?.(text);
		expect(why).toContain(says);
		expect(why).not.toContain(KEY);
	});

	it("does not, nested thousands deep", async () => {
		for (const [path, text] of [
			["a.json", "[".repeat(200_000)],
			["a.yaml", "[".repeat(200_000)],
			["a.toml", `a = ${"[".repeat(200_000)}`],
		] as const)
			expect(await parserOf(path)?.(text), path).toContain("is not");
	});

	it.each([
		"SOUL.md",
		"state.db",
		"json",
		".env",
		"a.jsonl",
	])("is not what %s is", (path) => {
		expect(parserOf(path)).toBeUndefined();
	});
});
