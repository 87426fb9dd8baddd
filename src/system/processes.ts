import { createHash } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import { errorCode } from "../errors.ts";
import type { Holder, Processes } from "./system.ts";

export function createProcesses(toolVersion: string): Processes {
	return {
		pid: process.pid,
		userId: process.geteuid?.(),
		canSetOwner: process.geteuid?.() === 0,
		toolVersion,
		get machineName() {
			return os.hostname();
		},
		get machineId() {
			return process.platform === "linux" ? linuxMachineId() : undefined;
		},
		get boot() {
			return process.platform === "linux"
				? unlessGone(undefined, bootId)
				: undefined;
		},
		mountPoints: process.platform === "linux" ? linuxMounts : () => [],
		holders: process.platform === "linux" ? linuxHolders : () => undefined,
		openBelow: process.platform === "linux" ? linuxOpenBelow : () => undefined,
	};
}

function bootId(): string {
	return fs.readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
}

/** The second one is where the first is not. */
const MACHINE_IDS = ["/etc/machine-id", "/var/lib/dbus/machine-id"];

function linuxMachineId(): string | undefined {
	const text = MACHINE_IDS.map((path) =>
		unlessGone("", () => fs.readFileSync(path, "utf8").trim()),
	).find((id) => /^[0-9a-f]{32}$/.test(id));
	if (text === undefined) return undefined;
	const hash = createHash("sha256").update(`agent-snapshot ${text}`);
	return hash.digest("hex").slice(0, 16);
}

/** The fifth field of each line; spaces and the like stand there as three octal digits (proc_pid_mountinfo(5)). */
function linuxMounts(): string[] {
	const text = unlessGone("", () =>
		fs.readFileSync("/proc/self/mountinfo", "utf8"),
	);
	return text
		.split("\n")
		.map((line) => line.split(" ")[4] ?? "")
		.map((path) =>
			path.replace(/\\([0-7]{3})/g, (_, octal: string) =>
				String.fromCharCode(Number.parseInt(octal, 8)),
			),
		);
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
	for (const pid of otherProcesses()) {
		const open = new Map<string, boolean>();
		for (const { keys, isGone } of filesOf(pid))
			for (const path of keys.flatMap((key) => wanted.get(key) ?? []))
				open.set(path, isGone || open.get(path) === true);
		const command = open.size > 0 ? commandOf(pid) : "";
		for (const [path, isGone] of open) {
			const holder = { pid: Number(pid), command, isGone };
			found.set(path, [...(found.get(path) ?? []), holder]);
		}
	}
	return found;
}

function linuxOpenBelow(directories: readonly string[]): string[] {
	const names = otherProcesses().flatMap((pid) =>
		filesOf(pid).map(({ name }) => name),
	);
	return [...new Set(names)].filter((name) =>
		directories.some((directory) => name.startsWith(`${directory}/`)),
	);
}

function otherProcesses(): string[] {
	return fs
		.readdirSync("/proc")
		.filter((pid) => /^\d+$/.test(pid) && Number(pid) !== process.pid);
}

interface OpenFile {
	/** Without "(deleted)". */
	readonly name: string;
	/** Its names and its identity. */
	readonly keys: readonly string[];
	readonly isGone: boolean;
}

function filesOf(pid: string): OpenFile[] {
	const names = unlessGone([] as string[], () =>
		fs.readdirSync(`/proc/${pid}/fd`),
	);
	return names.flatMap((name) => {
		const fd = `/proc/${pid}/fd/${name}`;
		const path = unlessGone("", () => fs.readlinkSync(fd));
		if (!path.startsWith("/")) return []; // a pipe or socket
		const stat = unlessGone(undefined, () => fs.statSync(fd));
		const identity = stat === undefined ? [] : [identityOf(stat)];
		const plain = path.replace(/ \(deleted\)$/, "");
		const keys = [path, plain, ...identity];
		return [{ name: plain, keys, isGone: stat?.nlink === 0 }];
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

/** Processes end while one looks at them, those of other users are closed to us, and the mount that one has open is dead. */
function unlessGone<T, U>(otherwise: U, look: () => T): T | U {
	try {
		return look();
	} catch (error) {
		const code = errorCode(error);
		// Not theirs but ours: for want of handles or memory nobody would be seen to hold anything.
		if (code === undefined || ["EMFILE", "ENFILE", "ENOMEM"].includes(code))
			throw error;
		return otherwise;
	}
}
