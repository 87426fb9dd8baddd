import { errorCode, SnapshotError } from "../../errors.ts";
import type { System } from "../../system/system.ts";
import { settleCompacting } from "../compact/compacting.ts";
import { readText } from "../files/durable.ts";
import type { Agent } from "../home/agent.ts";
import { checkPatience } from "../patience.ts";
import { tryLockFile, tryRelatedLockFile } from "./lock-file.ts";
import { relatedHomes } from "./related-homes.ts";
import { giveToOwner, prepareStore, type StorePaths } from "./store.ts";

/**
 * Lets one writing command at a time work on a store, and on a home and those within it: they have state in common. The
 * kernel ends the locks with the process, however it dies.
 */
export async function withLock<T>(
	agent: Agent,
	purpose: string,
	work: () => Promise<T>,
): Promise<T> {
	const { system, store } = agent;
	const release = await acquire(agent);
	try {
		announce(system, store, purpose);
		// First of all: it may be the very snapshot that is meant.
		settleCompacting(system.disk, store);
		return await work();
	} finally {
		forget(system, store);
		release();
	}
}

interface Lock {
	/** Whose it is, of the homes that have state in common. */
	readonly of: "around" | "own" | "within";
	readonly store: StorePaths;
	/** Others may have it so at the same time: two homes within one have nothing in common. */
	readonly isShared: boolean;
}

/**
 * What a command has to have. A command in a home within another shares that one's lock, which the command there has to
 * itself; and it takes the locks of those within. Both are needed: neither may have been there when the other looked.
 */
function locksFor(agent: Agent): Lock[] {
	const related = relatedHomes(agent).map(
		({ agent: { store }, isAround, isPending }): Lock => ({
			of: isAround ? "around" : "within",
			store,
			isShared: isAround && !isPending, // it will have to be finished
		}),
	);
	return [
		...related.filter((lock) => lock.of === "around"),
		{ of: "own", store: agent.store, isShared: false },
		...related.filter((lock) => lock.of === "within"),
	];
}

async function acquire(agent: Agent): Promise<() => void> {
	const { system, store, waitMilliseconds, patience } = agent;
	const { disk, clock } = system;
	const giveUp = clock.monotonic() + waitMilliseconds;
	if (disk.stat(store.lock)?.kind === "link") disk.unlink(store.lock); // never write through a link
	for (;;) {
		prepareStore(system, store);
		const taken = takeAll(agent);
		if ("release" in taken) {
			const owner = disk.stat(store.home);
			if (owner !== undefined) giveToOwner(system, store.lock, owner);
			return taken.release;
		}
		if (clock.monotonic() >= giveUp) throw atWork(agent, taken.missing);
		checkPatience(patience, clock.monotonic());
		patience.progress?.begin("waiting");
		await clock.sleep(50);
	}
}

/**
 * All or none: who waits holds nothing, so no two wait for each other. What is needed is looked at again behind every
 * one: a lock that came meanwhile counts.
 */
function takeAll(agent: Agent): { release(): void } | { missing: Lock } {
	const taken = new Map<string, () => void>();
	const release = () => {
		for (const one of taken.values()) one();
	};
	const keyOf = ({ store, isShared }: Lock) => `${store.lock} ${isShared}`;
	try {
		for (;;) {
			const next = locksFor(agent).find((lock) => !taken.has(keyOf(lock)));
			if (next === undefined) return { release };
			const one = tryOne(agent, next);
			if (one === undefined) {
				release();
				return { missing: next };
			}
			taken.set(keyOf(next), one);
		}
	} catch (error) {
		release();
		throw error;
	}
}

function tryOne(
	{ system }: Agent,
	{ of, store, isShared }: Lock,
): (() => void) | undefined {
	return of === "own"
		? tryLockFile(system, store)
		: tryRelatedLockFile(system, store, isShared);
}

function atWork(agent: Agent, missing: Lock): SnapshotError {
	const { of, store } = sharerOf(agent, missing) ?? missing;
	const where = {
		own: "here",
		around: `in ${store.home}, the home around this one`,
		within: `in ${store.home}, a home within this one`,
	}[of];
	return new SnapshotError(
		"locked",
		`Another command is at work ${where} (${holder(agent.system.disk, store)}). Nothing was changed.`,
		{
			hint: "Try again when it has ended, or give it longer with --wait SECONDS.",
		},
	);
}

/** Our own lock may be had by those within, who share it, and are known by their own. */
function sharerOf(agent: Agent, missing: Lock): Lock | undefined {
	if (missing.of !== "own") return undefined;
	const shared = agent.system.sqlite.tryLock(missing.store.lock, true);
	if (shared === undefined) return undefined;
	try {
		return locksFor(agent)
			.filter((lock) => lock.of === "within")
			.find((lock) => {
				const free = tryOne(agent, lock);
				free?.();
				return free === undefined;
			});
	} finally {
		shared();
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
		if (errorCode(error) === "EACCES") return "it does not say which";
		throw error;
	}
}
