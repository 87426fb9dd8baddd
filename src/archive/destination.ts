import type { Place } from "../core/export/export.ts";
import { refuseBadPlace } from "../core/export/export-place.ts";
import { syncDirectory } from "../core/files/durable.ts";
import { type Agent, loadSettings } from "../core/home/agent.ts";
import { giveToOwner } from "../core/store/store.ts";
import { printable } from "../core/words.ts";
import { errorCode, SnapshotError } from "../errors.ts";
import type { Disk } from "../system/system.ts";
import { archiveName, type Naming } from "./archive-name.ts";

/** Where an archive goes that nobody has named a place for: the user's own home. */
export function destination(
	agent: Agent,
	to: string | undefined,
	naming: Naming,
): Place {
	const { disk, programs } = agent.system;
	const wanted = to ?? programs.userHome;
	const isDirectory = disk.stat(`${wanted}/.`)?.kind === "directory";
	const path = isDirectory
		? `${wanted.replace(/\/+$/, "")}/${archiveName(agent, naming)}`
		: wanted;
	return refuseBadPlace(agent, loadSettings(agent), path, "file");
}

/** Begins it under another name, that nothing has. */
export function openPartial(disk: Disk, { partial, folder }: Place): number {
	try {
		return disk.open(partial, "create", 0o600);
	} catch (error) {
		throw errorCode(error) === "EEXIST" ? taken(folder, error) : error;
	}
}

/** Gives it its name, durably. Nothing that has come there since is written over. */
export function publish(
	{ system }: Agent,
	{ above, folder, partial }: Place,
): void {
	const { disk } = system;
	const owner = disk.stat(above);
	if (owner !== undefined) giveToOwner(system, partial, owner);
	try {
		disk.hardLink(partial, folder);
		disk.unlink(partial);
	} catch (error) {
		if (errorCode(error) === "EEXIST" || disk.stat(folder) !== undefined)
			throw taken(folder, error);
		disk.rename(partial, folder); // the disk knows no second names
	}
	syncDirectory(disk, above);
}

function taken(path: string, cause: unknown): SnapshotError {
	return new SnapshotError(
		"failed",
		`${printable(path)} is there by now: somebody else has written it, or is at it. Nothing was changed.`,
		{ hint: "Name a file that does not exist yet.", cause },
	);
}
