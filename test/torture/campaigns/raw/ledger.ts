import Database from "better-sqlite3";

const ROWS = 4000;

export interface LedgerForm {
	readonly mode: "wal" | "delete";
	readonly pageSize: number;
}

/**
 * About 20 MB in which every row says twice, at both ends of a text of several pages, which commit wrote it, and `total` says
 * after every commit how many rows there are and what their numbers come to.
 */
export function makeLedger(path: string, { mode, pageSize }: LedgerForm): void {
	const database = new Database(path);
	database.pragma(`page_size = ${pageSize}`);
	database.pragma("auto_vacuum = INCREMENTAL");
	database.pragma(`journal_mode = ${mode}`);
	database.exec(`
		CREATE TABLE entries (id INTEGER PRIMARY KEY, commits INTEGER NOT NULL, body TEXT NOT NULL);
		CREATE INDEX by_commits ON entries (commits);
		CREATE TABLE total (seq INTEGER NOT NULL, count INTEGER NOT NULL, sum INTEGER NOT NULL);
		WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${ROWS})
			INSERT INTO entries SELECT i, 0, printf('%08d', 0) || hex(randomblob(2000 + i % 1000)) || printf('%08d', 0) FROM n;
		INSERT INTO total SELECT 0, count(*), sum(commits) FROM entries;`);
	database.close();
}

/** Of which commit a copy is, and what is wrong with it. */
export function auditLedger(path: string): { seq: number; faults: string[] } {
	const database = new Database(path, { fileMustExist: true });
	try {
		const ask = (sql: string) => database.prepare(sql).pluck().get();
		const faults: string[] = [];
		const mode = database.pragma("journal_mode", { simple: true });
		if (mode !== "delete") faults.push(`is in journal mode ${mode}`);
		const check = database.pragma("integrity_check(3)", { simple: true });
		if (check !== "ok") faults.push(`is damaged: ${check}`);
		const torn = ask(`SELECT count(*) FROM entries
			WHERE substr(body, 1, 8) != printf('%08d', commits) OR substr(body, -8) != printf('%08d', commits)`);
		if (torn !== 0) faults.push(`${torn} rows are torn`);
		const isEven =
			ask(`SELECT (count, sum) = (SELECT count(*), sum(commits) FROM entries)
			AND seq = (SELECT max(commits) FROM entries) FROM total`);
		if (isEven !== 1) faults.push("is of more than one commit");
		return { seq: Number(ask("SELECT seq FROM total")), faults };
	} catch (error) {
		return { seq: Number.NaN, faults: [`cannot be read: ${error}`] };
	} finally {
		database.close();
	}
}
