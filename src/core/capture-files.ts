import { errorCode } from "../errors.ts";
import type { Disk, Patience, System } from "../system/system.ts";
import type { Taking } from "./capture.ts";
import { type Copies, discard } from "./copies.ts";
import { copyFile, Unreadable } from "./copy.ts";
import { makeDirectories } from "./durable.ts";
import type { Entry, Missed } from "./manifest.ts";
import { parentOf } from "./paths.ts";
import { checkPatience, safePoint } from "./patience.ts";
import { whyUnreadable } from "./reasons.ts";
import type { Member, Scan } from "./scan.ts";

/** Copies the files that were not already copied as they are now. Returns those that could not be. */
export async function takeFiles(
	system: System,
	{ home, into, copies: { files } }: Taking,
	{ members }: Scan,
	patience: Patience,
): Promise<Missed[]> {
	const { disk, clock } = system;
	const missed: Missed[] = [];
	const pause = () => checkPatience(patience, clock.monotonic());
	let sinceBreath = 0;
	for (const { path, kind, stat } of members) {
		if (kind !== "file" || files.get(path)?.signature === stat.signature)
			continue;
		if (++sinceBreath % 100 === 0) await safePoint(system, patience);
		const from = `${home}/${path}`;
		const to = `${into}/${path}`;
		try {
			makeDirectories(disk, into, parentOf(to) ?? into);
			const copied = copyFile(disk, from, to, pause);
			files.set(path, { ...copied, signature: copied.stat.signature });
		} catch (error) {
			if (!(error instanceof Unreadable)) throw error;
			discard(disk, into, path);
			const code = errorCode(error.cause) ?? "";
			// The file went while we looked: the next look will not see it.
			if (code === "ENOENT" || code === "ENOTDIR") continue;
			const why = whyUnreadable(error.cause ?? error);
			missed.push({ path, why, lost: true });
		}
	}
	return missed;
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
	const file = kind === "file" ? files.get(path) : undefined;
	if (file === undefined) return [];
	return [
		{
			path,
			kind: "file",
			size: file.size,
			mode, // not the copy's, which is as old as it: a mode is in no signature
			mtime: file.stat.mtime,
			sha256: file.sha256,
		},
	];
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
