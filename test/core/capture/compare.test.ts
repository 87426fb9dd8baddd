import { describe, expect, it } from "vitest";
import {
	compareEntries,
	sameContent,
} from "../../../src/core/capture/compare.ts";
import type { Entry } from "../../../src/core/capture/entry.ts";
import { database, directory, file, link } from "../../support/entries.ts";

describe("two captured states", () => {
	it.each<[what: string, before: Entry[], after: Entry[], differences: object]>(
		[
			[
				"are the same",
				[file("a"), link("l")],
				[file("a"), link("l")],
				{ none: true },
			],
			[
				"differ in content",
				[file("a", "1")],
				[file("a", "2")],
				{ changed: ["a"] },
			],
			[
				"differ in a mode",
				[file("a")],
				[file("a", "1", { mode: 0o644 })],
				{ changed: ["a"] },
			],
			[
				"differ in a target",
				[link("l", "x")],
				[link("l", "y")],
				{ changed: ["l"] },
			],
			["differ in kind", [file("a")], [directory("a")], { changed: ["a"] }],
			["differ by a path more", [], [file("a")], { added: ["a"], none: false }],
			[
				"differ by a path less",
				[file("a")],
				[],
				{ removed: ["a"], none: false },
			],
			[
				"do not differ in times",
				[file("a")],
				[file("a", "content", { mtime: 9 })],
				{ none: true },
			],
			[
				"do not differ in what SQLite counts in the header",
				[database("d", "rows", { sha256: "0".repeat(64) })],
				[database("d", "rows", { sha256: "1".repeat(64) })],
				{ none: true },
			],
		],
	)("%s", (_, before, after, differences) => {
		expect(compareEntries(before, after)).toMatchObject(differences);
	});

	it("are compared only where it matters", () => {
		const matters = ({ path }: Entry) => path !== "running.json";
		const before = [file("running.json", "1")];
		expect(
			compareEntries(before, [file("running.json", "2")], matters).none,
		).toBe(true);
	});

	it("are not the same when a hash is not known", () => {
		const unknown = file("a", "1", { sha256: undefined });
		expect(sameContent(unknown, unknown)).toBe(false);
	});
});
