import fs from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { makeHermesHome } from "../support/hermes-home.ts";
import { difference, record } from "../support/oracle.ts";
import { runCli, snapshot } from "../support/run-cli.ts";
import { scratch } from "../support/scratch.ts";
import { readManifest } from "../support/store.ts";

const labels = [
	["../../evil"],
	["a/b"],
	["/etc/passwd"],
	[".."],
	[".hidden"],
	["x".repeat(300)],
	["é".repeat(300)],
	["before 🚀 upgrade 👩‍👩‍👧"],
	["\u001b[31mred\u001b[0m \u001b]0;title\u0007"],
	["\u009b31m"],
	['it\'s "quoted" `here`'],
	["$(touch evil) ; rm -rf *"],
	["two\nlines\r\nand\ttab"],
	["-rf --force"],
	["--json"],
	["back\\slash"],
	["manifest.json"],
	["two  spaces"],
];
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const controls = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/;

/** Makes a snapshot with the label and checks everything that is promised of any label. */
async function expectKeptSafely(home: string, label: string): Promise<void> {
	const made = await snapshot(home, ["create", "--force", "--", label]);
	expect(made.code, made.json.text).toBe(0);
	expect(made.json.text).not.toMatch(controls);
	const summary = made.json.data.snapshot;
	expect(summary?.label).toBe(label);
	const id = summary?.id ?? "";

	const store = path.join(home, "state-snapshots");
	expect(path.dirname(path.join(store, id))).toBe(store);
	expect(fs.readdirSync(store)).toContain(id);
	expect(id).toMatch(/^\d{8}-\d{6}[^/]*$/);
	expect(id).not.toMatch(controls);
	expect(readManifest(home, id)).toMatchObject({ id, label });
	expect(
		(await snapshot(home, ["restore", id, "--dry-run"])).code,
		"its id works",
	).toBe(0);
}

it.each(
	labels,
)("keeps the label %j exactly and its folder inside the store", async (label) => {
	const dir = scratch();
	const home = makeHermesHome({ dir: path.join(dir, "a/b/home") });
	const before = record(dir.concat("/a"));
	await expectKeptSafely(home, label);
	const after = record(dir.concat("/a"));
	for (const file of after.keys())
		if (file.startsWith("b/home/state-snapshots")) after.delete(file);
	expect(difference(before, after)).toEqual([]);
	expect(fs.readdirSync(dir)).toEqual(["a"]);
});

it("prints labels without control characters", {
	timeout: 60_000,
}, async () => {
	const home = makeHermesHome({ dir: path.join(scratch(), "home") });
	for (const label of [
		"\u001b[31mred\u0007",
		"\u009b2J",
		"a\nb\rc",
		"x".repeat(300),
	]) {
		const made = await runCli([
			"--home",
			home,
			"create",
			"--force",
			"--",
			label,
		]);
		expect(made.code).toBe(0);
		expect(made.stdout).not.toMatch(controls);
	}
	const list = await runCli(["--home", home, "list"]);
	expect(list.stdout).not.toMatch(controls);
	const numbered = list.stdout
		.split("\n")
		.filter((line) => /^\W*[1-4]\b/.test(line));
	expect(numbered, "one line each, whatever the label").toHaveLength(4);
});

it("joins words with one space, as Hermes does", async () => {
	const home = makeHermesHome({ dir: path.join(scratch(), "home") });
	const made = await snapshot(home, [
		"create",
		"before",
		"the",
		"big",
		"upgrade",
	]);
	expect(made.json.data.snapshot?.label).toBe("before the big upgrade");
});

it("makes two snapshots with one label in one second without a clash", async () => {
	const home = makeHermesHome({ dir: path.join(scratch(), "home") });
	const first = await snapshot(home, ["create", "--force", "same"]);
	const second = await snapshot(home, ["create", "--force", "same"]);
	expect(first.json.data.snapshot?.id).not.toBe(second.json.data.snapshot?.id);
	expect((await snapshot(home, ["list"])).json.data.snapshots).toHaveLength(2);
});

it("keeps any text at all as a label", { timeout: 120_000 }, async () => {
	const home = makeHermesHome({ dir: path.join(scratch(), "home") });
	// A command line cannot carry NUL, and a label of spaces only is no label.
	const anyText = fc
		.string({ unit: "binary", minLength: 1, maxLength: 60 })
		.filter(
			(text) => !text.includes("\0") && text.trim() === text && text !== "",
		);
	await fc.assert(
		fc.asyncProperty(anyText, (label) => expectKeptSafely(home, label)),
		{ numRuns: 20, seed: 20261121 },
	);
});
