import type { Place } from "../core/export/export.ts";
import { refuseBadPlace } from "../core/export/export-place.ts";
import { syncDirectory } from "../core/files/durable.ts";
import { type Agent, loadSettings } from "../core/home/agent.ts";
import { stampOf } from "../core/manifest/assemble.ts";
import { giveToOwner } from "../core/store/store.ts";
import { errorCode } from "../errors.ts";

/** Where an archive goes that nobody has named a place for: the user's own home. */
export function destination(
	agent: Agent,
	to: string | undefined,
	{ reason, isSealed }: { reason: string; isSealed: boolean },
): Place {
	const { disk, clock, programs } = agent.system;
	const stamp = stampOf(clock.now());
	const name = `${beginningOf(agent, reason)}${stamp}.zip${isSealed ? ".age" : ""}`;
	const wanted = to ?? programs.userHome;
	const isDirectory = disk.stat(`${wanted}/.`)?.kind === "directory";
	const path = isDirectory ? `${wanted.replace(/\/+$/, "")}/${name}` : wanted;
	return refuseBadPlace(agent, loadSettings(agent), path, "file");
}

function beginningOf({ host }: Agent, reason: string): string {
	return `${host.name}-${reason === "manual" ? "backup" : reason}-`;
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
			throw error;
		disk.rename(partial, folder); // the disk knows no second names
	}
	syncDirectory(disk, above);
}

/**
 * Removes the oldest of the archives of that reason beside this one, so that so many stay. Only what is called as ours are
 * is ever removed.
 */
export function rotate(
	agent: Agent,
	{ above }: Place,
	reason: string,
	keep: number,
): string[] {
	const { disk } = agent.system;
	const beginning = beginningOf(agent, reason);
	const isOurs = (name: string) =>
		name.startsWith(beginning) &&
		/^\d{8}-\d{6}\.zip(\.age)?$/.test(name.slice(beginning.length)) &&
		disk.stat(`${above}/${name}`)?.kind === "file";
	const newestFirst = disk.names(above).filter(isOurs).sort().reverse();
	const gone = newestFirst.slice(keep).map((name) => `${above}/${name}`);
	for (const path of gone) disk.unlink(path);
	return gone;
}
