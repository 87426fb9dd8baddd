import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { HANDLERS } from "../../scripts/acts.ts";
import { root } from "../support/paths.ts";

/** The files of ours and the packages of which the code itself stands in one of the engine's built files. */
function heldBy(act: string): string[] {
	const text = fs.readFileSync(path.join(root, "dist", `${act}.cjs`), "utf8");
	const functions = text.matchAll(
		/"lazy:([^"]+)"\([^)]*\)\{(?!\w+\.exports=__other\()/g,
	);
	const bundled = text.matchAll(/\{"node_modules\/([^/"]+)\//g);
	return [...functions, ...bundled].map(([, name = ""]) => name);
}

const verbsIn = (act: string) => {
	const held = heldBy(act);
	return [...HANDLERS]
		.filter(([, file]) => held.includes(file))
		.map(([verb]) => verb);
};
const isPackage = (name: string) => /^[^:]+$/.test(name) && !name.includes("/");

describe("the file that every start reads", () => {
	it("holds two verbs, and of the packages the one that checks a manifest", () => {
		expect(verbsIn("main")).toEqual(["create", "list"]);
		expect(heldBy("main").filter(isPackage).sort()).toEqual([
			"package.json",
			"plugin.json",
			"valibot",
		]);
	});

	it("is no larger than it was", () => {
		// A tenth of it is plugin.json, which has grown by four verbs; and every create asks what was found damaged.
		expect(sizeOf("main")).toBeLessThan(309_000);
	});
});

describe("what a changed create or a restore reads beside", () => {
	it("holds the verbs of every day, and no heavy package", () => {
		expect(verbsIn("rest")).toEqual([
			"restore",
			"undo",
			"prune",
			"auto",
			"status",
			"hosts",
		]);
		expect([...new Set(heldBy("rest").filter(isPackage))].sort()).toEqual([
			"better-sqlite3",
			"fastest-levenshtein",
			"get-east-asian-width",
			"string-width",
		]);
	});

	it.each([
		"commands/diff/diff-lines",
		"core/compact/compact",
		"core/conversation/conversations",
		"core/diff/diff",
		"core/drill/drill",
		"core/status/examine",
		"core/export/export",
		"core/update/guarded-run",
		"core/update/health",
		"core/inside/holdings",
		"core/install/install",
		"core/store/marks",
		"core/conversation/restore-conversation",
		"core/secrets/secrets",
		"core/recover/settle",
		"core/inside/show-file",
		"core/verify/verify-snapshots",
	])("does not hold src/%s.ts, which a rare verb needs", (name) => {
		const file = `src/${name}.ts`;
		expect(heldBy("rare")).toContain(file);
		expect([...heldBy("main"), ...heldBy("rest")]).not.toContain(file);
	});

	it("holds nothing of archives, nor do their packages stand in any file of ours", () => {
		const isArchive = (name: string) => name.startsWith("src/archive/");
		expect(heldBy("rare").filter(isArchive).length).toBeGreaterThan(20);
		for (const act of ["main", "rest"])
			expect(heldBy(act).filter(isArchive)).toEqual([]);
		for (const name of ["age-encryption", "tar", "yauzl", "yazl"])
			expect(heldBy(name)).toContain(name);
	});

	it("is no larger than it was", () => {
		// What lies beside a home is looked for before a snapshot is believed, and a recovery says where it cannot go on.
		expect(sizeOf("rest")).toBeLessThan(428_000);
	});
});

it("no code stands in two of the engine's files", () => {
	const all = ["main", "rest", "rare"]
		.flatMap((act) => [...new Set(heldBy(act))])
		.filter((name) => !name.startsWith("node:"));
	expect(all).toEqual([...new Set(all)]);
});

function sizeOf(act: string): number {
	return fs.statSync(path.join(root, "dist", `${act}.cjs`)).size;
}
