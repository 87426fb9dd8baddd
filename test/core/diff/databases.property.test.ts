import fs from "node:fs";
import Database from "better-sqlite3";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	comparingDatabases,
	type DatabaseDifference,
} from "../../../src/core/diff/compare-databases.ts";
import {
	type PageSource,
	SqliteFile,
} from "../../../src/core/diff/sqlite-file.ts";
import { Malformed } from "../../../src/core/diff/sqlite-record.ts";
import { TableDifference } from "../../../src/core/diff/table-difference.ts";
import { atOnce } from "../../../src/core/work.ts";
import { createSqlite } from "../../../src/system/sqlite.ts";
import { dice, makeTwoDatabases } from "../../support/random-databases.ts";
import { scratch } from "../../support/scratch.ts";

/** Many more: SNAPSHOT_TEST_RUNS=1000 npx vitest run test/core/diff */
const RUNS = Number(process.env.SNAPSHOT_TEST_RUNS ?? 40);

const KEYS: Readonly<Record<string, readonly string[]>> = {
	aliased: ["id"],
	keyed: ["k"],
	rowless: ["l", "k"],
	"made up": ["id"],
	backwards: ["id"],
	sqlite_sequence: ["name"],
	search: ["rowid"],
};

describe("two databases", () => {
	it("differ in the rows in which SQLite says that they do", () => {
		const folder = scratch();
		fc.assert(
			fc.property(fc.integer({ min: 1, max: 2 ** 31 }), (seed) => {
				const { left, right, story } = makeTwoDatabases(folder, seed);
				const found = summaryOf(compare(left, right));
				expect(found, `${seed}: ${story.join(", ")}`).toEqual(
					oracle(left, right, found),
				);
			}),
			{ numRuns: RUNS },
		);
	});

	it("are compared or refused, whatever bytes are in them", () => {
		const folder = scratch();
		fc.assert(
			fc.property(fc.integer({ min: 1, max: 2 ** 31 }), (seed) => {
				const { left, right } = makeTwoDatabases(folder, seed);
				const { roll } = dice(seed);
				const bytes = fs.readFileSync(right);
				for (let flips = 1 + roll(20); flips > 0; flips--)
					bytes[
						roll(2) ? roll(bytes.length) : roll(Math.min(bytes.length, 2000))
					] = roll(256);
				fs.writeFileSync(
					right,
					bytes.subarray(0, roll(3) ? bytes.length : roll(bytes.length)),
				);
				try {
					compare(left, right);
				} catch (error) {
					if (!(error instanceof Malformed)) throw error;
				}
			}),
			{ numRuns: RUNS },
		);
	});
});

function compare(left: string, right: string): DatabaseDifference {
	const work = comparingDatabases({
		left: new SqliteFile(sourceOf(left)),
		right: new SqliteFile(sourceOf(right)),
		isKnown: () => false,
		difference: (table) =>
			new TableDifference(table, {
				most: 5,
				noting: {},
				shown: () => () => "",
			}),
		leftOut: [],
		columnsOf: (sqls) => createSqlite().columnsOf(sqls),
	});
	return atOnce(work, () => {});
}

function sourceOf(file: string): PageSource {
	const bytes = fs.readFileSync(file);
	return {
		size: bytes.length,
		beginning: bytes.subarray(0, 100),
		read(offset, into) {
			if (offset + into.length > bytes.length) throw new Malformed("it ends");
			bytes.copy(into, 0, offset, offset + into.length);
		},
	};
}

interface Counts {
	readonly left: number;
	readonly right: number;
	readonly changed: number;
}
type Summary = Record<string, Counts>;

function summaryOf({ tables }: DatabaseDifference): Summary {
	const rows = tables.map(({ name, noted }) => ({
		name,
		left: noted.left.count,
		right: noted.right.count,
		changed: noted.changed.count,
	}));
	return Object.fromEntries(
		rows
			.filter(({ left, right, changed }) => left + right + changed > 0)
			.map(({ name, ...counts }) => [name, counts]),
	);
}

/** @param found of tables without a key only the balance is known, and whether they say the same */
function oracle(left: string, right: string, found: Summary): Summary {
	const [one, other] = [
		new Database(left, { readonly: true }),
		new Database(right, { readonly: true }),
	];
	try {
		const names = new Set([...tablesIn(one), ...tablesIn(other)]);
		const all: Summary = {};
		for (const name of names) {
			const [here, there] = [columnsIn(one, name), columnsIn(other, name)];
			const common =
				here.length === 0
					? there
					: there.length === 0
						? here
						: here.filter((column) => there.includes(column));
			const [lefts, rights] = [
				rowsIn(one, name, common),
				rowsIn(other, name, common),
			];
			const counts =
				KEYS[name] === undefined
					? withoutKey(lefts, rights, found[name])
					: withKey(
							lefts,
							rights,
							KEYS[name].map((key) => common.indexOf(key)),
						);
			if (counts.left + counts.right + counts.changed > 0) all[name] = counts;
		}
		return all;
	} finally {
		one.close();
		other.close();
	}
}

function withKey(
	lefts: string[][],
	rights: string[][],
	keys: number[],
): Counts {
	const keyed = (rows: string[][]) =>
		new Map(
			rows.map((row) => [keys.map((key) => row[key]).join(), row.join("\0")]),
		);
	const [one, other] = [keyed(lefts), keyed(rights)];
	const both = [...one].filter(([key]) => other.has(key));
	return {
		left: one.size - both.length,
		right: other.size - both.length,
		changed: both.filter(([key, row]) => other.get(key) !== row).length,
	};
}

function withoutKey(
	lefts: string[][],
	rights: string[][],
	found?: Counts,
): Counts {
	const [one, other] = [lefts, rights].map((rows) =>
		rows.map((row) => row.join("\0")).sort(),
	);
	if (String(one) === String(other)) return { left: 0, right: 0, changed: 0 };
	const { left = 0, right = 0, changed = 0 } = found ?? {};
	expect(left - right).toBe(lefts.length - rights.length);
	expect(left + right + changed).toBeGreaterThan(0);
	const lone = [...new Set(one)].filter((row) => !new Set(other).has(row));
	expect(left + changed).toBeGreaterThanOrEqual(lone.length);
	return { left, right, changed };
}

function tablesIn(database: Database.Database): string[] {
	return database
		.prepare<[], string>(
			"SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'search!_%' ESCAPE '!'",
		)
		.pluck()
		.all();
}

/** Those that stand in rows. */
function columnsIn(database: Database.Database, table: string): string[] {
	const names = database
		.prepare<[string], string>(
			"SELECT name FROM pragma_table_xinfo(?) WHERE hidden NOT IN (1, 2)",
		)
		.pluck()
		.all(table);
	return table === "search" && names.length > 0 ? ["rowid", ...names] : names;
}

function rowsIn(
	database: Database.Database,
	table: string,
	columns: string[],
): string[][] {
	if (!tablesIn(database).includes(table)) return [];
	const rows = database
		.prepare<[], unknown[]>(
			`SELECT ${columns.map((column) => `"${column}"`).join()} FROM "${table}"`,
		)
		.safeIntegers()
		.raw()
		.all();
	return rows.map((row) => row.map(textOf));
}

function textOf(value: unknown): string {
	if (Buffer.isBuffer(value)) return `blob:${value.toString("hex")}`;
	if (typeof value === "string") return `text:${value}`;
	if (typeof value === "bigint" && Number.isSafeInteger(Number(value)))
		return String(Number(value));
	return typeof value === "bigint" ? `${value}n` : String(value);
}
