import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	ancestorsOf,
	databaseOfSidecar,
	isWithin,
	looksLikeDatabase,
	matches,
	nameMatches,
	parentOf,
	whyUnsafe,
} from "../../../src/core/home/paths.ts";

describe("a path that is not below the home", () => {
	it.each([
		["", "is empty"],
		["/etc/passwd", "is absolute"],
		["C:/Windows", "is absolute"],
		["c:\\Windows", "is absolute"],
		["..", 'holds ".."'],
		["../evil", 'holds ".."'],
		["a/../../b", 'holds ".."'],
		["a//b", "holds an empty name"],
		["a/", "holds an empty name"],
		["./a", "holds an empty name"],
		["a/.", "holds an empty name"],
		["a\0b", "holds a NUL character"],
		["state-snapshots", "lies in the snapshot store"],
		["state-snapshots/x/manifest.json", "lies in the snapshot store"],
		["a".repeat(4097), "is longer than 4,096 characters"],
		[`a/${"b".repeat(256)}`, "holds a name longer than 255 characters"],
	])("%j is refused: it %s", (path, why) => {
		expect(whyUnsafe(path)).toBe(why);
	});

	it.each([
		"config.yaml",
		"a/b/c",
		"..hidden",
		"a..b/...",
		"with\nnewline",
		"lone \udcff byte",
		"deep/state-snapshots",
		"C",
	])("%j is fine", (path) => {
		expect(whyUnsafe(path)).toBeUndefined();
	});
});

describe("a pattern", () => {
	it.each<[path: string, pattern: string, verdict: boolean]>([
		["a/b", "a/b", true],
		["a/b/c", "a/b", true],
		["a", "a/b", false],
		["ab", "a", false],
		["boards/x/workspaces/y", "boards/*/workspaces", true],
		["boards/x/y/workspaces", "boards/*/workspaces", false],
		["memories/a.lock", "memories/*.lock", true],
		["memories/a.lock.md", "memories/*.lock", false],
		["a.b", "a?b", false],
		["axb", "a.b", false],
		["a(b", "a(b", true],
		["new\nline.json", "new*.json", true],
		["", "*", true],
		["a/b/node_modules/c", "**/node_modules", true],
		["node_modules", "**/node_modules", true],
		["a/my_node_modules", "**/node_modules", false],
	])("%j against %j is %s", (path, pattern, verdict) => {
		expect(matches(path, pattern)).toBe(verdict);
	});
});

describe("a pattern", () => {
	const text = fc
		.array(fc.constantFrom("a", "b", "*", "/", ".", "\n", "$", "\udcff"), {
			maxLength: 7,
		})
		.map((letters) => letters.join(""));

	const namesMatch = (names: readonly string[], wanted: readonly string[]) =>
		wanted.length <= names.length &&
		wanted.every((one, at) => nameMatches(names[at] ?? "", one));

	it("is compared name by name, whatever the path", () => {
		fc.assert(
			fc.property(text, text, (path, pattern) => {
				const names = path.split("/");
				const [first, ...others] = pattern.split("/");
				const expected =
					first === "**" && others.length > 0
						? names.some((_, at) => namesMatch(names.slice(at), others))
						: namesMatch(names, pattern.split("/"));
				expect(matches(path, pattern)).toBe(expected);
			}),
			{ numRuns: 5000 },
		);
	});
});

describe("paths", () => {
	it.each([
		["a/b/c", ["a", "a/b"], "a/b"],
		["a", [], undefined],
	])("%j has its ancestors, outermost first, and its parent", (path, above, parent) => {
		expect(ancestorsOf(path)).toEqual(above);
		expect(parentOf(path)).toBe(parent);
	});

	it.each<[path: string, directory: string, verdict: boolean]>([
		["a/b", "a", true],
		["a", "a", true],
		["ab", "a", false],
		["a", "a/b", false],
	])("%j is within %j: %s", (path, directory, verdict) => {
		expect(isWithin(path, directory)).toBe(verdict);
	});

	it.each([
		["state.db-wal", "state.db"],
		["state.db-shm", "state.db"],
		["state.db-journal", "state.db"],
		["state.db", undefined],
		["wal", undefined],
	])("%j is a sidecar of %j", (path, database) => {
		expect(databaseOfSidecar(path)).toBe(database);
	});

	it.each([
		["state.db", true],
		["A.SQLITE3", true],
		["x.sqlite", true],
		["notes.dbx", false],
		["db", false],
	])("%j is named like a database: %s", (path, verdict) => {
		expect(looksLikeDatabase(path)).toBe(verdict);
	});
});
