import { errorCode } from "../../errors.ts";
import { type Base, newestBase } from "../capture/base.ts";
import type { CaptureRequest } from "../capture/capture.ts";
import type { Agent } from "../home/agent.ts";
import type { Settings } from "../home/settings.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { listSnapshots, type SnapshotInfo } from "../store/listing.ts";
import { relatedHomes } from "../store/related-homes.ts";
import type { CreateRequest, Made } from "./create.ts";
import { type FirstLook, nothingNew } from "./nothing-new.ts";
import { stateRequest } from "./take-state.ts";
import { newestComplete } from "./unchanged.ts";

/** What a create knows before it captures anything. */
export interface Known {
	readonly snapshots: readonly SnapshotInfo[];
	readonly newest: SnapshotInfo | undefined;
	readonly base: Base | undefined;
	readonly before: Manifest | undefined;
	readonly request: Omit<CaptureRequest, "into">;
}

export function whatIsKnown(
	agent: Agent,
	asked: CreateRequest,
	settings: Settings,
): Known {
	const { snapshots } = listSnapshots(agent.system.disk, agent.store);
	const [newest] = snapshots.filter(({ number }) => number === 1);
	const base = newestBase(agent, {
		snapshots,
		isLookedAt: !asked.force,
	});
	const before = newestComplete(agent, snapshots, base);
	const request = stateRequest(agent, { base, before, settings, asked });
	return { snapshots, newest, base, before, request };
}

/** The newest one will do if it says the same. */
export function isSkippable(
	{ force, reason }: CreateRequest,
	before: Manifest | undefined,
	newest: SnapshotInfo | undefined,
): before is Manifest {
	return (
		!force &&
		before !== undefined &&
		before.id === newest?.id &&
		// One that an update made goes sooner than one that a person asked for.
		(reason !== "manual" || newest.reason === "manual")
	);
}

/** What was seen before the lock was taken, and what tells that it still holds: see `isStill`. */
export interface Seen {
	readonly known: Known;
	readonly look: FirstLook;
	/** Nothing has changed: what `create` says. */
	readonly same: Made | undefined;
	readonly names: string;
	readonly manifest: string;
}

/**
 * Whether nobody has written to anything, before SQLite is loaded for the lock, which takes as long as the look. No lock is
 * needed for it: what looks now as when it was captured was not written to in between, so all of it was as it was captured
 * when the look began, whoever has come since. Undefined where there is more to do than to look, or somebody at work.
 */
export function lookFirst(
	agent: Agent,
	asked: CreateRequest,
	settings: Settings,
): Seen | undefined {
	try {
		const names = isAtRest(agent) ? namesIn(agent) : undefined;
		if (asked.force || asked.isEnough || names === undefined) return undefined;
		const known = whatIsKnown(agent, asked, settings);
		const { base, before, newest, request } = known;
		if (!base || !newest || !isSkippable(asked, before, newest))
			return undefined;
		const manifest = stampOf(agent, base);
		const look = nothingNew(agent, base, before, request);
		const same = look.same && { ...look.same, snapshot: newest };
		return { known, look, same, names, manifest };
	} catch (error) {
		// Whoever has the lock tells what is wrong, if it still is.
		if (errorCode(error) === undefined) throw error;
		return undefined;
	}
}

/**
 * With the lock: no snapshot has come, gone or changed its form since. Who changes what is said of one (marks.ts) changes
 * nothing that a capture asks for.
 */
export function isStill(agent: Agent, { known, names, manifest }: Seen) {
	return (
		known.base !== undefined &&
		namesIn(agent) === names &&
		stampOf(agent, known.base) === manifest
	);
}

/** What lies in a store beside its snapshots when nobody is at work there and nobody died over it. */
const AT_REST = [
	".damaged.json",
	".lock.db",
	".no-undo",
	".sizes.json",
	".summaries.json",
	".tags.json",
	".verifications.json",
	".verified.json",
];

function isAtRest(agent: Agent): boolean {
	const { store, system } = agent;
	const { disk } = system;
	const found = disk.stat(store.directory);
	return (
		found?.kind === "directory" &&
		(found.mode & 0o077) === 0 &&
		disk.glance(store.lock)?.kind === "file" &&
		disk
			.names(store.directory)
			.every((name) => !name.startsWith(".") || AT_REST.includes(name)) &&
		relatedHomes(agent).length === 0
	);
}

/** Without those that are not of a snapshot: our own lock has a holder. */
function namesIn({ system, store }: Agent): string {
	return system.disk
		.names(store.directory)
		.filter((name) => !name.startsWith("."))
		.join("/");
}

function stampOf({ system }: Agent, { folder }: Base): string {
	const found = system.disk.glance(`${folder}/manifest.json`);
	return `${found?.inode} ${found?.size} ${found?.mtime} ${found?.ctime}`;
}
