import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import Database from "better-sqlite3";
import { copyWhole } from "../../../support/database-rows.ts";
import { everyCopyOf } from "../../store-oracle.ts";

/** What one copy of a database says. */
export interface Rows {
	readonly integrity: string;
	readonly keys: ReadonlySet<string>;
}

/** Read from copies elsewhere: opening the original would check its log into it. Nothing there: no rows. */
export function rowsIn(file: string): Rows {
	if (!fs.existsSync(file)) return { integrity: "ok", keys: new Set() };
	const dir = fs.mkdtempSync(path.join(os.tmpdir(), "agent-snapshot-rows-"));
	const copy = path.join(dir, "copy.db");
	copyWhole(file, copy);
	for (const end of ["-wal", "-journal"])
		if (fs.existsSync(file + end)) fs.copyFileSync(file + end, copy + end);
	const db = new Database(copy);
	try {
		return readRows(db);
	} catch (error) {
		if (!(error instanceof Database.SqliteError)) throw error;
		return { integrity: `${error.code} ${error.message}`, keys: new Set() };
	} finally {
		db.close();
		fs.rmSync(dir, { recursive: true });
	}
}

function readRows(db: Database.Database): Rows {
	const integrity = String(db.pragma("integrity_check", { simple: true }));
	const hasTable =
		db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'keyed'").get() !==
		undefined;
	const keys = hasTable
		? db.prepare<[], string>("SELECT key FROM keyed").pluck().all()
		: [];
	return { integrity, keys: new Set(keys) };
}

/** Rows that were acknowledged, and are in no copy that there is; and copies that are broken. */
export function lostRows(
	home: string,
	database: string,
	acknowledged: readonly string[],
): string[] {
	const copies = everyCopyOf(home, database).map((file) => ({
		file,
		...rowsIn(file),
	}));
	const lost = acknowledged.filter(
		(key) => !copies.some(({ keys }) => keys.has(key)),
	);
	// What was moved aside may be what was broken.
	const broken = copies.filter(
		({ file, integrity }) =>
			integrity !== "ok" && !file.includes("/quarantine/"),
	);
	return [
		...(lost.length === 0
			? []
			: [
					`${lost.length} of ${acknowledged.length} acknowledged rows are nowhere: ${lost.slice(0, 8).join(", ")}`,
				]),
		...broken.map(
			({ file, integrity }) => `${path.relative(home, file)}: ${integrity}`,
		),
	];
}

/** Whether an agent that comes now can write to it, and see what it wrote. */
export function unusable(file: string): string[] {
	if (!fs.existsSync(file)) return [];
	const db = new Database(file);
	try {
		db.exec("CREATE TABLE IF NOT EXISTS keyed (key TEXT PRIMARY KEY)");
		db.exec("INSERT INTO keyed VALUES ('at the end')");
	} catch (error) {
		if (!(error instanceof Database.SqliteError)) throw error;
		return [`the database cannot be used: ${error.code} ${error.message}`];
	} finally {
		db.close();
	}
	return rowsIn(file).keys.has("at the end") ? [] : ["a new row is not seen"];
}
