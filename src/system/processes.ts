import fs from "node:fs";
import { errorCode } from "../errors.ts";
import type { Holder, Processes } from "./system.ts";

export function createProcesses(toolVersion: string): Processes {
	return {
		pid: process.pid,
		canSetOwner: process.geteuid?.() === 0,
		toolVersion,
		isAlive,
		holders: process.platform === "linux" ? linuxHolders : () => undefined,
	};
}

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return errorCode(error) === "EPERM"; // somebody else's, and alive
	}
}

/**
 * Reads `/proc/<pid>/fd`. A database that was renamed over shows as "path (deleted)": whoever holds it
 * writes into nowhere, and is still a holder. Processes of other users cannot be looked into.
 */
function linuxHolders(paths: readonly string[]): Holder[] {
	const wanted = new Set(paths.flatMap((path) => [path, `${path} (deleted)`]));
	const pids = fs
		.readdirSync("/proc")
		.filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
	return pids
		.filter((pid) => holdsOne(pid, wanted))
		.map((pid) => ({ pid: Number(pid), command: commandOf(pid) }));
}

function holdsOne(pid: string, wanted: ReadonlySet<string>): boolean {
	return unlessGone([] as string[], () =>
		fs.readdirSync(`/proc/${pid}/fd`),
	).some((name) =>
		wanted.has(
			unlessGone("", () => fs.readlinkSync(`/proc/${pid}/fd/${name}`)),
		),
	);
}

function commandOf(pid: string): string {
	return unlessGone("", () =>
		fs.readFileSync(`/proc/${pid}/comm`, "utf8"),
	).trim();
}

/** Processes end while one looks at them, and those of other users are closed to us. */
function unlessGone<T>(otherwise: T, look: () => T): T {
	try {
		return look();
	} catch (error) {
		if (["ENOENT", "ESRCH", "EACCES", "EPERM"].includes(errorCode(error) ?? ""))
			return otherwise;
		throw error;
	}
}
