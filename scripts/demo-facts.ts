import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";

/** What a home holds, by place, in words. */
export type Facts = Readonly<Record<string, string>>;

/** Looks at the disk and into the database, from this process, which is not the agent's. */
export function measureFacts(home: string): Facts {
	const read = (path: string) => readFileSync(join(home, path), "utf8");
	const { jobs } = JSON.parse(read("cron/jobs.json")) as { jobs: unknown[] };
	const model = /^ {2}default: (.*)$/m.exec(read("config.yaml"))?.[1];
	const login = /"refresh_token": "(.*)"/.exec(read("auth.json"))?.[1];
	return {
		"state.db": withDatabase(home, (database) => {
			const count = database.prepare("SELECT count(*) FROM messages").pluck();
			const check = database.pragma("integrity_check", { simple: true });
			return `${count.get()} messages, integrity ${check}`;
		}),
		"config.yaml": `model ${model}`,
		"cron/jobs.json": `${jobs.length} jobs`,
		"pairing/": readdirSync(join(home, "pairing")).sort().join(", "),
		"auth.json": `login ${login}`,
	};
}

/** Whether this process, opening and closing the database as any tool would, sees a message of the agent's. */
export function isSeen(home: string, message: string): boolean {
	return withDatabase(home, (database) => {
		const found = database.prepare("SELECT 1 FROM messages WHERE content = ?");
		return found.get(message) !== undefined;
	});
}

/** Where SQLite puts a connection's shared lock in a database file: sqlite.org/src/file/src/os.h, SHARED_FIRST. */
const SHARED_LOCK = 1_073_741_826;

/**
 * Whether a process still holds SQLite's lock on the database, which goes when anything in that process opens and
 * closes the file. An older SQLite elsewhere (3.40 was tried; 3.53 looks twice) then removes the -wal under it, and
 * its commits are lost. Only Linux tells; elsewhere false, from the start.
 */
export function holdsLock(home: string, pid: number): boolean {
	if (!existsSync("/proc/locks")) return false;
	const { ino } = statSync(join(home, "state.db"));
	return readFileSync("/proc/locks", "utf8")
		.split("\n")
		.map((line) => line.split(/\s+/))
		.some(
			([, , , kind, holder, file = "", start]) =>
				kind === "READ" &&
				Number(holder) === pid &&
				file.endsWith(`:${ino}`) &&
				Number(start) === SHARED_LOCK,
		);
}

function withDatabase<T>(
	home: string,
	look: (database: Database.Database) => T,
): T {
	const database = new Database(join(home, "state.db"), {
		fileMustExist: true,
	});
	try {
		return look(database);
	} finally {
		database.close();
	}
}
