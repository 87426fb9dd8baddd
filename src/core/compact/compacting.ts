import { errorCode } from "../../errors.ts";
import type { Disk } from "../../system/system.ts";
import { makeDirectories, syncDirectory } from "../files/durable.ts";
import type { StorePaths } from "../store/store.ts";

/*
 * A snapshot changes its form in two renames: out of the store to `.compacting/old`, and the new one from
 * `.compacting/new` into its place. Between them it is in no list, so whoever finds it there puts it back.
 */

export function newForm({ compacting }: StorePaths, id: string): string {
	return `${compacting}/new/${id}`;
}

function oldForm({ compacting }: StorePaths, id: string): string {
	return `${compacting}/old/${id}`;
}

/** The new form is durable. If this fails the old one is in its place. */
export function swapForms(disk: Disk, store: StorePaths, id: string): void {
	const here = `${store.directory}/${id}`;
	makeDirectories(disk, store.directory, `${store.compacting}/old`);
	syncDirectory(disk, `${store.compacting}/new`);
	syncDirectory(disk, store.compacting);
	syncDirectory(disk, store.directory);
	disk.rename(here, oldForm(store, id));
	try {
		disk.rename(newForm(store, id), here);
	} catch (error) {
		disk.rename(oldForm(store, id), here);
		throw error;
	}
	syncDirectory(disk, store.directory);
	disk.removeTree(oldForm(store, id));
}

/** Snapshots that lie between the two renames, and are in no list. */
export function betweenForms(disk: Disk, store: StorePaths): string[] {
	if (disk.stat(store.compacting) === undefined) return [];
	try {
		return disk
			.names(`${store.compacting}/old`)
			.filter((id) => disk.stat(`${store.directory}/${id}`) === undefined);
	} catch (error) {
		if (!["ENOENT", "ENOTDIR"].includes(errorCode(error) ?? "")) throw error;
		return [];
	}
}

/** Puts back what a `compact` that died had between two forms, and removes what it left. The lock must be held. */
export function settleCompacting(disk: Disk, store: StorePaths): void {
	if (disk.stat(store.compacting) === undefined) return;
	for (const id of betweenForms(disk, store))
		disk.rename(oldForm(store, id), `${store.directory}/${id}`);
	syncDirectory(disk, store.directory);
	disk.removeTree(store.compacting);
}
