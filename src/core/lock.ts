import { errorCode, SnapshotError } from "../errors.ts";
import type { System } from "../system/system.ts";
import type { Agent } from "./agent.ts";
import { readText } from "./durable.ts";
import { SIDECARS } from "./paths.ts";
import { checkPatience } from "./patience.ts";
import { giveToOwner, prepareStore, type StorePaths } from "./store.ts";

/** Lets one writing command at a time work on a store; the kernel ends the lock with the process, however it dies. */
export async function withLock<T>(
	agent: Agent,
	purpose: string,
	work: () => Promise<T>,
): Promise<T> {
	const { system, store } = agent;
	prepareStore(system, store);
	const release = await acquire(agent);
	try {
		announce(system, store, purpose);
		return await work();
	} finally {
		forget(system, store);
		release();
	}
}

async function acquire({
	system,
	store,
	waitMilliseconds,
	patience,
}: Agent): Promise<() => void> {
	const { disk, clock } = system;
	const giveUp = clock.monotonic() + waitMilliseconds;
	if (disk.stat(store.lock)?.kind === "link") disk.unlink(store.lock); // never write through a link
	for (;;) {
		const release = tryLock(system, store);
		if (release !== undefined) {
			const owner = disk.stat(store.home);
			if (owner !== undefined) giveToOwner(system, store.lock, owner);
			return release;
		}
		if (clock.monotonic() >= giveUp) {
			throw new SnapshotError(
				"locked",
				`Another command is at work here (${holder(disk, store)}). Nothing was changed.`,
				{
					hint: "Try again when it has ended, or give it longer with --wait SECONDS.",
				},
			);
		}
		checkPatience(patience, clock.monotonic());
		await clock.sleep(50);
	}
}

function tryLock(
	{ sqlite, disk }: System,
	store: StorePaths,
): (() => void) | undefined {
	try {
		return sqlite.tryLock(store.lock);
	} catch (error) {
		refuseStrange(disk, store, error);
		if (!/^SQLITE_(NOTADB|CORRUPT)/.test(errorCode(error) ?? "")) throw error;
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

/** SQLite only says that it could not open or read it. */
function refuseStrange(
	disk: System["disk"],
	{ lock }: StorePaths,
	cause: unknown,
): void {
	for (const path of ["", ...SIDECARS].map((suffix) => `${lock}${suffix}`)) {
		const found = disk.stat(path);
		if (found === undefined || found.kind === "file") continue;
		const what = found.kind === "special" ? found.what : found.kind;
		throw new SnapshotError(
			"failed",
			`${path} is a ${what}, where the lock is kept. Nothing was changed.`,
			{ hint: "Move it away, then repeat the command.", cause },
		);
	}
}

/** For the sentence that another process shows: says who, and decides nothing, so a full disk may refuse it. */
function announce(
	{ disk, processes, clock }: System,
	store: StorePaths,
	purpose: string,
): void {
	const text = `${purpose}, process ${processes.pid}, since ${clock.now().toISOString()}`;
	try {
		disk.removeTree(store.lockHolder);
		const file = disk.open(store.lockHolder, "create", 0o600);
		disk.write(file, Buffer.from(text));
		disk.close(file);
	} catch (error) {
		if (!["ENOSPC", "EDQUOT"].includes(errorCode(error) ?? "")) throw error;
	}
}

/** Must not make what was done look failed: the next holder writes its own name. */
function forget({ disk }: System, store: StorePaths): void {
	try {
		disk.removeTree(store.lockHolder);
	} catch (error) {
		if (errorCode(error) === undefined) throw error; // not the disk: a bug
	}
}

function holder(disk: System["disk"], store: StorePaths): string {
	try {
		return (
			readText(disk, store.lockHolder, 4096)?.replace(/[^\x20-\x7e]/g, "") ||
			"it does not say which"
		);
	} catch (error) {
		if (errorCode(error) === "ENOENT") return "it has just ended";
		throw error;
	}
}
