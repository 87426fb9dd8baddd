import { errorCode } from "../../errors.ts";
import type { Disk, System } from "../../system/system.ts";
import {
	type Copied,
	copyingFile,
	hashingFile,
	readingChunks,
	Unreadable,
} from "../files/copy.ts";
import { makeDirectories, readBeginning } from "../files/durable.ts";
import { countsOfText } from "../home/counted.ts";
import { parentOf } from "../home/paths.ts";
import type { Member, Scan } from "../home/scan.ts";
import type { Missed } from "../manifest/manifest.ts";
import { PartWriter } from "../parts/part-writer.ts";
import { cutInto } from "../parts/parts.ts";
import { whyUnreadable } from "../reasons.ts";
import { inTurns, type Work } from "../work.ts";
import { storedBefore } from "./as-captured.ts";
import type { Taking } from "./capture.ts";
import { type Copies, discard, type FileCopy } from "./copies.ts";
import type { Entry } from "./entry.ts";
import { takingOver } from "./take-over.ts";

/** Copies the files that were not already copied as they are now. Returns those that could not be. */
export function takeFiles(
	system: System,
	taking: Taking,
	found: Scan,
): Promise<Missed[]> {
	return inTurns(system, taking.patience, takingFiles(system, taking, found));
}

function* takingFiles(
	{ disk }: System,
	taking: Taking,
	{ members }: Scan,
): Work<Missed[]> {
	const { files } = taking.copies;
	const missed: Missed[] = [];
	for (const member of members) {
		const { path, kind, stat } = member;
		if (kind !== "file" || files.get(path)?.signature === stat.signature)
			continue;
		taking.patience.progress?.at(path);
		try {
			files.set(path, yield* takingFile(disk, taking, member));
		} catch (error) {
			if (!(error instanceof Unreadable)) throw error;
			discard(disk, taking.into, path);
			const code = errorCode(error.cause) ?? "";
			// The file went while we looked: the next look will not see it.
			if (code === "ENOENT" || code === "ENOTDIR") continue;
			const why = whyUnreadable(error.cause ?? error);
			missed.push({ path, why, lost: true });
		}
	}
	return missed;
}

/** Written to, and yet what it was: it is taken over like one that nobody wrote to. */
function* takingFile(
	disk: Disk,
	taking: Taking,
	{ path, stat }: Member,
): Work<FileCopy> {
	const { size } = stat;
	const { home, into, base, partsFrom } = taking;
	const from = `${home}/${path}`;
	const to = `${into}/${path}`;
	makeDirectories(disk, into, parentOf(to) ?? into);
	const before = storedBefore(base, path, "file");
	if (size >= partsFrom) return yield* takingInParts(disk, taking, path, size);
	if (base && before && before.size === size && !before.parts) {
		const now = yield* hashingFile(disk, from);
		const taken =
			now.sha256 === before.sha256 &&
			(yield* takingOver(disk, base, before, stat, taking));
		if (taken)
			return withCounts(disk, taking, { ...copyOf(path, now), ...taken });
	}
	const copy = copyOf(path, yield* copyingFile(disk, from, to, 0o400));
	return withCounts(disk, taking, copy);
}

/** As the copy says, and not the file, which may say something else by now. */
function withCounts(
	disk: Disk,
	{ into, counted }: Taking,
	copy: FileCopy,
): FileCopy {
	const { path, size } = copy.entry;
	const wanted = counted(path);
	if (wanted.length === 0 || size > COUNTED_TO) return copy;
	const text = readBeginning(disk, `${into}/${path}`, size).toString();
	const counts = countsOfText(wanted, text);
	return counts.length === 0
		? copy
		: { ...copy, entry: { ...copy.entry, counts } };
}

/** Lists of a person's are small: more than so many bytes are not parsed. */
const COUNTED_TO = 4 * 1024 * 1024;

function copyOf(path: string, { size, sha256, stat }: Copied): FileCopy {
	const { mode, mtime, look, signature } = stat;
	const entry = { path, kind: "file", size, mode, mtime, sha256 } as const;
	return { entry: { ...entry, ...(look && { look }) }, signature };
}

function* takingInParts(
	disk: Disk,
	{ home, into, base, beforeWrite, pause }: Taking,
	path: string,
	bytes: number,
): Work<FileCopy> {
	const before = storedBefore(base, path, "file");
	const to = `${into}/${path}`;
	const options = { to, bytes, base, before, beforeWrite, pause };
	const writer = new PartWriter(disk, options);
	const { use, end } = cutInto(writer.partSize, (part) => writer.put(part));
	const read = yield* readingChunks(disk, `${home}/${path}`, use);
	const copy = copyOf(path, read);
	end();
	// It became shorter or longer while it was read: the next look will tell.
	const { parts } = writer;
	return { ...copy, entry: { ...copy.entry, parts } };
}

/** None for a database, nor for a file that could not be copied. */
export function plainEntry(
	{ disk }: System,
	home: string,
	{ path, kind, stat }: Member,
	{ files }: Copies,
): Entry[] {
	const { mode, mtime } = stat;
	if (kind === "directory") return [{ path, kind, mode, mtime }];
	if (kind === "link") {
		const target = targetOf(disk, `${home}/${path}`);
		return target === undefined ? [] : [{ path, kind, target, mtime }];
	}
	const copy = kind === "file" ? files.get(path) : undefined;
	// A mode is in no signature: it is as it was found now.
	return copy === undefined ? [] : [{ ...copy.entry, mode }];
}

/** Undefined: it went, or something else has come, since it was looked at. Some editors make a link for as long as they save. */
function targetOf(disk: Disk, link: string): string | undefined {
	try {
		return disk.readLink(link);
	} catch (error) {
		if (!["ENOENT", "ENOTDIR", "EINVAL"].includes(errorCode(error) ?? ""))
			throw error;
		return undefined;
	}
}

/** Links in the place of which something else stands by now. */
export function replacedLinks(
	{ disk }: System,
	home: string,
	{ members }: Scan,
	taken: readonly Entry[],
): Missed[] {
	const there = new Set(taken.map(({ path }) => path));
	return members
		.filter(({ path, kind }) => kind === "link" && !there.has(path))
		.filter(({ path }) => disk.stat(`${home}/${path}`) !== undefined)
		.map(({ path }) => ({
			path,
			why: "it was a link, and something else came in its place meanwhile",
			lost: true,
		}));
}
