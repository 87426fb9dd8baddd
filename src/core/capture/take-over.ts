import { errorCode } from "../../errors.ts";
import type {
	DatabaseSchema,
	Disk,
	Glimpse,
	Patience,
	System,
} from "../../system/system.ts";
import { makeDirectories } from "../files/durable.ts";
import { giveSecondName } from "../files/second-name.ts";
import { parentOf } from "../home/paths.ts";
import type { Member, Scan } from "../home/scan.ts";
import { partName } from "../parts/parts.ts";
import { inTurns, type Work } from "../work.ts";
import { comparingWithCapture, isLive } from "./as-captured.ts";
import type { Base } from "./base.ts";
import type { Taking } from "./capture.ts";
import { discard } from "./copies.ts";
import type { FileEntry } from "./entry.ts";
import { databaseLook, isSameLook } from "./look.ts";
import { databaseSignature } from "./signatures.ts";

/**
 * Takes over from the snapshot before what nobody has written to since, without opening it: second names for its files.
 * What is not there any more as it was captured is left to be copied.
 */
export async function takeOverUnchanged(
	system: System,
	taking: Taking,
	{ members }: Scan,
): Promise<void> {
	const { base, patience } = taking;
	if (base === undefined) return;
	await inTurns(system, patience, takingFiles(system, taking, base, members));
	for (const member of members)
		if (member.kind === "database")
			await takeOverDatabase(system, taking, base, member);
}

function* takingFiles(
	{ disk }: System,
	taking: Taking,
	base: Base,
	members: readonly Member[],
): Work<void> {
	const { files } = taking.copies;
	for (const member of members) {
		const { path, kind, stat } = member;
		if (kind !== "file" || files.has(path)) continue;
		yield 0;
		const entry = unchangedSince(disk, taking, member);
		if (entry?.kind !== "file") continue;
		const taken = yield* takingOver(disk, base, entry, stat, taking);
		if (taken) files.set(path, { ...taken, entry, signature: stat.signature });
	}
}

async function takeOverDatabase(
	system: System,
	taking: Taking,
	base: Base,
	member: Member,
): Promise<void> {
	const { copies, home, glance, patience } = taking;
	const { disk } = system;
	const { path, stat } = member;
	const live = `${home}/${path}`;
	if (copies.databases.has(path)) return;
	const entry = unchangedSince(disk, taking, member);
	if (entry?.kind !== "database") return;
	// From before the look at it, which it must still be like.
	const signature = databaseSignature(disk, live);
	if (!isSameLook(entry.look, databaseLook(disk, live))) return;
	// At a glance no copy is kept.
	const work = takingOver(disk, base, entry, stat, taking);
	if (!glance && !(await inTurns(system, patience, work))) return;
	const isTold = entry.parts === undefined && !glance;
	const schema =
		taking.withSchemas && !isTold
			? await schemaOf(system, live, patience)
			: undefined;
	copies.databases.set(path, { entry, signature, ...(schema && { schema }) });
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

export interface Taken {
	/** Of a single file that got a second name, as it was before. */
	readonly shared?: Glimpse;
}

/**
 * Undefined: it is not as it was captured, and nothing was taken.
 * @param live the original, as it was found
 */
export function* takingOver(
	disk: Disk,
	base: Base,
	entry: FileEntry,
	live: Pick<Glimpse, "inode">,
	taking: Pick<Taking, "into" | "pause">,
): Work<Taken | undefined> {
	const stored = disk.glance(`${base.folder}/${entry.path}`);
	if (!(yield* comparingWithCapture(disk, base, entry, stored)))
		return undefined;
	if (stored === undefined || isLive(live, stored)) return undefined;
	if (entry.parts !== undefined)
		return (yield* takingParts(disk, base, entry, taking)) ? {} : undefined;
	const how = giveName(disk, base, entry, taking);
	return how && (how === "name" ? { shared: stored } : {});
}

function giveName(
	disk: Disk,
	{ folder }: Base,
	{ path, sha256 = "" }: FileEntry,
	{ into, pause }: Pick<Taking, "into" | "pause">,
): ReturnType<typeof giveSecondName> {
	const [from, to] = [`${folder}/${path}`, `${into}/${path}`];
	try {
		return giveSecondName(disk, from, to, sha256, pause);
	} catch (error) {
		// Of thousands of files, one in hundreds is the first in its directory: looking each time costs as much as the name.
		if (errorCode(error) !== "ENOENT") throw error;
	}
	makeDirectories(disk, into, parentOf(to) ?? into);
	return giveSecondName(disk, from, to, sha256, pause);
}

function* takingParts(
	disk: Disk,
	base: Base,
	entry: FileEntry,
	{ into, pause }: Pick<Taking, "into" | "pause">,
): Work<boolean> {
	const { parts } = entry;
	const [from, to] = [`${base.folder}/${entry.path}`, `${into}/${entry.path}`];
	if (parts === undefined) return false;
	makeDirectories(disk, into, parentOf(to) ?? into);
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
