import { copyFile } from "../core/files/copy.ts";
import {
	makeDirectories,
	syncDirectory,
	syncingTree,
} from "../core/files/durable.ts";
import type { Agent } from "../core/home/agent.ts";
import { isWithin, parentOf } from "../core/home/paths.ts";
import { stampOf } from "../core/manifest/assemble.ts";
import { giveToOwner } from "../core/store/store.ts";
import { inTurns } from "../core/work.ts";
import type { Contents } from "./contents.ts";

/** What became of a directory of another program. */
export interface ExternalPlaced {
	/** Absolute. */
	readonly path: string;
	/** False: one was there, and was left as it is. */
	readonly isDone: boolean;
	/** Where the one that was there has been moved. */
	readonly aside: string | undefined;
}

/**
 * Puts the directories of other programs that were in an archive into the user's home, each in one step. They are no part
 * of a restore: one that is there is left, or with `force` moved aside.
 * @param folder where they were unpacked
 */
export async function placeExternal(
	agent: Agent,
	{ external, host }: Contents,
	folder: string,
	force: boolean,
): Promise<ExternalPlaced[]> {
	const { system, patience } = agent;
	const { disk, clock, programs } = system;
	const files = [...external.values()];
	const placed: ExternalPlaced[] = [];
	for (const directory of host.external ?? []) {
		const own = files.filter(({ path }) => isWithin(path, directory));
		if (own.length === 0) continue;
		const path = `${programs.userHome}/${directory}`;
		const isThere = disk.stat(path) !== undefined;
		if (isThere && !force) {
			placed.push({ path, isDone: false, aside: undefined });
			continue;
		}
		const coming = `${path}.importing-${system.processes.pid}`;
		disk.removeTree(coming);
		try {
			disk.makeDirectory(coming, 0o700);
			for (const one of own) {
				const below = one.path.slice(directory.length + 1);
				const to = `${coming}/${below}`;
				makeDirectories(disk, coming, parentOf(to) ?? coming);
				copyFile(disk, `${folder}/${one.path}`, to, () => {});
			}
			const { files: all, directories } = await inTurns(
				system,
				patience,
				syncingTree(disk, coming),
			);
			const owner = disk.stat(programs.userHome);
			for (const made of [...all, ...directories])
				if (owner !== undefined) giveToOwner(system, made.path, owner);
			const aside = isThere
				? `${path}.before-import-${stampOf(clock.now())}`
				: undefined;
			if (aside !== undefined) disk.rename(path, aside);
			disk.rename(coming, path);
			syncDirectory(disk, programs.userHome);
			placed.push({ path, isDone: true, aside });
		} finally {
			disk.removeTree(coming);
		}
	}
	return placed;
}
