import { createHash } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import Database from "better-sqlite3";

/** Copies a file, or the folder of parts in which a snapshot keeps a large one: put together in the order of their names. */
export function copyWhole(kept: string, copy: string): void {
	const isInParts = fs.statSync(kept).isDirectory();
	const parts = isInParts
		? fs.readdirSync(kept).map((part) => path.join(kept, part))
		: [kept];
	fs.writeFileSync(copy, "");
	for (const part of parts.sort())
		fs.appendFileSync(copy, fs.readFileSync(part));
}

/** By the header, whatever the name. */
export function isSqlite(file: fs.PathLike): boolean {
	const head = Buffer.alloc(16);
	const descriptor = fs.openSync(file, "r");
	fs.readSync(descriptor, head);
	fs.closeSync(descriptor);
	return head.toString("latin1") === "SQLite format 3\0";
}

/**
 * A hash over the schema and all rows of a database and its `-wal`, read from copies elsewhere: opening the
 * original would make sidecars beside it or check its log into it.
 */
export function rowsOf(file: string): string {
	const dir = fs.mkdtempSync(path.join(os.tmpdir(), "agent-snapshot-rows-"));
	const copy = path.join(dir, "copy.db");
	copyWhole(file, copy);
	for (const end of ["-wal", "-journal"]) {
		if (fs.existsSync(file + end)) fs.copyFileSync(file + end, copy + end);
	}
	const db = new Database(copy);
	try {
		return hashRows(db);
	} catch (error) {
		return `unreadable: ${error instanceof Error ? error.message : String(error)}`;
	} finally {
		db.close();
		fs.rmSync(dir, { recursive: true, force: true });
	}
}

function hashRows(db: Database.Database): string {
	const hash = createHash("sha256");
	const schema = db
		.prepare<[], { name: string; type: string; sql: string | null }>(
			"SELECT name, type, sql FROM sqlite_schema ORDER BY 2, 1",
		)
		.all();
	hash.update(
		JSON.stringify([
			schema,
			db.pragma("user_version"),
			db.pragma("application_id"),
		]),
	);
	// A full-text table's own rows stand in its shadow tables; its tokenizer may not be loaded here.
	const tables = schema.filter(
		(item) => item.type === "table" && !item.sql?.startsWith("CREATE VIRTUAL"),
	);
	for (const { name } of tables) {
		hash.update(`\n${name}`);
		const rows = db
			.prepare(`SELECT * FROM "${name.replaceAll('"', '""')}"`)
			.raw()
			.safeIntegers();
		for (const row of rows.iterate()) hash.update(JSON.stringify(row, plain));
	}
	return hash.digest("hex");
}

function plain(_key: string, value: unknown): unknown {
	return typeof value === "bigint" ? `${value}n` : value;
}
