import { describe, expect, it } from "vitest";
import { keyDifferences } from "../../../src/core/diff/key-differences.ts";
import { structureOf } from "../../../src/core/diff/structured.ts";

const texts = (left: unknown, right: unknown, isSecret = false) =>
	keyDifferences(left, right, { isSecret, isOfVariables: false }).some.map(
		({ key, left, right }) => `${key}: ${left} | ${right}`,
	);

const OPEN = { isSecret: false, isOfVariables: false };

describe("two values", () => {
	it.each<[string, unknown, unknown, string[]]>([
		["nothing", { a: { b: [1, { c: 2 }] } }, { a: { b: [1, { c: 2 }] } }, []],
		["nested keys", { a: { b: 1 } }, { a: { b: 2 } }, ["a.b: 1 | 2"]],
		[
			"keys that one has alone",
			{ a: 1 },
			{ b: true },
			["a: 1 | undefined", "b: undefined | true"],
		],
		[
			"words of a list, in no order",
			{ l: ["a", "b"] },
			{ l: ["c", "a"] },
			["l[]: b | undefined", "l[]: undefined | c"],
		],
		[
			"their order, where that is all",
			{ l: ["a", "b"] },
			{ l: ["b", "a"] },
			["l[1]: a | b", "l[2]: b | a"],
		],
		[
			"entries of a list by their names",
			[{ id: 1, x: 1 }, { id: 2 }],
			[{ id: 2 }, { id: 1, x: 2 }],
			["[1].x: 1 | 2", "(order): 1, 2 | 2, 1"],
		],
		[
			"entries by what people call them",
			[{ id: 7, name: "brief", on: true }],
			[{ id: 7, name: "brief", on: false }],
			["[brief].on: true | false"],
		],
		["other kinds", { a: [1] }, { a: "x" }, ['a: [1] | "x"']],
		[
			"secrets by their names",
			{ botToken: "a" },
			{ botToken: "b" },
			["botToken: •••• | ••••"],
		],
		[
			"pairs of a name and a secret",
			{ a: [["password", "Winter%5249Q"], 1], b: ["token", "Rose^Kale#77x"] },
			{ a: [["password", "Winter%5249R"], 1], b: ["token", "Rose^Kale#77y"] },
			[
				...["a[1][]: •••• | undefined", "a[1][]: undefined | ••••"],
				...["b[]: •••• | undefined", "b[]: undefined | ••••"],
			],
		],
		[
			"what lies below such a name",
			{ credentials: { mode: "x" } },
			{ credentials: { mode: "y" } },
			["credentials.mode: •••• | ••••"],
		],
		[
			"what is plainly harmless below such a name, and what is not",
			{ auth: { mode: "basic", x: "a1" }, env: { LOG_LEVEL: "debug" } },
			{ auth: { mode: "oauth", x: "b2" }, env: { LOG_LEVEL: "info" } },
			[
				"auth.mode: basic | oauth",
				"auth.x: •••• | ••••",
				"env.LOG_LEVEL: debug | info",
			],
		],
		[
			"the value of an entry that is called like a secret",
			{ a: [{ name: "A_TOKEN", value: "x1" }] },
			{ a: [{ name: "A_TOKEN", value: "x2" }] },
			["a[A_TOKEN].value: •••• | ••••"],
		],
		[
			"what is hidden elsewhere in it",
			{ base: "zq-1x-9", token: "zq-1x-9" },
			{ base: "zq-2x-9", token: "zq-2x-9" },
			["base: •••• | ••••", "token: •••• | ••••"],
		],
		["all of it", 1, [2], ["all of it: 1 | [2]"]],
	])("differ in %s", (_, left, right, said) => {
		expect(texts(left, right)).toEqual(said);
	});

	it("of a file of variables are told by their names, and no codes of another", () => {
		const names = (isOfVariables: boolean) =>
			keyDifferences(
				{ PLAIN: "a", AB2CD9XK: 1 },
				{ PLAIN: "b", AB2CD9XK: 1, KLMNPQRS: 2 },
				{ isSecret: true, isOfVariables },
			).some.map(({ key }) => key);
		expect(names(true)).toEqual(["PLAIN", "KLMNPQRS"]);
		expect(names(false)).toEqual(["…", "…"]);
	});

	it("of a secret file are told by names only, and by none that may be a secret", () => {
		const said = texts(
			{ access_token: "abc", "4915551234567": 1 },
			{ access_token: "def" },
			true,
		);
		expect(said).toEqual(["access_token: •••• | ••••", "…: •••• | undefined"]);
	});

	it("are as quickly compared where nothing of long lists is the same", () => {
		const list = (from: number) =>
			Array.from({ length: 40_000 }, (_, index) => `word ${from + index}`);
		const named = (words: string[]) => words.map((id) => ({ id }));
		expect(keyDifferences(list(0), list(40_000), OPEN).total).toBe(80_000);
		const reversed = named(list(0)).reverse();
		expect(texts(named(list(0)), reversed)).toHaveLength(1);
	});

	it("are compared as deep as they are parsed, and no more are told than anybody reads", () => {
		const deep = (end: unknown) =>
			Array.from({ length: 1000 }).reduce<unknown>(
				(inner) => ({ in: inner }),
				end,
			);
		expect(keyDifferences(deep(1), deep(1), OPEN).total).toBe(0);
		expect(keyDifferences(deep(1), deep(2), OPEN).total).toBe(1);
		const many = (add: number) =>
			Object.fromEntries(
				Array.from({ length: 500 }, (_, index) => [`k${index}`, index + add]),
			);
		const { some, total } = keyDifferences(many(0), many(1), OPEN);
		expect([some.length, total]).toEqual([200, 500]);
	});
});

describe("a file of settings", () => {
	it.each<[string, string, unknown]>([
		["a.json", '{"a": 1}', { a: 1 }],
		["a.json", "{a: 1, // why\n}", { a: 1 }],
		["a.yaml", "a: 1\nb: [x]", { a: 1, b: ["x"] }],
		["profiles/x/.env", "export A='b c'\n# no\nB=2", { A: "b c", B: "2" }],
	])("%s is read: %s", async (path, text, value) => {
		expect((await structureOf(path, text))?.value).toEqual(value);
	});

	it.each([
		["a.json", "{"],
		["a.yaml", "a: [1"],
		["a.yaml", "a: &a [*a, *a]\nb: *c"],
		["itself.yaml", "a: &a [*a]"],
		["deep.json", `${"[".repeat(5000)}${"]".repeat(5000)}`],
		["a.txt", "{}"],
		["big.yaml", `a: ${"x".repeat(400_000)}`],
	])("%s is none: %s", async (path, text) => {
		expect(await structureOf(path, text)).toBeUndefined();
	});
});

it("numbers that JSON has no word for are told as TOML writes them", async () => {
	const read = async (text: string) =>
		(await structureOf("a.toml", text))?.value;
	expect(
		texts(
			await read("a = inf\nb = nan\nc = [1.5, -inf]\nd = 1"),
			await read("a = -inf\nb = 1\nc = 2\nd = inf"),
		),
	).toEqual([
		"a: inf | -inf",
		"b: nan | 1",
		'c: [1.5,"-inf"] | 2',
		"d: 1 | inf",
	]);
});
