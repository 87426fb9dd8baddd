import fs from "node:fs";
import { errorCode } from "../errors.ts";
import type { Holder, Processes } from "./system.ts";

export function createProcesses(toolVersion: string): Processes {
	return {
		pid: process.pid,
		canSetOwner: process.geteuid?.() === 0,
		toolVersion,
		holders: process.platform === "linux" ? linuxHolders : () => undefined,
	};
}

/**
 * Reads `/proc/<pid>/fd`. A database that was renamed over shows as "path (deleted)": whoever holds it
 * writes into nowhere, and is still a holder. One that is held by another name, through a bind mount or from a
 * container, is the same file by device and inode. Processes of other users cannot be looked into.
 */
function linuxHolders(
	paths: readonly string[],
): ReadonlyMap<string, readonly Holder[]> {
	const wanted = new Map<string, string>();
	for (const path of paths) {
		wanted.set(path, path);
		const identity = unlessGone("", () => identityOf(fs.lstatSync(path)));
		if (identity !== "") wanted.set(identity, path);
	}
	const found = new Map<string, Holder[]>();
	for (const pid of fs.readdirSync("/proc")) {
		if (!/^\d+$/.test(pid) || Number(pid) === process.pid) continue;
		const open = new Set(filesOf(pid).flatMap((key) => wanted.get(key) ?? []));
		if (open.size === 0) continue;
		const holder = { pid: Number(pid), command: commandOf(pid) };
		for (const path of open)
			found.set(path, [...(found.get(path) ?? []), holder]);
	}
	return found;
}

/** Names and identities of the files that a process has open. */
function filesOf(pid: string): string[] {
	const names = unlessGone([] as string[], () =>
		fs.readdirSync(`/proc/${pid}/fd`),
	);
	return names.flatMap((name) => {
		const fd = `/proc/${pid}/fd/${name}`;
		const path = unlessGone("", () => fs.readlinkSync(fd));
		if (!path.startsWith("/")) return []; // a pipe or socket
		const identity = unlessGone("", () => identityOf(fs.statSync(fd)));
		return [path, path.replace(/ \(deleted\)$/, ""), identity];
	});
}

function identityOf({ dev, ino }: fs.Stats): string {
	return `${dev}:${ino}`;
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
