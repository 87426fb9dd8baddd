import fs from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { rowsOf } from "../support/database-rows.ts";
import { changeRows, makeSmallDb } from "../support/hermes-databases.ts";
import { makeHermesHome } from "../support/hermes-home.ts";
import { holder } from "../support/holder.ts";
import { difference, record } from "../support/oracle.ts";
import { type CliResult, snapshot } from "../support/run-cli.ts";
import { scratch } from "../support/scratch.ts";

const timeout = 60_000;

interface Case {
	/** The row of docs/reliability.md. */
	readonly over: string;
	/** What became of `state.db` since the snapshot. */
	ruin(home: string, database: string): unknown;
	/** The reply that refuses; undefined: it is restored. */
	readonly refused?: RegExp;
	/** Something is left in the quarantine. */
	readonly quarantined?: true;
}

const LOSE_MESSAGES = "DELETE FROM messages WHERE id % 3 = 0";
const OFFERED = /have it done before its next start: .*--at-next-start/s;

const sidecars = ["-wal", "-shm", "-journal"];

function removeDatabase(database: string): void {
	for (const end of ["", ...sidecars])
		fs.rmSync(database + end, { force: true });
}

function zero(database: string): void {
	for (const end of sidecars) fs.rmSync(database + end, { force: true });
	fs.writeFileSync(database, Buffer.alloc(fs.statSync(database).size));
}

/** A log of another database, with commits that are not of this one. */
function plantForeignLog(database: string): void {
	const other = `${database}.other`;
	fs.copyFileSync(database, other);
	const writer = new Database(other);
	writer.pragma("journal_mode = WAL");
	writer.exec("DELETE FROM messages");
	for (const end of ["-wal", "-shm"])
		fs.copyFileSync(other + end, database + end);
	writer.close();
	removeDatabase(other);
}

function otherPageSize(database: string): void {
	removeDatabase(database);
	makeSmallDb(database, "messages", 3, { pageSize: 8192 });
}

const cases: readonly Case[] = [
	{
		over: "a missing home, the store apart",
		ruin(home) {
			for (const name of fs.readdirSync(home))
				if (name !== "state-snapshots")
					fs.rmSync(path.join(home, name), { recursive: true });
		},
	},
	{
		over: "an empty file",
		ruin: (_, database) => fs.truncateSync(database, 0),
	},
	{
		over: "a zeroed database",
		ruin: (_, database) => zero(database),
		quarantined: true,
	},
	{
		over: "a truncated database",
		ruin: (_, database) => fs.truncateSync(database, 20_000),
		quarantined: true,
	},
	{
		over: "a database with a foreign `-wal`",
		ruin: (_, database) => plantForeignLog(database),
	},
	{
		over: "a database of another page size",
		ruin: (_, database) => otherPageSize(database),
	},
	{
		over: "one held open by a connection",
		ruin(_, database) {
			changeRows(database, LOSE_MESSAGES);
			return holder("connect", database);
		},
	},
	{
		over: "one held by a reader in a transaction",
		ruin(_, database) {
			changeRows(database, LOSE_MESSAGES);
			return holder("read", database);
		},
	},
	{
		over: "one held by a writer in a transaction",
		ruin(_, database) {
			changeRows(database, LOSE_MESSAGES);
			return holder("write", database);
		},
		refused:
			/state\.db is in use by \S+ \(process \d+\) and was not free within 10/,
	},
	{
		over: "a zeroed database that is held open",
		async ruin(_, database) {
			await holder("open", database);
			zero(database);
		},
		refused: /state\.db is open in \S+ \(process \d+\)\. It is damaged/,
	},
	{
		over: "one of another page size that is held open",
		async ruin(_, database) {
			otherPageSize(database);
			await holder("connect", database);
		},
		refused: /state\.db is open in \S+ \(process \d+\)\. .*another page size/,
	},
	{
		over: "one with a newer schema that is held open",
		async ruin(_, database) {
			changeRows(database, "ALTER TABLE messages ADD COLUMN mood TEXT");
			await holder("connect", database);
		},
		refused:
			/it has no column messages\.mood\), and \S+ \(process \d+\) has it/,
	},
	{
		over: "one that was deleted while it was held open",
		async ruin(_, database) {
			await holder("connect", database);
			removeDatabase(database);
		},
		refused: /was deleted or replaced while \S+ \(process \d+\) had it open/,
	},
];

/** A home with one snapshot, and the rows that its database had then. */
async function prepared() {
	const home = makeHermesHome({ dir: path.join(scratch(), "home") });
	await snapshot(home, ["create"]);
	const database = path.join(home, "state.db");
	return { home, database, rows: rowsOf(database) };
}

describe("a restore over", () => {
	it.each(
		cases.filter(({ refused }) => !refused),
	)("$over puts the database back", {
		timeout,
	}, async ({ over, ruin, quarantined = false }) => {
		const { home, database, rows } = await prepared();
		await ruin(home, database);
		const reply = await snapshot(home, ["restore", "1"]);
		expect(reply.json.text).toContain("Restored snapshot 1");
		// Beside one that nobody holds there is nothing of SQLite's left.
		const left = sidecars.filter((end) => fs.existsSync(database + end));
		expect(left).toEqual(over.startsWith("one held") ? ["-wal", "-shm"] : []);
		expect(rowsOf(database)).toBe(rows);
		expect(integrityOf(database)).toBe("ok");
		const quarantine = path.join(home, "state-snapshots/quarantine");
		expect(fs.existsSync(quarantine)).toBe(quarantined);
	});

	it.each(
		cases.filter(({ refused }) => refused),
	)("$over is refused, and nothing changes", {
		timeout,
	}, async ({ ruin, refused }) => {
		const { home, database } = await prepared();
		await ruin(home, database);
		const before = record(home);
		for (const words of [
			["restore", "1", "--dry-run"],
			["restore", "1"],
		]) {
			const reply = await snapshot(home, words);
			// A lock is tried for only when it is needed.
			if (reply.code === 0 && words.includes("--dry-run")) continue;
			expectRefusal(reply, refused ?? /^$/);
			expect(difference(before, record(home))).toEqual([]);
		}
	});
});

function expectRefusal(
	{ code, json }: CliResult & { json: { text: string } },
	sentence: RegExp,
): void {
	expect(code).toBe(1);
	expect(json.text).toMatch(sentence);
	expect(json.text).toContain("Nothing was changed");
	if (!json.text.includes("not free within"))
		expect(json.text).toMatch(OFFERED);
}

describe("what was refused beside a running agent", () => {
	it("is restored by recover at its next start, and undo takes it back", {
		timeout,
	}, async () => {
		const { home, database, rows } = await prepared();
		changeRows(database, "ALTER TABLE messages ADD COLUMN mood TEXT");
		const migrated = rowsOf(database);
		const agent = await holder("connect", database);
		await snapshot(home, ["restore", "1", "--at-next-start"]);
		expect((await snapshot(home, ["recover"])).code).toBe(1);
		expect(rowsOf(database)).toBe(migrated);
		await agent.kill();
		const reply = await snapshot(home, ["recover"]);
		expect(reply.json.text).toContain("Restored snapshot 1");
		expect(rowsOf(database)).toBe(rows);
		await snapshot(home, ["undo"]);
		expect(rowsOf(database)).toBe(migrated);
	});
});

function integrityOf(file: string): unknown {
	const database = new Database(file, { readonly: true });
	try {
		return database.pragma("integrity_check(messages)", { simple: true });
	} finally {
		database.close();
	}
}
