import type {
	DatabaseSchema,
	Disk,
	Patience,
	System,
} from "../system/system.ts";
import { type Base, isOfBase } from "./base.ts";
import type { Taking } from "./capture.ts";
import { discard } from "./copies.ts";
import { Unreadable } from "./copy.ts";
import { makeDirectories } from "./durable.ts";
import type { Entry, FileEntry } from "./entry.ts";
import { databaseLook, isSameLook } from "./look.ts";
import { partName } from "./parts.ts";
import { parentOf } from "./paths.ts";
import type { Member, Scan } from "./scan.ts";
import { giveSecondName } from "./second-name.ts";
import { databaseSignature } from "./signatures.ts";
import { filesOf, isUntouched, Ruined, readingStored } from "./stored-file.ts";
import { inTurns, type Work } from "./work.ts";

/**
 * Takes over from the snapshot before what nobody has written to since, without opening it: second names for its files.
 * What is not there any more as it was captured is left to be copied.
 */
export async function takeOverUnchanged(
	system: System,
	taking: Taking,
	{ members }: Scan,
): Promise<void> {
	const { base, copies, home, glance, pause, patience } = taking;
	if (base === undefined) return;
	for (const member of members) {
		pause();
		const { path, stat } = member;
		const takeOver = (entry: FileEntry) =>
			inTurns(system, patience, takingOver(system.disk, base, entry, taking));
		if (copies.files.has(path) || copies.databases.has(path)) continue;
		const entry = unchangedSince(system.disk, taking, member);
		if (entry?.kind === "database") {
			// From before the look at it, which it must still be like.
			const signature = databaseSignature(system.disk, `${home}/${path}`);
			const look = databaseLook(system.disk, `${home}/${path}`);
			if (!isSameLook(entry.look, look)) continue;
			// At a glance no copy is kept.
			if (!glance && !(await takeOver(entry))) continue;
			const isTold = entry.parts === undefined && !glance;
			const schema =
				taking.withSchemas && !isTold
					? await schemaOf(system, `${home}/${path}`, patience)
					: undefined;
			copies.databases.set(path, {
				entry,
				signature,
				...(schema && { schema }),
			});
		} else if (entry?.kind === "file" && (await takeOver(entry)))
			copies.files.set(path, { entry, signature: stat.signature });
	}
}

async function schemaOf(
	{ sqlite }: System,
	path: string,
	patience: Patience,
): Promise<DatabaseSchema> {
	const pin = await sqlite.pin(path, patience);
	try {
		return pin.schema();
	} finally {
		pin.release();
	}
}

/** Its entry there; undefined when it may say something else by now. */
export function unchangedSince(
	disk: Disk,
	{ base, home, cleared }: Pick<Taking, "base" | "home" | "cleared">,
	{ path, kind, stat }: Member,
): FileEntry | undefined {
	const entry = base?.entries.get(path);
	if (entry === undefined || entry.kind !== kind) return undefined;
	if (entry.kind === "file")
		return entry.look !== undefined && entry.look === stat.look
			? entry
			: undefined;
	if (entry.kind !== "database" || entry.look === undefined) return undefined;
	const isCleared = (entry.cleared ?? []).join() === cleared(path).join();
	return isCleared &&
		isSameLook(entry.look, databaseLook(disk, `${home}/${path}`))
		? entry
		: undefined;
}

/** False: it is not as it was captured, and nothing was taken. */
export function* takingOver(
	disk: Disk,
	base: Base,
	entry: FileEntry,
	{ into, home, pause }: Pick<Taking, "into" | "home" | "pause">,
): Work<boolean> {
	const live = `${home}/${entry.path}`;
	if (!(yield* comparingWithCapture(disk, base, entry))) return false;
	if (isLive(disk, live, `${base.folder}/${entry.path}`)) return false;
	const to = `${into}/${entry.path}`;
	const from = `${base.folder}/${entry.path}`;
	makeDirectories(disk, into, parentOf(to) ?? into);
	const { parts } = entry;
	if (parts === undefined)
		return giveSecondName(disk, from, to, entry.sha256 ?? "", pause);
	disk.makeDirectory(to, 0o700);
	for (const [index, sha256] of parts.sha256.entries()) {
		const [part, copy] = [from, to].map((path) => `${path}/${partName(index)}`);
		if (part === undefined || copy === undefined) continue;
		yield 0;
		if (giveSecondName(disk, part, copy, sha256, pause)) continue;
		discard(disk, into, entry.path);
		return false;
	}
	return true;
}

/** Somebody has made one file of both (`ln`, a program that finds duplicates): what the agent writes would be in all snapshots. */
export function isLive(disk: Disk, live: string, stored: string): boolean {
	const found = disk.glance(stored);
	return (
		found !== undefined &&
		found.links > 1 &&
		found.inode === disk.glance(live)?.inode
	);
}

/** Whether it is as it was captured, as far as can be told without reading it; read when that was not done for long. */
export function* comparingWithCapture(
	disk: Disk,
	base: Base,
	entry: FileEntry,
): Work<boolean> {
	if (!isOfBase(disk, base, entry)) return false;
	let isLeft = true;
	for (const { path, size } of filesOf(base.folder, entry))
		isLeft &&= isUntouched(disk.glance(path), size, base.sealed);
	if (isLeft && base.isFresh) return true;
	try {
		yield* readingStored(disk, base.folder, entry);
		return true;
	} catch (error) {
		if (!(error instanceof Ruined || error instanceof Unreadable)) throw error;
		return false;
	}
}

/** What it is there, for a database that has to be compared. */
export function storedBefore(
	base: Base | undefined,
	path: string,
	kind: Entry["kind"],
): FileEntry | undefined {
	const entry = base?.entries.get(path);
	return entry?.kind === kind &&
		(entry.kind === "file" || entry.kind === "database")
		? entry
		: undefined;
}
