import { createHash } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import Database from "better-sqlite3";
import { copyWhole, isSqlite } from "../../../support/database-rows.ts";
import {
	difference,
	type HomeRecord,
	record,
} from "../../../support/oracle.ts";

/** What a home may be, by the name under which it is told. */
export type Allowed = Readonly<Record<string, HomeRecord>>;

/** Which of the allowed states the home is in, all of it; and if in none, what is wrong with the nearest. */
export function stateOf(
	home: string,
	allowed: Allowed,
	look: (home: string) => HomeRecord = record,
): { name: string | undefined; faults: string[] } {
	const now = look(home);
	const tried = Object.entries(allowed).map(([name, wanted]) => ({
		name,
		faults: [...difference(wanted, now), ...strangeSidecars(wanted, now)],
	}));
	tried.sort((a, b) => a.faults.length - b.faults.length);
	const [nearest] = tried;
	if (nearest === undefined) throw new Error("no state is allowed");
	if (nearest.faults.length === 0) return { name: nearest.name, faults: [] };
	const names = tried.map(({ name }) => name).join(" or ");
	return {
		name: undefined,
		faults: [
			`the home should be ${names}:`,
			...nearest.faults
				.slice(0, 6)
				.map((fault) => `  not ${nearest.name}: ${fault}`),
		],
	};
}

/**
 * A log or journal with something in it that was not there before: SQLite would replay it. Empty ones, and the shared
 * memory of a reader that was killed, are nothing to it.
 */
function strangeSidecars(wanted: HomeRecord, now: HomeRecord): string[] {
	return [...now]
		.filter(
			([file, { size }]) =>
				/-(wal|journal)$/.test(file) && size > 0 && !wanted.has(file),
		)
		.map(([file]) => `${file}: a log that does not belong`);
}

/** Plain files that are neither what they were nor what they should become: shortened, torn, or mixed. */
export function tornFiles(home: string, allowed: Allowed): string[] {
	const now = record(home);
	const states = Object.values(allowed);
	return [...now]
		.filter(([, fact]) => fact.type === "file" && fact.rows === undefined)
		.filter(([file]) => !/-(wal|shm|journal)$/.test(file))
		.filter(([file, { sha256 }]) =>
			states.every((state) => state.get(file)?.sha256 !== sha256),
		)
		.filter(([file]) => states.every((state) => !state.get(file)?.rows))
		.map(([file, { size }]) => `${file}: neither old nor new, ${size} bytes`);
}

/** As `record`, with a state.db that a steady writer writes to: its rows, and the full-text index, do not count. */
export function recordBesideWriter(home: string): HomeRecord {
	const facts = record(home);
	const fact = facts.get("state.db");
	if (fact !== undefined)
		facts.set("state.db", {
			...fact,
			rows: rowsOfOthers(path.join(home, "state.db")),
		});
	for (const end of ["-wal", "-shm"]) facts.delete(`state.db${end}`);
	return facts;
}

function rowsOfOthers(file: string): string {
	return withCopyOf(file, (database) => {
		const hash = createHash("sha256");
		for (const sql of [
			"PRAGMA integrity_check",
			"SELECT * FROM sessions ORDER BY 1",
			"SELECT * FROM messages WHERE session_id <> 'steady' ORDER BY 1",
		])
			hash.update(JSON.stringify(database.prepare(sql).raw().all()));
		return hash.digest("hex");
	});
}

/** The numbers that a steady writer's rows carry, in one database. */
export function acknowledgedIn(file: string): number[] {
	return withCopyOf(file, (database) =>
		database.prepare<[], number>("SELECT seq FROM acknowledged").pluck().all(),
	);
}

/** Of what is in the quarantine nobody would look. */
export function hasTableAnew(file: string): boolean {
	if (file.includes("/quarantine/") || !isSqlite(file)) return false;
	return withCopyOf(file, (database) =>
		database
			.prepare<[], string>("SELECT name FROM sqlite_schema")
			.pluck()
			.all()
			.includes("anew"),
	);
}

/** Opening the original would make sidecars beside it, or check its log into it. */
function withCopyOf<T>(
	file: string,
	use: (database: Database.Database) => T,
): T {
	const dir = fs.mkdtempSync(path.join(os.tmpdir(), "agent-snapshot-rows-"));
	const copy = path.join(dir, "copy.db");
	copyWhole(file, copy);
	const log = `${file}-wal`;
	if (fs.existsSync(log)) fs.copyFileSync(log, `${copy}-wal`);
	const database = new Database(copy);
	try {
		return use(database);
	} finally {
		database.close();
		fs.rmSync(dir, { recursive: true });
	}
}
