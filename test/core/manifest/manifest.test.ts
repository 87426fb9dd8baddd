import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Entry } from "../../../src/core/capture/entry.ts";
import { formatManifest } from "../../../src/core/manifest/format-manifest.ts";
import {
	type Manifest,
	parseManifest,
} from "../../../src/core/manifest/manifest.ts";
import { parseSummary } from "../../../src/core/manifest/manifest-summary.ts";
import { SnapshotError } from "../../../src/errors.ts";

const HASH = "a".repeat(64);

function manifest(changes: Partial<Manifest> = {}): Manifest {
	const entries = changes.entries ?? [file("a.txt")];
	return {
		id: "20261121-011402-before-upgrade",
		timestamp: "20261121-011402",
		label: "before upgrade",
		file_count: 1,
		total_size: 3,
		formatVersion: 1,
		sequence: 7,
		createdAt: "2026-11-21T01:14:02.000Z",
		reason: "manual",
		host: "plain",
		complete: true,
		coherent: true,
		pinned: false,
		files: { "a.txt": 3 },
		captured: { paths: entries.map(({ path }) => path), except: [] },
		missed: [],
		tool: "0.1.0",
		sqlite: "3.53.0",
		entries,
		...changes,
	};
}

function file(path: string, changes: Partial<Entry> = {}): Entry {
	const entry = { path, kind: "file", size: 3, mode: 0o600, mtime: 1.5 };
	return { ...entry, sha256: HASH, ...changes } as Entry;
}

/** The same manifest as other software might have left it. */
function text(changes: Record<string, unknown>): string {
	return JSON.stringify({ ...manifest(), ...changes });
}

function refusal(json: string): SnapshotError {
	try {
		parseManifest(json, "The manifest of x");
	} catch (error) {
		if (error instanceof SnapshotError) return error;
		throw error;
	}
	throw new Error("it was accepted");
}

const anyName = fc
	.string({ unit: "binary", minLength: 1, maxLength: 12 })
	.map((name) => name.replaceAll(/[/\0]/g, "-"))
	.filter((name) => name !== "." && name !== ".." && !/^[a-z]:/i.test(name));

describe("a manifest", () => {
	it.each<[what: string, changes: Partial<Manifest>]>([
		["as it is made every day", {}],
		["of no file at all", { files: {}, entries: [] }],
		["without a label", { label: null }],
		["with a label of 300 characters", { label: 'é"\\\n\u001b😀'.repeat(43) }],
		["with a label that looks like the next key", { label: '", "files": {' }],
		["with names that are not UTF-8", { entries: [file("bad\udcffname")] }],
		[
			"with newlines in names",
			{ entries: [file("new\nline"), file('q"uote')] },
		],
		["with a file named __proto__", { entries: [file("__proto__")] }],
		[
			"with something missed",
			{ missed: [{ path: "p", why: "FIFO", lost: false }] },
		],
		[
			"of an undo",
			{ undoes: { snapshot: "20261121-011402", paths: ["a.txt"] } },
		],
		[
			"with every kind of entry",
			{
				entries: [
					{ path: "d", kind: "directory", mode: 0o700, mtime: 1 },
					{ path: "d/link", kind: "link", target: "../x\udc80", mtime: 1 },
					{
						path: "state.db",
						kind: "database",
						size: 4096,
						mode: 0o600,
						mtime: 1,
						sha256: HASH,
						content: HASH,
						journalMode: "wal",
						checked: false,
					},
				],
			},
		],
	])("is read as it was written: %s", (_, changes) => {
		const written = manifest(changes);
		expect(parseManifest(formatManifest(written), "It")).toEqual(written);
	});

	it("is read as it was written, whatever its label and names", () => {
		fc.assert(
			fc.property(fc.string({ unit: "binary" }), anyName, (label, path) => {
				const written = manifest({ label, entries: [file(`d/${path}`)] });
				expect(parseManifest(formatManifest(written), "It")).toEqual(written);
			}),
		);
	});

	it("shows what the list needs in its first 2 KiB, with a long label and 5,000 files", () => {
		const names = Array.from({ length: 5000 }, (_, index) => `file-${index}`);
		const label = "before the upgrade 😀 ".repeat(14);
		const whole = formatManifest(
			manifest({
				label,
				files: Object.fromEntries(names.map((name) => [name, 3])),
				entries: names.map((name) => file(name)),
			}),
		);
		const beginning = Buffer.from(whole).subarray(0, 2048).toString();
		expect(parseSummary(beginning)).toMatchObject({ label, sequence: 7 });
	});

	it("is one line an entry, for people to read", () => {
		const lines = formatManifest(manifest()).split("\n");
		expect(lines).toContain('    "a.txt": 3');
		expect(lines.filter((line) => line.includes(HASH))).toHaveLength(1);
	});
});

describe("a manifest's checksum", () => {
	const written = formatManifest(
		manifest({ label: "é\ufffd", entries: [file("a.txt"), file("bad\udcff")] }),
	);

	it("is the SHA-256 of all lines above its own", () => {
		const lines = written.split("\n");
		const above = lines.slice(0, -3).map((line) => `${line}\n`);
		const hash = createHash("sha256").update(above.join("")).digest("hex");
		expect(lines.slice(-3)).toEqual([`  "checksum": "${hash}"`, "}", ""]);
	});

	it("finds every single-bit flip, those in its own name, too", () => {
		const bytes = Buffer.from(written);
		const passed: number[] = [];
		for (let at = 0; at < bytes.length * 8; at++) {
			const flipped = Buffer.from(bytes);
			flipped[at >> 3] = (flipped[at >> 3] ?? 0) ^ (1 << (at & 7));
			try {
				parseManifest(flipped.toString(), "It");
				passed.push(at >> 3);
			} catch (error) {
				expect(error).toMatchObject({ code: "damaged" });
			}
		}
		expect(passed).toEqual([]);
	});

	it("is not asked for: a manifest without one is read", () => {
		const bare = written.replace(/,\n {2}"checksum".*/, "");
		expect(parseManifest(bare, "It").label).toBe("é\ufffd");
	});

	it.each([
		[
			"written anew by other software",
			(all: string) => JSON.stringify(JSON.parse(all)),
		],
		[
			"of another shape",
			(all: string) => all.replace(/"checksum": ".*"/, '"checksum": null'),
		],
		["followed by something", (all: string) => `${all}\n`],
	])("refuses one that was %s", (_, change) => {
		expect(refusal(change(written)).message).toBe(
			"The manifest of x is not as it was written: its checksum differs. Nothing was changed.",
		);
	});
});

describe("Hermes' own manifest", () => {
	const theirs = {
		id: "20260501-100000-mine",
		timestamp: "20260501-100000",
		label: null,
		file_count: 2,
		total_size: 5,
		files: { "config.yaml": 2, "state.db": 3 },
	};

	it("is read: its files are the entries, and what was looked for is not known", () => {
		const read = parseManifest(JSON.stringify(theirs), "It");
		expect(read.captured).toBeUndefined();
		expect(read.entries).toEqual([
			{ path: "config.yaml", kind: "file", size: 2 },
			{ path: "state.db", kind: "file", size: 3 },
		]);
	});

	it.each([
		["a name", "state.db", ["state.db"]],
		["names by reason", { "state.db": "locked" }, ["state.db"]],
		[
			"what has no name",
			[{ toString: 1 }, [[]], 7],
			["something without a name", "something without a name", "7"],
		],
	])("says what it could not save, whatever stands there: %s", (_, failed, paths) => {
		const text = JSON.stringify({ ...theirs, failed_dbs: failed });
		const { missed } = parseManifest(text, "It");
		expect(missed.map(({ path }) => path)).toEqual(paths);
	});

	it("is trusted no more than ours", () => {
		const evil = { ...theirs, files: { "../../evil": 1 } };
		expect(refusal(JSON.stringify(evil)).message).toContain('holds ".."');
	});
});

describe("a manifest is refused as damaged, with the reason,", () => {
	it.each<[what: string, json: string, why: RegExp]>([
		["cut short", formatManifest(manifest()).slice(0, -20), /is not JSON/],
		["empty", "", /is not JSON/],
		["a list", "[]", /is not valid: it has no id/],
		["null", "null", /is not valid at its top: something else belongs there/],
		[
			"a list of files under another name",
			text({ files: undefined, filez: {} }),
			/x is not valid: it has no files\. /,
		],
		[
			"a size in words",
			text({ files: { a: "ten" } }),
			/x is not valid: files must name a number for each file\. /,
		],
		[
			"an absolute path",
			text({ entries: [file("/etc/passwd")] }),
			/is absolute/,
		],
		["a path upwards", text({ entries: [file("a/../../b")] }), /holds "\.\."/],
		[
			"a path into the store",
			text({ entries: [file("state-snapshots/x")] }),
			/snapshot store/,
		],
		["a NUL", text({ entries: [file("a\0")] }), /NUL/],
		[
			"a covered path upwards",
			text({ captured: { paths: [".."], except: [] } }),
			/holds "\.\."/,
		],
		[
			"a path twice",
			text({ entries: [file("a"), file("a")] }),
			/names a path twice/,
		],
		[
			"a path below a link",
			text({
				entries: [
					{ path: "l", kind: "link", target: "/etc" },
					file("l/passwd"),
				],
			}),
			/puts "l\/passwd" below "l", which is not a directory/,
		],
		[
			"a path below a file",
			text({ entries: [file("f"), file("f/g")] }),
			/not a directory/,
		],
		[
			"a later format",
			text({ formatVersion: 3 }),
			/newer agent-snapshot \(format 3, this one reads 2\)/,
		],
		[
			"an unknown kind",
			text({ entries: [{ path: "a", kind: "socket" }] }),
			/entries\.0/,
		],
		[
			"a size that is a word",
			text({ entries: [file("a", { size: "3" as never })] }),
			/entries\.0\.size/,
		],
		["a negative size", text({ total_size: -1 }), /total_size/],
		[
			"a mode beyond modes",
			text({ entries: [file("a", { mode: 0o10000 })] }),
			/mode/,
		],
		[
			"a hash that is none",
			text({ entries: [file("a", { sha256: "zz" } as never)] }),
			/sha256/,
		],
		["no id", text({ id: 7 }), /at id/],
		[
			"what it says was not looked for",
			text({ entries: [file("a.txt"), file("skills/authorized_keys")] }),
			/"skills\/authorized_keys", which it says was not looked for/,
		],
		[
			"a sequence that leaves no room for another",
			text({ sequence: 2 ** 53 }),
			/sequence/,
		],
		["files that are a list", text({ files: [1] }), /files/],
	])("when it is or holds %s", (_, json, why) => {
		const { code, message } = refusal(json);
		expect(code).toBe("damaged");
		expect(message).toMatch(/^The manifest of x /);
		expect(message).toMatch(why);
		expect(message).toContain("Nothing was changed.");
	});

	it("and its beginning is no summary", () => {
		for (const beginning of ["", "{", "[]", '{"id": 1}', '{"id": "a", "timest'])
			expect(parseSummary(beginning)).toBeUndefined();
	});
});
