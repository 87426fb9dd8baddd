import fs from "node:fs";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { hashingDatabase } from "../../src/core/files/copy.ts";
import { atOnce } from "../../src/core/work.ts";
import { createDisk } from "../../src/system/disk.ts";
import { setJournalMode } from "../../src/system/sqlite-journal-mode.ts";
import { scratch } from "../support/scratch.ts";
import { connect, makeDatabase } from "../support/small-database.ts";

describe("the journal mode of a copy", () => {
	it.each(["delete", "wal"])("becomes %s", (mode) => {
		const path = makeDatabase(`${scratch()}/x.db`, [1], {
			wal: mode === "delete",
		});
		setJournalMode(connect, path, mode);
		expect(connect(path).pragma("journal_mode", { simple: true })).toBe(mode);
	});

	it.each([
		["delete", 1],
		["wal", 2],
	])("%s leaves its content hash, by which a recovery knows it, and is told by its header", (mode, version) => {
		const path = makeDatabase(`${scratch()}/x.db`, [1], {
			wal: mode === "delete",
		});
		const contentOf = () =>
			atOnce(hashingDatabase(createDisk(fs), path), () => {}).content;
		const before = contentOf();
		setJournalMode(connect, path, mode);
		expect(contentOf()).toBe(before);
		expect([...fs.readFileSync(path).subarray(18, 20)]).toEqual([
			version,
			version,
		]);
	});

	it("is not believed when a journal stays beside it", () => {
		const path = makeDatabase(`${scratch()}/x.db`, [1], { wal: true });
		const open: Parameters<typeof setJournalMode>[0] = (file) => {
			const database = connect(file);
			const close = () => {
				Database.prototype.close.call(database);
				fs.writeFileSync(`${file}-journal`, "could not be unlinked");
				return database;
			};
			return Object.assign(database, { close });
		};
		expect(() => setJournalMode(open, path, "delete")).toThrow(
			expect.objectContaining({ code: "SQLITE_IOERR_DELETE" }),
		);
	});

	it("is not believed when SQLite names it and the disk has refused it", () => {
		const path = makeDatabase(`${scratch()}/x.db`, [1], { wal: true });
		const open: Parameters<typeof setJournalMode>[0] = (file) =>
			Object.assign(connect(file), { pragma: () => "delete" });
		expect(() => setJournalMode(open, path, "delete")).toThrow(
			expect.objectContaining({ code: "SQLITE_IOERR_WRITE" }),
		);
	});
});
