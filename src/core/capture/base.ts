import * as v from "valibot";
import { errorCode, SnapshotError } from "../../errors.ts";
import type { Disk, FileStat } from "../../system/system.ts";
import { writeDurably } from "../files/durable.ts";
import { readNote } from "../files/noted.ts";
import type { Agent } from "../home/agent.ts";
import { ancestorsOf } from "../home/paths.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { refuseOtherTree } from "../restore/other-tree.ts";
import { listSnapshots, type SnapshotInfo } from "../store/listing.ts";
import { readManifest, type StorePaths } from "../store/store.ts";
import { readVerifications } from "../verify/verifications.ts";
import { type Entry, type FileEntry, isFile } from "./entry.ts";

/** A snapshot from which a capture takes over what has not changed since. */
export interface Base {
	readonly id: string;
	/** Where its files lie. */
	readonly folder: string;
	readonly entries: ReadonlyMap<string, Entry>;
	/** When its manifest was written, after all its files, in milliseconds since 1970: what is younger was written to since. */
	readonly sealed: number;
	/** When all in it was last compared with a hash or its original, ISO 8601. */
	readonly verifiedAt: string | undefined;
	/** That was so lately that its files are taken over unread. */
	readonly isFresh: boolean;
	readonly manifest: Manifest;
}

/** Bits rot, and one damaged part is in every snapshot that shares it: so once a day what is shared is read again. */
const FRESH = 24 * 60 * 60 * 1000;

type IsLookedAt = boolean | "files";

interface BaseWanted {
	/** Those that are there; undefined: they are looked for. */
	readonly snapshots?: readonly SnapshotInfo[];
	/** False: everything of the agent's is read again, whatever it looks like. "files": its databases are. */
	readonly isLookedAt?: IsLookedAt;
	/** One that was read a moment ago. */
	readonly known?: Manifest;
}

/** The newest whose manifest can be read, whatever it was made for. */
export function newestBase(
	agent: Agent,
	{
		snapshots = listSnapshots(agent.system.disk, agent.store).snapshots,
		isLookedAt = true,
		known,
	}: BaseWanted,
): Base | undefined {
	for (const { id, sequence, mark } of snapshots) {
		// Hermes' own have no hash to compare with, and damage must not be shared.
		if (sequence === undefined || mark !== undefined) continue;
		try {
			const manifest =
				known?.id === id
					? known
					: readManifest(agent.system.disk, agent.store, id);
			refuseOtherTree(agent, manifest);
			// Its files are for others, and never shared.
			if (manifest.plain) continue;
			return baseFrom(agent, manifest, isLookedAt);
		} catch (error) {
			if (!(error instanceof SnapshotError)) throw error;
		}
	}
	return undefined;
}

export function baseFrom(
	{ system: { disk, clock, processes }, store }: Agent,
	manifest: Manifest,
	isLookedAt: IsLookedAt = true,
): Base {
	const { id } = manifest;
	const entries =
		isLookedAt === true && manifest.boot === processes.boot
			? manifest.entries
			: manifest.entries.map((entry) =>
					isLookedAt === "files" &&
					manifest.boot === processes.boot &&
					entry.kind !== "database"
						? entry
						: withoutLook(entry),
				);
	const verifiedAt = laterOf(manifest.verifiedAt, restamped(disk, store, id));
	const folder = `${store.directory}/${id}`;
	const read = Date.parse(verifiedAt ?? "");
	const now = clock.now().getTime();
	const age = now - read;
	return {
		id,
		folder,
		entries: new Map(entries.map((entry) => [entry.path, entry])),
		sealed: disk.glance(`${folder}/manifest.json`)?.mtime ?? 0,
		verifiedAt,
		// One from the future was made by another clock.
		isFresh:
			age >= 0 && age < FRESH && !isDoubted(disk, store, { id, read, now }),
		manifest,
	};
}

/**
 * Something was found damaged after this one was read: they may share it. Who reads a base anew takes a copy of the
 * original in place of what has rotted.
 * @param read when, in milliseconds since 1970, as now
 */
function isDoubted(
	disk: Disk,
	store: StorePaths,
	{ id, read, now }: { id: string; read: number; now: number },
): boolean {
	const found = readVerifications(disk, store);
	const times = [...found.values()]
		.filter(({ damage }) => damage !== undefined)
		.map(({ at }) => Date.parse(at));
	const last = Math.max(...times.filter((time) => time <= now));
	const { at = "", damage } = found.get(id) ?? {};
	// Looked at together with what was found.
	const isCleared = damage === undefined && Date.parse(at) >= last;
	return last >= read && !isCleared;
}

/**
 * A power cut may take back what was written and leave the times, so that what was captured from memory is not what lies
 * there: after a start of the machine all is read once.
 */
function withoutLook(entry: Entry): Entry {
	if (!isFile(entry)) return entry;
	const { look, ...rest } = entry;
	return rest;
}

/** What a file was that has the same look now: a look at its first bytes is saved. */
export function knownKindIn(base: Base | undefined) {
	return (
		path: string,
		{ look }: FileStat,
	): "file" | "database" | undefined => {
		const entry = base?.entries.get(path);
		if (look === undefined || entry === undefined || !isFile(entry))
			return undefined;
		const [was] = entry.look?.split(" ") ?? [];
		return was === look ? entry.kind : undefined;
	};
}

const Stamp = v.object({ id: v.string(), verifiedAt: v.string() });

/** Of a manifest only what people say of it is ever changed (marks.ts): that its snapshot was read since is noted beside it. */
export function noteVerified({ system, store }: Agent, id: string): void {
	const verifiedAt = system.clock.now().toISOString();
	const text = JSON.stringify({ id, verifiedAt });
	try {
		writeDurably(system.disk, store.verified, `${text}\n`);
	} catch (error) {
		// Without it the next create reads more: that is no reason to fail.
		if (errorCode(error) === undefined) throw error;
	}
}

function restamped(
	disk: Disk,
	store: StorePaths,
	id: string,
): string | undefined {
	const stamp = v.safeParse(Stamp, readNote(disk, store.verified));
	return stamp.success && stamp.output.id === id
		? stamp.output.verifiedAt
		: undefined;
}

function laterOf(a: string | undefined, b: string | undefined) {
	return [a, b]
		.filter((time) => time !== undefined)
		.sort()
		.at(-1);
}

/** Of each base, the directories that are its own: no link leads out of it there. */
const directories = new WeakMap<Base, Map<string, boolean>>();

/** Its files lie in the snapshot itself. */
export function isOfBase(disk: Disk, base: Base, entry: FileEntry): boolean {
	const known = directories.get(base) ?? new Map<string, boolean>();
	directories.set(base, known);
	const above = [
		...ancestorsOf(entry.path),
		...(entry.parts ? [entry.path] : []),
	];
	return above.every((path) => {
		const is =
			known.get(path) ??
			disk.glance(`${base.folder}/${path}`)?.kind === "directory";
		known.set(path, is);
		return is;
	});
}
