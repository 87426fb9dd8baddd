import { createHash } from "node:crypto";
import { ContentHash } from "../core/capture/content-hash.ts";
import type { Entry, FileEntry } from "../core/capture/entry.ts";
import { copyingFile } from "../core/files/copy.ts";
import { makeDirectories, writeFully } from "../core/files/durable.ts";
import type { Agent } from "../core/home/agent.ts";
import { ancestorsOf, parentOf } from "../core/home/paths.ts";
import { isSecretFile } from "../core/secrets/secrets.ts";
import { breathe, inTurns } from "../core/work.ts";
import { errorCode, SnapshotError } from "../errors.ts";
import type { Disk } from "../system/system.ts";
import type { Archive, Listed } from "./archive.ts";
import { timeOnDisks } from "./member-times.ts";
import { settleDatabases } from "./settle-databases.ts";

/** Where a member goes, and what it has to be. */
export interface Target {
	/** Below the folder. */
	readonly path: string;
	/** As the archive's manifest says; undefined: it has none. */
	readonly entry: FileEntry | undefined;
}

export interface Unpacked {
	readonly entries: readonly Entry[];
	readonly bytes: number;
}

/**
 * Unpacks into a folder of ours what has a target, private from its first byte, compares it with the manifest, and brings
 * databases into one file each: what stands in their logs is in them then.
 * @throws SnapshotError `damaged`, `failed`
 */
export async function unpack(
	agent: Agent,
	archive: Archive,
	targets: ReadonlyMap<string, Target>,
	into: string,
): Promise<Unpacked> {
	const { disk } = agent.system;
	const found = new Map<string, FileEntry>();
	const missing = new Set(targets.keys());
	const twins = twinsIn(await archive.list());
	await archive.pour(async (packed, content) => {
		let first: { readonly to: string; readonly said: Said } | undefined;
		for (const member of [packed, ...(twins.get(packed.name) ?? [])]) {
			const target = targets.get(member.name);
			if (target === undefined) continue;
			missing.delete(member.name);
			const to = `${into}/${target.path}`;
			makeDirectories(disk, into, parentOf(to) ?? into);
			if (first === undefined)
				first = { to, said: await write(agent, to, member, content) };
			else await copyOf(agent, first.to, to, member.name);
			refuseOther(member.name, target.entry, first.said);
			found.set(target.path, entryOf(agent, member, target, first.said));
		}
	});
	for (const name of missing) throw lacking(name);
	const entries = await settleDatabases(agent, found, into);
	const bytes = entries.reduce((sum, { size }) => sum + size, 0);
	return { entries: withDirectories(entries), bytes };
}

/** By the file that has their content. */
function twinsIn(members: readonly Listed[]): ReadonlyMap<string, Listed[]> {
	const twins = new Map<string, Listed[]>();
	for (const member of members)
		if (member.sameAs !== undefined)
			twins.set(member.sameAs, [...(twins.get(member.sameAs) ?? []), member]);
	return twins;
}

interface Said {
	readonly size: number;
	readonly sha256: string;
	/** As of a database. */
	readonly content: string;
}

async function write(
	agent: Agent,
	to: string,
	{ name, size }: Listed,
	chunks: AsyncIterable<Uint8Array>,
): Promise<Said> {
	const { system, patience } = agent;
	const { disk } = system;
	const file = create(disk, to, name);
	const sha256 = createHash("sha256");
	const content = new ContentHash();
	let written = 0;
	patience.progress?.at(name);
	try {
		for await (const chunk of chunks) {
			written += chunk.length;
			if (written > size) throw larger(name, size);
			writeFully(disk, file, chunk);
			sha256.update(chunk);
			content.update(chunk);
			patience.progress?.add(chunk.length);
			await breathe(system, patience);
		}
	} finally {
		disk.close(file);
	}
	return {
		size: written,
		sha256: sha256.digest("hex"),
		content: content.digest(),
	};
}

function create(disk: Disk, to: string, name: string): number {
	try {
		return disk.open(to, "create", 0o600);
	} catch (error) {
		throw clashing(name, error);
	}
}

async function copyOf(
	{ system, patience }: Agent,
	from: string,
	to: string,
	name: string,
): Promise<void> {
	try {
		await inTurns(system, patience, copyingFile(system.disk, from, to));
	} catch (error) {
		throw clashing(name, error);
	}
}

function clashing(name: string, error: unknown): unknown {
	if (errorCode(error) !== "EEXIST") return error;
	return new SnapshotError(
		"failed",
		`The archive holds another name that this disk takes for ${JSON.stringify(name)}. Nothing was changed.`,
		{
			hint: "Import it on a disk that tells capital letters from small ones.",
		},
	);
}

function larger(name: string, size: number): SnapshotError {
	return new SnapshotError(
		"damaged",
		`The archive says that ${JSON.stringify(name)} has ${size} bytes, and it has more. Nothing was changed.`,
		{ hint: "Take another copy of it, and none that you do not know." },
	);
}

function lacking(name: string): SnapshotError {
	return new SnapshotError(
		"damaged",
		`The archive is damaged: it lacks ${name}, which it says was packed. Nothing was changed.`,
		{ hint: "Take another copy of it." },
	);
}

function refuseOther(
	name: string,
	entry: FileEntry | undefined,
	{ sha256, size }: Said,
): void {
	if (entry === undefined) return;
	if (entry.size === size && entry.sha256 === sha256) return;
	throw new SnapshotError(
		"damaged",
		`The archive is damaged: ${name} is not what was packed. Nothing was changed.`,
		{ hint: "Take another copy of it." },
	);
}

/** Secrets are for their owner alone, whatever an archive says. */
function entryOf(
	{ host }: Agent,
	{ mode, mtime }: Listed,
	{ path, entry }: Target,
	{ size, sha256, content }: Said,
): FileEntry {
	const permissions = entry?.mode ?? mode ?? 0o600;
	const common = {
		path,
		size,
		sha256,
		mode: isSecretFile(host, path) ? 0o600 : permissions & 0o777,
		mtime: entry?.mtime ?? timeOnDisks(mtime ?? 0),
	};
	const counts = entry?.counts && { counts: entry.counts };
	if (entry === undefined || entry.kind === "file")
		return { ...common, ...counts, kind: "file" };
	// What else it says of a database is believed by nobody: it is searched for damage before it comes in.
	const { journalMode, cleared } = entry;
	return {
		...common,
		...counts,
		kind: "database",
		content,
		journalMode,
		checked: false,
		...(cleared && { cleared }),
	};
}

function withDirectories(entries: readonly FileEntry[]): Entry[] {
	const above = new Set(entries.flatMap(({ path }) => ancestorsOf(path)));
	const directories = [...above].map(
		(path): Entry => ({ path, kind: "directory", mode: 0o700 }),
	);
	return [...directories, ...entries].sort((a, b) =>
		a.path < b.path ? -1 : 1,
	);
}
