import { errorCode, SnapshotError } from "../../errors.ts";
import type { FileStat, System } from "../../system/system.ts";
import { SIDECARS } from "../home/paths.ts";
import { giveToOwner, type StorePaths } from "./store.ts";

type Release = () => void;

/** Undefined: somebody has it. */
export function tryLockFile(
	{ sqlite, disk }: System,
	store: StorePaths,
): Release | undefined {
	refuseStrange(disk, store);
	try {
		const release = sqlite.tryLock(store.lock);
		// Who has made a store in vain has removed it a moment ago.
		if (release === undefined || disk.stat(store.lock)) return release;
		release();
		return undefined;
	} catch (error) {
		if (!isRuined(error)) throw error;
		// Not removed by us: two who do that at once would both have a lock.
		throw new SnapshotError(
			"failed",
			`${store.lock} is no lock any more: something else was written to it. Nothing was changed.`,
			{
				hint: "Remove it when no other command is at work here.",
				cause: error,
			},
		);
	}
}

/**
 * The lock of another home. One that we may not open is its user's, who takes ours if he may; with one that is ruined no
 * command can be at work there. Either is passed over: it must not keep this home from being saved.
 */
export function tryRelatedLockFile(
	system: System,
	store: StorePaths,
	isShared: boolean,
): Release | undefined {
	const passedOver = () => {};
	const { disk, sqlite } = system;
	const found = disk.stat(store.lock);
	if (!mayOpen(disk, store, found)) return passedOver;
	refuseStrange(disk, store);
	try {
		const release = sqlite.tryLock(store.lock, isShared);
		const home = disk.stat(store.home);
		if (found === undefined && home !== undefined)
			giveToOwner(system, store.lock, home);
		return release;
	} catch (error) {
		if (isRuined(error)) return passedOver;
		throw error;
	}
}

/** One that is not there is made: something waits there to be finished. */
function mayOpen(
	disk: System["disk"],
	{ lock, directory }: StorePaths,
	found: FileStat | undefined,
): boolean {
	if (found === undefined) return disk.mayChangeIn(directory);
	return found.kind !== "link" && disk.mayRead(lock); // never write through a link
}

function isRuined(error: unknown): boolean {
	return /^SQLITE_(NOTADB|CORRUPT)/.test(errorCode(error) ?? "");
}

/** SQLite would wait for ever for the other end of a FIFO, and of all else only say that it could not open or read it. */
function refuseStrange(disk: System["disk"], { lock }: StorePaths): void {
	for (const path of ["", ...SIDECARS].map((suffix) => `${lock}${suffix}`)) {
		const found = disk.stat(path);
		if (found === undefined || found.kind === "file") continue;
		const what = found.kind === "special" ? found.what : found.kind;
		throw new SnapshotError(
			"failed",
			`${path} is a ${what}, where the lock is kept. Nothing was changed.`,
			{ hint: "Move it away, then repeat the command." },
		);
	}
}
