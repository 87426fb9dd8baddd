import fs from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { beforeEach, describe, expect, it } from "vitest";
import { hasStrangeChange } from "../../src/core/capture/page-check.ts";
import { createDisk } from "../../src/system/disk.ts";
import { scratch } from "../support/scratch.ts";

const PAGE = 4096;
const disk = createDisk(fs);

describe("what has changed in a database since it was searched", () => {
	let live: string;
	let before: string;

	beforeEach(() => {
		const directory = scratch();
		live = path.join(directory, "state.db");
		before = path.join(directory, "before.db");
		write(live, (database) => {
			database.exec(
				`CREATE TABLE messages (id INTEGER PRIMARY KEY, content TEXT);
				 CREATE VIRTUAL TABLE found USING fts5(content, tokenize = 'trigram')`,
			);
			fill(database, 100);
		});
		fs.copyFileSync(live, before);
	});

	it("is what SQLite writes, with pages that were free before anything stood in them", () => {
		write(live, (database) => {
			database.exec(
				`CREATE TEMP TABLE big (content);
				 BEGIN;
				 CREATE TABLE gone (content BLOB);
				 INSERT INTO gone VALUES (zeroblob(4000000));
				 DROP TABLE gone`,
			);
			fill(database, 10);
			database.exec("COMMIT");
		});
		expect(blankPages(live)).not.toEqual([]);
		expect(isStrange()).toBe(false);
	});

	it("is strange when a page that is in use holds nothing any more", () => {
		overwrite(usedPage(), Buffer.alloc(PAGE));
		expect(isStrange()).toBe(true);
	});

	it("is strange when the cells of a page lie where none can", () => {
		overwrite(usedPage(), Buffer.from([13, 0, 0, 0xff, 0xff, 0, 1, 0]));
		expect(isStrange()).toBe(true);
	});

	it("is strange when a page begins with the number of one that is not there", () => {
		overwrite(usedPage(), Buffer.from([0, 0xff, 0xff, 0xff]));
		expect(isStrange()).toBe(true);
	});

	it("is strange when the free pages lead in a circle, and one that is none of them holds nothing", () => {
		write(live, (database) => database.exec("DROP TABLE found"));
		fs.copyFileSync(live, before);
		const trunk = fs.readFileSync(live).readUInt32BE(32);
		const circle = Buffer.alloc(8);
		circle.writeUInt32BE(trunk, 0);
		overwrite(trunk, circle);
		overwrite(usedPage(), Buffer.alloc(PAGE));
		expect(isStrange()).toBe(true);
	});

	it("is strange when the list of free pages begins nowhere, and a page holds nothing", () => {
		const nowhere = Buffer.alloc(4, 0x7f);
		const file = fs.openSync(live, "r+");
		fs.writeSync(file, nowhere, 0, 4, 32);
		fs.closeSync(file);
		overwrite(usedPage(), Buffer.alloc(PAGE));
		expect(isStrange()).toBe(true);
	});

	function isStrange(): boolean {
		return hasStrangeChange(disk, live, before, () => {});
	}

	function usedPage(): number {
		const database = new Database(live, { readonly: true });
		const page = database
			.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'messages'")
			.pluck()
			.get();
		database.close();
		return Number(page);
	}

	function overwrite(page: number, bytes: Uint8Array): void {
		const file = fs.openSync(live, "r+");
		fs.writeSync(file, bytes, 0, bytes.length, (page - 1) * PAGE);
		fs.closeSync(file);
	}
});

function write(file: string, change: (database: Database.Database) => void) {
	const database = new Database(file);
	try {
		change(database);
	} finally {
		database.close();
	}
}

function fill(database: Database.Database, count: number): void {
	const message = database.prepare("INSERT INTO messages (content) VALUES (?)");
	const index = database.prepare("INSERT INTO found VALUES (?)");
	for (let at = 0; at < count; at++) {
		const text = `message ${at} of ${count}, ${"word ".repeat(at % 300)}`;
		message.run(text);
		index.run(text);
	}
}

function blankPages(file: string): number[] {
	const bytes = fs.readFileSync(file);
	return [...Array(bytes.length / PAGE).keys()].filter((page) =>
		bytes.subarray(page * PAGE, (page + 1) * PAGE).every((byte) => byte === 0),
	);
}
