import fs from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isSoundTree, isTreeType } from "../../src/core/capture/tree-page.ts";
import { scratch } from "../support/scratch.ts";

const HEADER = 100;

interface Made {
	readonly pageSize: number;
	readonly autoVacuum: number;
	readonly secureDelete: boolean;
	readonly encoding: string;
	readonly steps: readonly Step[];
}

interface Step {
	readonly table: string;
	readonly keys: readonly number[];
	readonly length: number;
	readonly isGone: boolean;
}

const made: fc.Arbitrary<Made> = fc.record({
	pageSize: fc.constantFrom(512, 1024, 4096, 65_536),
	autoVacuum: fc.constantFrom(0, 1, 2),
	secureDelete: fc.boolean(),
	encoding: fc.constantFrom("UTF-8", "UTF-16le"),
	steps: fc.array(
		fc.record({
			table: fc.constantFrom("rows", "named", "found"),
			keys: fc.array(fc.integer({ min: -(2 ** 40), max: 2 ** 40 }), {
				minLength: 1,
				maxLength: 60,
			}),
			length: fc.constantFrom(0, 1, 40, 700, 9000),
			isGone: fc.boolean(),
		}),
		{ maxLength: 12 },
	),
});

describe("every page of a tree that SQLite has written", () => {
	it("is sound by itself", () => {
		const file = path.join(scratch(), "state.db");
		fc.assert(
			fc.property(made, (plan) => {
				write(file, plan);
				for (const [number, page] of pagesOf(file))
					if (plan.autoVacuum === 0 || !isPointerMap(number, page.length))
						expect([number, isSound(page, number, file)]).toEqual([
							number,
							true,
						]);
			}),
			{ numRuns: 60 },
		);
	});
});

describe("a page of a tree that was damaged", () => {
	const file = () => {
		const at = path.join(scratch(), "state.db");
		const keys = Array.from({ length: 600 }, (_, key) => key);
		const step = { table: "rows", keys, length: 40, isGone: false };
		const plain = { pageSize: 4096, autoVacuum: 0, secureDelete: false };
		write(at, { ...plain, encoding: "UTF-8", steps: [step] });
		return at;
	};

	it.each<[string, (page: Buffer, other: Buffer) => Buffer]>([
		["holds nothing in its second half", (page) => page.fill(0, 2048)],
		["lies 512 bytes further on behind its head", (page) => moved(page, 512)],
		["has the first half of another one", half],
		["has random bytes behind its head", (page) => page.fill("\x07\x9e", 16)],
	])("is strange when it %s", (_, damage) => {
		const at = file();
		const leaves = pagesOf(at).filter(([, page]) => page[0] === 13);
		const [one, two] = leaves.slice(3);
		if (one === undefined || two === undefined) throw new Error("too small");
		const [number, page] = one;
		expect(isSound(damage(page, two[1]), number, at)).toBe(false);
	});
});

function moved(page: Buffer, by: number): Buffer {
	const [head, rest] = [page.subarray(0, 8), page.subarray(8)];
	return Buffer.concat([head, rest.subarray(-by), rest.subarray(0, -by)]);
}

/** Its first half is that of the other one. */
function half(page: Buffer, other: Buffer): Buffer {
	return Buffer.concat([other.subarray(0, 2048), page.subarray(2048)]);
}

function write(file: string, plan: Made): void {
	fs.rmSync(file, { force: true });
	const database = new Database(file);
	database.pragma(`page_size = ${plan.pageSize}`);
	database.pragma(`auto_vacuum = ${plan.autoVacuum}`);
	database.pragma(`encoding = '${plan.encoding}'`);
	database.pragma(`secure_delete = ${plan.secureDelete}`);
	database.exec(
		`CREATE TABLE rows (id INTEGER PRIMARY KEY, text);
		 CREATE INDEX by_text ON rows (text, id);
		 CREATE TABLE named (id PRIMARY KEY, text) WITHOUT ROWID;
		 CREATE VIRTUAL TABLE found USING fts5(text)`,
	);
	for (const { table, keys, length, isGone } of plan.steps) {
		const key = table === "found" ? "rowid" : "id";
		const run = isGone
			? database.prepare(`DELETE FROM ${table} WHERE ${key} = ?`)
			: database.prepare(
					`INSERT OR REPLACE INTO ${table} (${key}, text) VALUES (?, ?)`,
				);
		for (const one of keys)
			run.run(...(isGone ? [one] : [one, `${one} `.repeat(length / 2)]));
	}
	database.close();
}

function pagesOf(file: string): [number, Buffer][] {
	const bytes = fs.readFileSync(file);
	const size = sizeIn(bytes);
	return Array.from({ length: bytes.length / size }, (_, index) => [
		index + 1,
		Buffer.from(bytes.subarray(index * size, (index + 1) * size)),
	]);
}

function sizeIn(bytes: Buffer): number {
	const size = bytes.readUInt16BE(16);
	return size === 1 ? 65_536 : size;
}

/** Where they lie: sqlite.org/fileformat2.html#pointer_map_or_ptrmap_pages */
function isPointerMap(number: number, size: number): boolean {
	return (number - 2) % (Math.floor(size / 5) + 1) === 0;
}

/** Others than those of trees are left to others. */
function isSound(page: Buffer, number: number, file: string): boolean {
	const at = number === 1 ? HEADER : 0;
	const pages = fs.statSync(file).size / page.length;
	const facts = { usable: page.length, pages };
	return !isTreeType(page[at] ?? 0) || isSoundTree(page, at, facts);
}
