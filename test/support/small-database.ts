import Database from "better-sqlite3";
import { onTestFinished } from "vitest";

/** A database with one table `t (n)` of these numbers. */
export function makeDatabase(
	path: string,
	numbers: readonly number[],
	options: { wal?: boolean; pageSize?: number } = {},
): string {
	const database = new Database(path);
	database.pragma(`page_size = ${options.pageSize ?? 4096}`);
	if (options.wal) database.pragma("journal_mode = WAL");
	database.exec("CREATE TABLE t (n INTEGER)");
	for (const number of numbers)
		database.prepare("INSERT INTO t VALUES (?)").run(number);
	database.close();
	return path;
}

/** A connection that is closed when the test ends, and that waits for nobody. */
export function connect(path: string): Database.Database {
	const database = new Database(path, { timeout: 0, fileMustExist: true });
	onTestFinished(() => {
		database.close();
	});
	return database;
}

export function numbersIn(database: Database.Database): number[] {
	return database.prepare<[], number>("SELECT n FROM t").pluck().all();
}

/** Opens, reads and closes. */
export function numbersAt(path: string): number[] {
	const database = new Database(path, { fileMustExist: true });
	try {
		return numbersIn(database);
	} finally {
		database.close();
	}
}
