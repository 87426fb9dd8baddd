import type BetterSqlite3 from "better-sqlite3";
import { errorCode } from "../errors.ts";
import type { OpenDatabase } from "./sqlite.ts";
import { rowsOf } from "./sqlite-rows.ts";
import type { HeldTable, Holdings } from "./system.ts";

/** Undefined: it is damaged. */
export function readHoldings(
	open: OpenDatabase,
	path: string,
): Holdings | undefined {
	const database = open(path, { readonly: true, fileMustExist: true });
	try {
		return {
			userVersion: Number(database.pragma("user_version", { simple: true })),
			tables: heldIn(database),
		};
	} catch (error) {
		if (!/^SQLITE_(CORRUPT|NOTADB|ERROR|IOERR)/.test(errorCode(error) ?? ""))
			throw error;
		return undefined;
	} finally {
		database.close();
	}
}

interface Made {
	readonly name: string;
	readonly type: string;
	readonly sql: string;
}

/** By their statements: to ask SQLite for the columns of a virtual table can need a module that is not loaded here. */
const MADE = `SELECT name, type, coalesce(sql, '') AS sql FROM sqlite_schema
	WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name`;

/** Where FTS3 to FTS5 and R*Tree keep what their tables hold. */
const OWN = [
	...["data", "idx", "content", "docsize", "config"],
	...["segments", "segdir", "stat", "node", "rowid", "parent"],
];

function heldIn(database: BetterSqlite3.Database): HeldTable[] {
	const made = database.prepare<[], Made>(MADE).all();
	const all = made.map((one) => ({ ...one, module: moduleOf(one.sql) }));
	const virtual = all.filter(({ module }) => module !== undefined);
	const names = new Set(made.map(({ name }) => name));
	const shadows = new Set(
		virtual.flatMap((one) => OWN.map((end) => `${one.name}_${end}`)),
	);
	return all
		.filter(({ name, module }) => module !== undefined || !shadows.has(name))
		.map(({ name, type, module }) => {
			// A full-text index notes the size of each of its texts.
			const counted = module === undefined ? name : `${name}_docsize`;
			const mayCount = type === "table" && names.has(counted);
			return {
				name,
				kind: module ?? type,
				rows: mayCount ? rowsOf(database, { name: counted })?.count : undefined,
			};
		});
}

/** "fts5"; undefined: it is no virtual table. */
function moduleOf(sql: string): string | undefined {
	return /^\s*CREATE\s+VIRTUAL\s+TABLE\b[\s\S]*?\sUSING\s+"?(\w+)/i
		.exec(sql)?.[1]
		?.toLowerCase();
}
