import type { CheckResult, Disk, System } from "../../system/system.ts";
import { hashingDatabase, readingChunks, Unreadable } from "../files/copy.ts";
import { giveSecondName } from "../files/second-name.ts";
import { PartWriter } from "../parts/part-writer.ts";
import { cutInto } from "../parts/parts.ts";
import { inTurns, type Work } from "../work.ts";
import { comparingWithCapture, isLive, storedBefore } from "./as-captured.ts";
import { type Base, isOfBase } from "./base.ts";
import type { Taking } from "./capture.ts";
import type { Waiting } from "./capture-databases.ts";
import { ContentHash } from "./content-hash.ts";
import type { DatabaseImage } from "./copy-database.ts";
import { isSearched, searchedBy, startSearch } from "./damage-check.ts";
import type { DatabaseEntry, FileEntry } from "./entry.ts";
import { hasStrangeChange } from "./page-check.ts";

export type Settled = Pick<
	DatabaseEntry,
	"size" | "sha256" | "content" | "parts" | "logMark" | "checked" | "checkedAt"
>;

/** Looks for damage, and brings a copy into the form in which it is kept. */
export function settleImage(
	system: System,
	taking: Taking,
	one: Waiting,
	image: DatabaseImage,
): Promise<Settled | Damaged> {
	const { progress } = taking.patience;
	progress?.begin("checking");
	progress?.at(one.member.path);
	return image.form === "whole"
		? settleFile(system, taking, one, image.isPlain)
		: settleParts(system, taking, one, image);
}

type Damaged = Extract<CheckResult, { verdict: "damaged" }>;

async function settleFile(
	system: System,
	taking: Taking,
	{ member: { path } }: Waiting,
	isPlain: boolean,
): Promise<Settled | Damaged> {
	const { disk, sqlite } = system;
	const { into, cleared, base, partsFrom, patience } = taking;
	const to = `${into}/${path}`;
	if (!isPlain) sqlite.makePlain(to);
	sqlite.clear(to, cleared(path));
	const before = storedBefore(base, path, "database");
	const sampled = isPlain
		? sampledSince(system, taking, to, before)
		: undefined;
	const found: CheckResult =
		sampled === undefined
			? await startSearch(system, taking, to).result()
			: { verdict: "unfinished" };
	if (found.verdict === "damaged") return found;
	const checked = sampled ?? searchedBy(system, found);
	if ((disk.stat(to)?.size ?? 0) >= partsFrom)
		return {
			...(await inTurns(system, patience, cutting(system, taking, path))),
			...checked,
		};
	disk.setMode(to, 0o400);
	const hashes = await inTurns(system, patience, hashingDatabase(disk, to));
	const { size, sha256, content } = hashes;
	if (base && before?.sha256 === sha256)
		await inTurns(system, patience, puttingBefore(disk, base, before, taking));
	return { size, sha256, content, ...checked };
}

/** To search less takes longer than to start a process for it. */
const SAMPLED_FROM = 8 * 1024 * 1024;

/** Of a larger one that was searched lately: what changed since looks sound. Undefined: all of it has to be searched. */
function sampledSince(
	system: System,
	taking: Taking,
	copy: string,
	before: FileEntry | undefined,
): Pick<DatabaseEntry, "checked" | "checkedAt"> | undefined {
	const { base } = taking;
	if (base === undefined || !isSearched(system, taking, before))
		return undefined;
	if (before.parts !== undefined || before.size < SAMPLED_FROM)
		return undefined;
	if (!isOfBase(system.disk, base, before)) return undefined;
	const stored = `${base.folder}/${before.path}`;
	try {
		if (hasStrangeChange(system.disk, copy, stored, taking.pause))
			return undefined;
	} catch (error) {
		if (!(error instanceof Unreadable)) throw error;
		return undefined;
	}
	const { checkedAt } = before;
	return { checked: false, ...(checkedAt && { checkedAt }) };
}

/** The file of the snapshot before in the place of a copy that says the same. */
function* puttingBefore(
	disk: Disk,
	base: Base,
	before: FileEntry,
	{ home, into, pause }: Pick<Taking, "home" | "into" | "pause">,
): Work<void> {
	if (!(yield* comparingWithCapture(disk, base, before))) return;
	const { path, sha256 = "" } = before;
	const stored = `${base.folder}/${path}`;
	if (isLive(disk.glance(`${home}/${path}`), disk.glance(stored))) return;
	const other = scratchOf(into);
	if (giveSecondName(disk, stored, other, sha256, pause))
		disk.rename(other, `${into}/${path}`);
}

/** Beside the folder: any name in it may be that of a captured file. */
function scratchOf(into: string): string {
	return `${into}.whole`;
}

/** From one file, which is needed no more then. */
function* cutting(
	{ disk }: System,
	{ into, base, beforeWrite, pause }: Taking,
	path: string,
): Work<Pick<DatabaseEntry, "size" | "parts" | "content">> {
	const to = `${into}/${path}`;
	const whole = scratchOf(into);
	disk.rename(to, whole);
	const bytes = disk.stat(whole)?.size ?? 0;
	const before = storedBefore(base, path, "database");
	const options = { to, bytes, base, before, beforeWrite, pause };
	const writer = new PartWriter(disk, options);
	const { use, end } = cutInto(writer.partSize, (part) => writer.put(part));
	const content = new ContentHash(writer.partSize);
	const each = (chunk: Uint8Array) => {
		content.update(chunk);
		use(chunk);
	};
	yield* readingChunks(disk, whole, each);
	end();
	disk.unlink(whole);
	return { size: bytes, parts: writer.parts, content: content.digest() };
}

/** There is no file that SQLite could open: the live database is searched, which is what it was or newer. */
async function settleParts(
	system: System,
	taking: Taking,
	{ member: { path }, pin: { journalMode } }: Waiting,
	{ stored, isStrange, search }: Extract<DatabaseImage, { form: "parts" }>,
): Promise<Settled | Damaged> {
	const before = storedBefore(taking.base, path, "database");
	if (
		search === undefined &&
		!isStrange &&
		isSearched(system, taking, before)
	) {
		// Not all of it was searched, which a restore will do before anything is changed.
		const { checkedAt } = before;
		return { ...stored, checked: false, ...(checkedAt && { checkedAt }) };
	}
	const live = `${taking.home}/${path}`;
	const isLogged = journalMode === "wal";
	const found = await (
		search ?? startSearch(system, taking, live, isLogged)
	).result();
	return found.verdict === "damaged"
		? found
		: { ...stored, ...searchedBy(system, found) };
}
