import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readJournal } from "../../src/core/apply/journal.ts";
import { whyUnsafe } from "../../src/core/home/paths.ts";
import { parseSettings } from "../../src/core/home/settings.ts";
import { parseManifest } from "../../src/core/manifest/manifest.ts";
import { listSnapshots } from "../../src/core/store/listing.ts";
import { SnapshotError } from "../../src/errors.ts";
import { malformedFrom, sealed } from "../support/malformed.ts";
import { machine } from "../support/memory-system.ts";
import { STORE } from "../support/plain-agent.ts";
import { storeAt } from "../support/store-folders.ts";

const HASH = "a".repeat(64);
const common = { mode: 0o600, mtime: 1.5 };
const entry = {
	path: "pairing/a.json",
	kind: "file",
	size: 3,
	...common,
	sha256: HASH,
};
const database = {
	...entry,
	path: "state.db",
	kind: "database",
	content: HASH,
	journalMode: "wal",
	checked: true,
};
const link = {
	path: "pairing/out",
	kind: "link",
	target: "../canary",
	mtime: 1,
};
const directory = { path: "pairing", kind: "directory", ...common };

const manifest = {
	id: "20261121-011402-a",
	timestamp: "20261121-011402",
	label: "a",
	file_count: 2,
	total_size: 6,
	formatVersion: 1,
	sequence: 7,
	createdAt: "2026-11-21T01:14:02.000Z",
	reason: "manual",
	host: "plain",
	complete: true,
	coherent: true,
	pinned: false,
	files: { "pairing/a.json": 3, "state.db": 3 },
	captured: { paths: ["pairing", "state.db"], except: ["pairing/*.lock"] },
	missed: [{ path: "pairing/fifo", why: "FIFO", lost: false }],
	undoes: { snapshot: "20261121-011402", paths: ["state.db"] },
	entries: [directory, entry, link, database],
	failed_dbs: [],
};
const journal = {
	formatVersion: 1,
	snapshot: manifest.id,
	undo: "20261121-011403-before-restore",
	startedAt: manifest.createdAt,
	quarantine: "2026-11-21T011402000Z",
	steps: [
		{
			do: "database",
			path: "state.db",
			entry: database,
			was: database,
			staged: "000000",
			how: "rename",
			signature: "1:2:3",
		},
		{
			do: "write",
			path: entry.path,
			entry,
			was: entry,
			staged: "000001",
			seen: "1:2:3",
		},
		{ do: "link", path: link.path, target: link.target, staged: "000002" },
		{ do: "remove", path: "pairing/b.json", was: entry, seen: "7" },
		{ do: "set-aside", path: "pairing/c.json" },
		{ do: "make-directory", path: "memories", mode: 0o700 },
		{ do: "set-mode", path: entry.path, mode: 0o600, mtime: 5 },
	],
};
const settings = {
	formatVersion: 1,
	include: ["skills/mine"],
	exclude: ["memories/*.bak"],
	keep: { manual: 3, "pre-update": 2 },
	reserveBytes: 5,
};

/** What comes out, or the refusal; anything else that is thrown fails the test. */
function tried<T>(read: () => T): T | SnapshotError {
	try {
		return read();
	} catch (error) {
		if (error instanceof SnapshotError) return error;
		throw error;
	}
}

describe("text that may be anything is read, or refused in a sentence:", () => {
	it("a manifest", () => {
		fc.assert(
			fc.property(malformedFrom(manifest, sealed), ({ text }) => {
				const read = tried(() => parseManifest(text, "The manifest of x"));
				if (read instanceof SnapshotError) {
					expect(read.code).toBe("damaged");
					expect(read.message).toMatch(
						/^The manifest of x .*Nothing was changed\.$/s,
					);
				} else
					for (const { path } of read.entries)
						expect(whyUnsafe(path)).toBeUndefined();
			}),
			{ numRuns: 8000 },
		);
	});

	it("a manifest of which only the list is wanted", () => {
		const on = machine();
		on.volume.mkdirSync(`${STORE}/${manifest.id}`, { recursive: true });
		fc.assert(
			fc.property(malformedFrom(manifest, sealed), ({ text }) => {
				on.volume.writeFileSync(`${STORE}/${manifest.id}/manifest.json`, text);
				const { snapshots, damaged } = listSnapshots(on.system.disk, storeAt);
				expect([...snapshots.map(({ id }) => id), ...damaged]).toEqual([
					manifest.id,
				]);
				for (const { createdAt } of snapshots) createdAt.toISOString();
			}),
			{ numRuns: 4000 },
		);
	});

	it("a journal", () => {
		const on = machine();
		on.volume.mkdirSync(storeAt.restoring, { recursive: true });
		const plain = (value: unknown) => JSON.stringify(value, null, 1);
		fc.assert(
			fc.property(malformedFrom(journal, plain), ({ text }) => {
				on.volume.writeFileSync(storeAt.journal, text);
				const read = tried(() => readJournal(on.system.disk, storeAt));
				if (read instanceof SnapshotError)
					expect(read.code).toBe("recovery-blocked");
				else
					for (const { path } of read?.steps ?? [])
						expect(whyUnsafe(path)).toBeUndefined();
			}),
			{ numRuns: 4000 },
		);
	});

	it("the settings", () => {
		const plain = (value: unknown) => JSON.stringify(value, null, 1);
		fc.assert(
			fc.property(malformedFrom(settings, plain), ({ text }) => {
				const read = tried(() => parseSettings(text, "config.json"));
				if (read instanceof SnapshotError) {
					expect(read.code).toBe("bad-config");
					expect(read.message).toMatch(/^config\.json, line \d+: /);
				} else
					for (const path of read.include)
						expect(whyUnsafe(path)).toBeUndefined();
			}),
			{ numRuns: 4000 },
		);
	});
});
