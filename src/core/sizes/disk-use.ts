import type { Disk } from "../../system/system.ts";
import { totalOf } from "../capture/entry.ts";
import type { Survey } from "../capture/survey.ts";

/** A file of a snapshot as it lies on the disk: a part, a whole one, the manifest. */
export interface StoredFile {
	/** Below the snapshot's folder. */
	readonly path: string;
	/**
	 * Its length. Not its blocks: those differ from disk to disk, and of what is compressed or reflinked they tell no
	 * more than the length does.
	 */
	readonly bytes: number;
	/** How many names it has: one a snapshot that holds it. */
	readonly names: number;
	readonly inode: string;
}

/** Every file in a folder, whoever put it there. Links and folders themselves take next to nothing and are left out. */
export function* storedFiles(
	disk: Disk,
	folder: string,
	below = "",
): Generator<StoredFile> {
	for (const name of disk.names(`${folder}/${below}`)) {
		const path = below === "" ? name : `${below}/${name}`;
		const found = disk.glance(`${folder}/${path}`);
		if (found?.kind === "directory") yield* storedFiles(disk, folder, path);
		else if (found?.kind === "file") {
			const { size: bytes, links: names, inode } = found;
			yield { path, bytes, names, inode };
		}
	}
}

/** What one snapshot costs, and how much of it it shares with one other only. */
export interface OwnCost {
	/** Bytes of its files that have no name elsewhere: what its removal would make free. */
	readonly alone: number;
	/** Bytes of its files that have one more name: alone that one's before this one was made. */
	readonly withOne: number;
}

export function ownCost(disk: Disk, folder: string): OwnCost {
	const cost = { alone: 0, withOne: 0 };
	for (const { bytes, names } of storedFiles(disk, folder)) {
		if (names === 1) cost.alone += bytes;
		else if (names === 2) cost.withOne += bytes;
	}
	return cost;
}

/** As `ownCost`, of a snapshot that was looked at before it got its manifest. */
export function ownCostOf(
	disk: Disk,
	folder: string,
	{ files, shared }: Survey,
): OwnCost {
	const manifest = disk.glance(`${folder}/manifest.json`)?.size ?? 0;
	const names = (wanted: number, from: Survey["files"]) =>
		totalOf(
			from.map(({ stat }) => stat).filter(({ links }) => links === wanted),
		);
	return {
		alone: manifest + names(1, files),
		withOne: names(2, files) + names(1, shared),
	};
}

/** Bytes that become free when these files go: of those of which no name is left. */
export function freedBy(files: Iterable<StoredFile>): number {
	const seen = new Map<string, number>();
	let freed = 0;
	for (const { inode, bytes, names } of files) {
		const count = (seen.get(inode) ?? 0) + 1;
		seen.set(inode, count);
		if (count === names) freed += bytes;
	}
	return freed;
}

/** Those of which one name is left when these go. */
export function leftWithOne(files: readonly StoredFile[]): StoredFile[] {
	const counts = new Map<string, number>();
	for (const { inode } of files)
		counts.set(inode, (counts.get(inode) ?? 0) + 1);
	const seen = new Set<string>();
	return files.filter(({ inode, names }) => {
		const isLeft = names - (counts.get(inode) ?? 0) === 1 && !seen.has(inode);
		seen.add(inode);
		return isLeft;
	});
}

/** Bytes that these files take on the disk: every one once, however many names it has. */
export function takenBy(files: Iterable<StoredFile>): number {
	const seen = new Set<string>();
	let taken = 0;
	for (const { inode, bytes } of files) {
		if (seen.has(inode)) continue;
		seen.add(inode);
		taken += bytes;
	}
	return taken;
}
