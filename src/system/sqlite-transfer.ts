import fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type BetterSqlite3 from "better-sqlite3";
import { errorCode, SnapshotError } from "../errors.ts";
import type { OpenDatabase } from "./sqlite.ts";
import { quoted } from "./sqlite-table-form.ts";
import { missingHeads } from "./sqlite-transfer-heads.ts";
import { planTransfer } from "./sqlite-transfer-plan.ts";
import type {
	TableTransfer,
	Transfer,
	TransferPlan,
	TransferRequest,
	Value,
} from "./system.ts";

export type Database = BetterSqlite3.Database;
/** The live database, and our copy beside it. */
export type Schema = "main" | "copy";

/** A live database and a copy of ours in one connection: what one has and the other has not can be asked, and brought. */
export async function beginTransfer(
	open: OpenDatabase,
	request: TransferRequest,
): Promise<Transfer> {
	const { live, to } = request;
	const giveUp = performance.now() + request.wait;
	// As a pin: read-only leaves a write-ahead log as it is, and without one a connection that may write leaves nothing.
	let readonly = to === "look" && fs.existsSync(`${live}-wal`);
	for (;;) {
		const database = open(live, { readonly, fileMustExist: true });
		try {
			begin(database, request);
			return transferOn(database, request, giveUp);
		} catch (error) {
			database.close();
			const code = errorCode(error) ?? "";
			if (readonly && /^SQLITE_(READONLY|CANTOPEN)/.test(code))
				readonly = false;
			else await pause(error, request, giveUp);
		}
	}
}

function begin(database: Database, { copy, to }: TransferRequest): void {
	database.defaultSafeIntegers(true);
	// What was brought back survives a power cut once it is said to be there, whatever the agent has chosen for itself.
	database.pragma("synchronous = FULL");
	// Pages that went to the disk before the commit would need the database to ourselves.
	database.pragma("cache_spill = OFF");
	database.pragma("foreign_keys = ON");
	database.exec(to === "write" ? "BEGIN IMMEDIATE" : "BEGIN");
	database.prepare("SELECT 1 FROM main.sqlite_schema LIMIT 1").get();
	// Inside the transaction: begun before it, it would take the write lock of the copy, too, and end in two journals.
	database.prepare("ATTACH ? AS copy").run(copy);
	database.pragma("defer_foreign_keys = ON");
}

function transferOn(
	database: Database,
	request: TransferRequest,
	giveUp: number,
): Transfer {
	return {
		missing: (belonging) => missingHeads(database, belonging),
		plan: (belonging, key) => planTransfer(database, belonging, key),
		insert: (plan) => insert(database, plan),
		async commit() {
			for (;;) {
				try {
					database.exec("COMMIT");
					return;
				} catch (error) {
					// Without a log it waits for those who read.
					await pause(error, request, giveUp);
				}
			}
		},
		end() {
			if (!database.open) return;
			if (database.inTransaction) database.exec("ROLLBACK");
			database.close();
		},
	};
}

async function pause(
	error: unknown,
	{ live, wait, patience }: TransferRequest,
	giveUp: number,
): Promise<void> {
	if (!/^SQLITE_(BUSY|LOCKED|PROTOCOL)/.test(errorCode(error) ?? ""))
		throw error;
	patience.signal.throwIfAborted();
	if (performance.now() > giveUp)
		throw new SnapshotError(
			"busy-database",
			`${live} is in use and was not free within ${wait / 1000} s. Nothing was changed.`,
			{ hint: "Repeat the command when it is free." },
		);
	await sleep(20);
}

function insert(database: Database, { tables }: TransferPlan): void {
	const added = tables.map((one) => insertRows(database, one));
	for (const [index, { table }] of tables.entries())
		refuseDangling(database, table, new Set(added[index]));
}

/** Returns the numbers that they have now. The live database's triggers do their work. */
function insertRows(
	database: Database,
	{ table, columns, place, rows }: TableTransfer,
): bigint[] {
	const names = columns.map(quoted).join(", ");
	const isMeant = place.map((column) => `${quoted(column)} IS ?`).join(" AND ");
	const statement = database.prepare<Value[]>(
		`INSERT INTO main.${quoted(table)} (${names}) SELECT ${names} FROM copy.${quoted(table)} WHERE ${isMeant}`,
	);
	return rows.map((row) => {
		const { changes, lastInsertRowid } = statement.run(...row);
		// A trigger may raise IGNORE.
		if (changes !== 1)
			throw refused(`a row of ${table} was not taken by its triggers`);
		return BigInt(lastInsertRowid);
	});
}

/** What was dangling before is none of our affair. Of tables without numbers SQLite says it at the commit. */
function refuseDangling(
	database: Database,
	table: string,
	added: ReadonlySet<bigint>,
): void {
	interface Row {
		readonly rowid: bigint | null;
		readonly parent: string;
	}
	const rows = database
		.prepare<[string], Row>(
			"SELECT rowid, parent FROM pragma_foreign_key_check(?, 'main')",
		)
		.iterate(table);
	for (const { rowid, parent } of rows)
		if (rowid !== null && added.has(rowid))
			throw refused(
				`a row of ${table} refers to one of ${parent} that is not there`,
			);
}

function refused(why: string): Error {
	return Object.assign(new Error(why), { code: "SQLITE_CONSTRAINT" });
}
