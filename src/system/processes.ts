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
function linuxHolders(
	paths: readonly string[],
): ReadonlyMap<string, readonly Holder[]> {
	const wanted = new Set(paths);
	const found = new Map<string, Holder[]>();
	for (const pid of fs.readdirSync("/proc")) {
		if (!/^\d+$/.test(pid) || Number(pid) === process.pid) continue;
		const open = new Set(filesOf(pid).filter((path) => wanted.has(path)));
		if (open.size === 0) continue;
		const holder = { pid: Number(pid), command: commandOf(pid) };
		for (const path of open)
			found.set(path, [...(found.get(path) ?? []), holder]);
	}
	return found;
}

function filesOf(pid: string): string[] {
	const names = unlessGone([] as string[], () =>
		fs.readdirSync(`/proc/${pid}/fd`),
	);
	return names.flatMap((name) => {
		const path = unlessGone("", () =>
			fs.readlinkSync(`/proc/${pid}/fd/${name}`),
		);
		return [path, path.replace(/ \(deleted\)$/, "")];
	});
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
