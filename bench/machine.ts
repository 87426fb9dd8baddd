import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import Database from "better-sqlite3";
import { mustRun, PYTHON, versionOf } from "./run.ts";

/** What another machine may have otherwise; pairs of a name and a value. */
export function machineFacts(
	directory: string,
	date: string,
	load: number,
): readonly (readonly [string, string])[] {
	const [cpu] = os.cpus();
	const commit = spawnSync("git", ["rev-parse", "--short", "HEAD"], {
		cwd: import.meta.dirname,
		encoding: "utf8",
	});
	const python = `${versionOf(PYTHON, "--version")}, SQLite ${versionOf(PYTHON, "-c", "import sqlite3; print(sqlite3.sqlite_version)")}`;
	return [
		["Date", date],
		["Commit", commit.status === 0 ? commit.stdout.trim() : "unknown"],
		[
			"Processor",
			`${cpu?.model.trim() ?? "unknown"}, ${os.cpus().length} cores`,
		],
		["Load before it began", load.toFixed(1)],
		["Memory", `${Math.round(os.totalmem() / 2 ** 30)} GB`],
		["Kernel", `${os.type()} ${os.release()}`],
		["File system", fileSystemOf(directory)],
		[
			"Node",
			`${process.version}, better-sqlite3 with SQLite ${sqliteVersion()}`,
		],
		["Python", python],
		["restic", versionOf("restic", "version") ?? "not installed"],
		["borg", versionOf("borg", "--version") ?? "not installed"],
	];
}

function fileSystemOf(directory: string): string {
	return mustRun(["findmnt", "-no", "FSTYPE", "-T", directory]).trim();
}

function sqliteVersion(): string {
	const db = new Database(":memory:");
	try {
		return String(db.prepare("SELECT sqlite_version()").pluck().get());
	} finally {
		db.close();
	}
}

/**
 * A virtual machine is given its memory when it first touches it, which whoever comes first would pay for.
 * @param most bytes: as much as all that is read and written; 12 GB take half a minute
 */
export function prefault(most: number): void {
	const info = fs.readFileSync("/proc/meminfo", "utf8");
	const free = Number(/^MemAvailable:\s+(\d+)/m.exec(info)?.[1] ?? 0) * 1024;
	const blocks = Math.floor(Math.min(free * 0.6, most) / 2 ** 28);
	const script = `const held = []; for (let n = 0; n < ${blocks}; n++) held.push(Buffer.alloc(2 ** 28, 1));`;
	mustRun([process.execPath, "-e", script]);
}
